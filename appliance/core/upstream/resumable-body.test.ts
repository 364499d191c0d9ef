import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  announceBody,
  type BodyVersion,
  checkContinuation,
  continuationFields,
} from "./resumable-body.ts";

const WHOLE = { etag: '"v1"', "content-length": "100" };
const PART = { etag: '"v1"', "content-length": "50", "content-range": "bytes 40-89/100" };

const versionOf = (status: number, fields: Record<string, string>): BodyVersion => {
  const { resuming } = announceBody("GET", status, fields);
  assert.ok(resuming.mode === "possible");
  return resuming.version;
};

describe("announceBody()", () => {
  for (const [what, method, status, fields, expected] of [
    ["a whole", "GET", 200, WHOLE, "100 possible"],
    ["a whole of unknown length", "GET", 200, { etag: '"v1"' }, "undefined possible"],
    ["a part", "GET", 206, PART, "50 possible"],
    ["a part without a length", "GET", 206, { ...PART, "content-length": "" }, "50 possible"],
    [
      "a part of an unknown whole",
      "GET",
      206,
      { ...PART, "content-range": "bytes 40-89/*" },
      "50 possible",
    ],
    ["a weak validator", "GET", 200, { ...WHOLE, etag: 'W/"v1"' }, "100 no-strong-etag"],
    ["no validator", "GET", 200, { "content-length": "100" }, "100 no-strong-etag"],
    ["a malformed validator", "GET", 200, { ...WHOLE, etag: "v1" }, "100 no-strong-etag"],
    ["an error", "GET", 404, WHOLE, "100 neither-whole-nor-part"],
    ["several parts", "GET", 206, WHOLE, "100 neither-whole-nor-part"],
    [
      "a part that is too short",
      "GET",
      206,
      { ...PART, "content-length": "49" },
      "49 contradicts-itself",
    ],
    ["the answer to a POST", "POST", 200, WHOLE, "100 not-a-get"],
    ["the answer to a HEAD", "HEAD", 200, WHOLE, "undefined no-body"],
    ["not modified", "GET", 304, WHOLE, "undefined no-body"],
  ] as const) {
    test(`${what}: ${expected}`, () => {
      const { lengthBytes, resuming } = announceBody(method, status, fields);
      const seen = resuming.mode === "possible" ? resuming.mode : resuming.reason;
      assert.equal(`${lengthBytes} ${seen}`, expected);
    });
  }
});

describe("continuationFields()", () => {
  test("ask for the rest of this version, and carry no other condition", () => {
    const asked = { accept: "*/*", "If-None-Match": '"v0"', range: "bytes=0-", "if-range": '"v0"' };
    assert.deepEqual(continuationFields(asked, versionOf(200, WHOLE), 30), {
      accept: "*/*",
      range: "bytes=30-",
      "if-range": '"v1"',
    });
  });
  test("of a part end where the part ended", () =>
    assert.equal(continuationFields({}, versionOf(206, PART), 7)["range"], "bytes=47-89"));
  test("of a part up to the end are left open", () => {
    const tail = { ...PART, "content-range": "bytes 50-99/100" };
    assert.equal(continuationFields({}, versionOf(206, tail), 7)["range"], "bytes=57-");
  });
});

describe("checkContinuation() after 30 bytes of 100", () => {
  const rest = { etag: '"v1"', "content-length": "70", "content-range": "bytes 30-99/100" };
  for (const [what, status, fields, expected] of [
    ["the rest", 206, rest, "70 up to 100"],
    ["the rest without a length", 206, { ...rest, "content-length": "" }, "70 up to 100"],
    [
      "less than the rest",
      206,
      { ...rest, "content-length": "20", "content-range": "bytes 30-49/100" },
      "20 up to 100",
    ],
    ["the whole", 200, WHOLE, "other-version"],
    ["an error", 404, {}, "not-a-part"],
    ["not satisfiable", 416, { "content-range": "bytes */20" }, "not-a-part"],
    ["several parts", 206, { etag: '"v1"' }, "not-a-part"],
    ["another version", 206, { ...rest, etag: '"v2"' }, "other-version"],
    ["a weak validator", 206, { ...rest, etag: 'W/"v1"' }, "other-version"],
    ["no validator", 206, { "content-range": rest["content-range"] }, "other-version"],
    ["another encoding", 206, { ...rest, "content-encoding": "gzip" }, "other-version"],
    [
      "a byte too early",
      206,
      { ...rest, "content-length": "71", "content-range": "bytes 29-99/100" },
      "other-place",
    ],
    [
      "a byte too late",
      206,
      { ...rest, "content-length": "69", "content-range": "bytes 31-99/100" },
      "other-place",
    ],
    ["another size", 206, { ...rest, "content-range": "bytes 30-99/101" }, "other-size"],
    ["no size", 206, { ...rest, "content-range": "bytes 30-99/*" }, "other-size"],
    ["another length", 206, { ...rest, "content-length": "71" }, "other-size"],
  ] as const) {
    test(`${what}: ${expected}`, () => {
      const answer = checkContinuation(versionOf(200, WHOLE), 30, status, fields);
      const seen = answer.fits
        ? `${answer.lengthBytes} up to ${answer.endsAtBytes}`
        : answer.reason;
      assert.equal(seen, expected);
    });
  }

  test("a part is continued from its own first byte, and not beyond its last", () => {
    const version = versionOf(206, PART);
    const answer = (range: string) =>
      checkContinuation(version, 10, 206, { etag: '"v1"', "content-range": range });
    assert.deepEqual(answer("bytes 50-89/100"), { fits: true, lengthBytes: 40, endsAtBytes: 50 });
    assert.deepEqual(answer("bytes 50-99/100"), { fits: false, reason: "other-size" });
  });
  test("a body of unknown length learns where it ends", () => {
    const version = versionOf(200, { etag: '"v1"' });
    const known = checkContinuation(version, 30, 206, rest);
    assert.deepEqual(known, { fits: true, lengthBytes: 70, endsAtBytes: 100 });
    const unknown = { ...rest, "content-range": "bytes 30-99/*" };
    assert.deepEqual(checkContinuation(version, 30, 206, unknown), {
      fits: false,
      reason: "other-size",
    });
  });
});
