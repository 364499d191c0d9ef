import assert from "node:assert/strict";
import { test } from "node:test";
import { isLightRequest } from "./light-request.ts";

for (const [target, range, expected] of [
  ["/live/index.m3u8", undefined, true],
  ["/a/manifest.MPD?x=y", undefined, true],
  ["/a.ts?list=b.m3u8", undefined, true],
  ["/a.m3u8.ts", undefined, false],
  ["/a.m4s", undefined, false],
  ["/a.m4s", "bytes=0-99", true],
  ["/a.m4s", "bytes=1000-1099", true],
  ["/a.m4s", "bytes=0-100", false],
  ["/a.m4s", "bytes=0-", false],
  ["/a.m4s", "bytes=-50", false],
  ["/a.m4s", "bytes=0-1,5-6", false],
] as const) {
  test(`${target} ${range ?? "whole"} is ${expected ? "" : "not "}light`, () => {
    assert.equal(isLightRequest(target, range, 100), expected);
  });
}
