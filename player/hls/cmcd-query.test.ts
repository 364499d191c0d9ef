import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { splitCmcd, withCmcd } from "./cmcd-query.ts";

describe("CMCD in the query of a URL", () => {
  for (const [given, url, cmcd] of [
    ["http://a/1.m4s", "http://a/1.m4s", undefined],
    ["http://a/1.m4s?CMCD=br%3D300", "http://a/1.m4s", "CMCD=br%3D300"],
    ["http://a/1.m4s?x=1&CMCD=br", "http://a/1.m4s?x=1", "CMCD=br"],
    ["http://a/1.m4s?CMCD=br&x=1", "http://a/1.m4s?x=1", "CMCD=br"],
    ["http://a/1.m4s?CMCD=br#t", "http://a/1.m4s#t", "CMCD=br"],
    ["http://a/1.m4s?XCMCD=br", "http://a/1.m4s?XCMCD=br", undefined],
  ] as const) {
    test(`is taken off ${given}`, () => assert.deepEqual(splitCmcd(given), { url, cmcd }));
  }

  for (const [url, expected] of [
    ["http://b/1.m4s", "http://b/1.m4s?CMCD=br"],
    ["http://b/1.m4s?x=1", "http://b/1.m4s?x=1&CMCD=br"],
    ["http://b/1.m4s#t", "http://b/1.m4s?CMCD=br#t"],
  ] as const) {
    test(`is put on ${url}`, () => assert.equal(withCmcd(url, "CMCD=br"), expected));
  }
});
