import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FirstBytes } from "./first-bytes.ts";

const MP4 = "http://a/low/7.M4S?token=x.ts";
const NAMELESS = "http://a/segment/7";

describe("FirstBytes", () => {
  for (const [what, url, byte, isLikely] of [
    ["an MP4 that begins with a box", MP4, 0, true],
    ["an MP4 that does not", MP4, 0xff, false],
    ["MPEG-TS", "http://a/7.ts", 0x47, true],
    ["a page in its place", "http://a/7.ts", "<".charCodeAt(0), false],
    ["what has no ending", NAMELESS, 9, true],
  ] as const) {
    test(`${what}: ${isLikely ? "likely" : "unlikely"}`, () =>
      assert.equal(new FirstBytes().isLikely(url, byte), isLikely));
  }

  test("expects what good bodies began with", () => {
    const bytes = new FirstBytes();
    bytes.note(NAMELESS, Uint8Array.of(9, 1).buffer);
    assert.deepEqual([bytes.isLikely(NAMELESS, 9), bytes.isLikely(NAMELESS, 8)], [true, false]);
  });
  test("expects nothing where they began differently, as encrypted ones do", () => {
    const bytes = new FirstBytes();
    bytes.note(MP4, Uint8Array.of(0xd4).buffer);
    assert.ok(bytes.isLikely(MP4, 0x11));
  });
});
