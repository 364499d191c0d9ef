import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type DigestHead, promisedDigest } from "./repr-digest.ts";

const SHA = "sha-256=:AAAA:";
const head = (fields: Partial<DigestHead> = {}): DigestHead => ({
  status: 200,
  contentRange: null,
  contentLength: "100",
  contentEncoding: null,
  reprDigest: SHA,
  ...fields,
});
const promised = (fields: Partial<DigestHead>) => {
  const digest = promisedDigest(head(fields), 100);
  return digest && `${digest.algorithm} ${digest.base64}`;
};

describe("promisedDigest()", () => {
  for (const [rule, fields, expected] of [
    ["none", { reprDigest: null }, undefined],
    ["one", {}, "SHA-256 AAAA"],
    ["the cheaper one of two", { reprDigest: `sha-512=:BB==:, ${SHA}` }, "SHA-256 AAAA"],
    ["the only one that is known", { reprDigest: "md5=:CC==:,sha-512=:BB==:" }, "SHA-512 BB=="],
    ["unknown ones only", { reprDigest: "unixsum=:CC==:, crc32c=:DD==:" }, undefined],
    [
      "the last one of a name, as for any dictionary",
      { reprDigest: `sha-256=:EE==:, ${SHA}` },
      "SHA-256 AAAA",
    ],
    ["with parameters", { reprDigest: `${SHA};x=1` }, "SHA-256 AAAA"],
    ["not in base64", { reprDigest: "sha-256=:%%%:" }, undefined],
    ["no byte sequence", { reprDigest: "sha-256=abc" }, undefined],
    ["of an encoded body", { contentEncoding: "gzip" }, undefined],
    ["of a body that says it is not encoded", { contentEncoding: "identity" }, "SHA-256 AAAA"],
    ["of a body that may be encoded: another length was sent", { contentLength: "60" }, undefined],
    ["of a body that may be encoded: no length is told", { contentLength: null }, undefined],
    [
      "of the rest of a body that is whole now",
      { status: 206, contentLength: "40", contentRange: "bytes 60-99/100" },
      "SHA-256 AAAA",
    ],
    ["of a part", { status: 206, contentLength: "100", contentRange: "bytes 0-99/900" }, undefined],
    ["of a rest of which the place is hidden", { status: 206, contentLength: "40" }, undefined],
  ] as const) {
    test(rule, () => assert.equal(promised(fields), expected));
  }

  test("never throws, whatever the field", () => {
    fc.assert(fc.property(fc.string(), (reprDigest) => void promised({ reprDigest })));
  });
});
