import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readViewingWishes, sourcesIn } from "./viewing-wishes.ts";

describe("readViewingWishes()", () => {
  for (const [search, bufferSeconds] of [
    ["", 20],
    ["?buffer=8", 8],
    ["?buffer=1", 4],
    ["?buffer=9999", 120],
    ["?buffer=lots", 20],
    ["?buffer=Infinity", 20],
  ] as const) {
    test(`"${search}" keeps ${bufferSeconds} s`, () =>
      assert.equal(readViewingWishes(search).bufferSeconds, bufferSeconds));
  }
  for (const [search, region] of [
    ["?region=west", "west"],
    ["?region=", undefined],
    ["?region=<b>", undefined],
    ["", undefined],
  ] as const) {
    test(`"${search}" is region ${region}`, () =>
      assert.equal(readViewingWishes(search).region, region));
  }
});

test("only steering is told the region", () =>
  assert.deepEqual(
    sourcesIn(["http://s/v1/play/demo/vod/a/master.m3u8", "http://e/vod/a/master.m3u8"], "west"),
    ["http://s/v1/play/demo/vod/a/master.m3u8?region=west", "http://e/vod/a/master.m3u8"],
  ));
