import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addressAt, locateUri } from "./locate-uri.ts";

const PLAYLIST = "http://origin:4100/vod/film/master.m3u8";

describe("locateUri()", () => {
  for (const [uri, path] of [
    ["low/index.m3u8", "/vod/film/low/index.m3u8"],
    ["low.m3u8?token=1", "/vod/film/low.m3u8?token=1"],
    ["/other/index.m3u8", "/other/index.m3u8"],
    ["../x/index.m3u8", "/vod/x/index.m3u8"],
    ["../../../../etc/passwd", "/etc/passwd"],
    ["low.m3u8#part", "/vod/film/low.m3u8"],
    ["a b.m3u8", "/vod/film/a%20b.m3u8"],
    ["http://origin:4100/abs.m3u8", "/abs.m3u8"],
    ["//origin:4100/abs.m3u8", "/abs.m3u8"],
  ] as const) {
    test(`${uri} is ${path} of the source`, () =>
      assert.deepEqual(locateUri(uri, PLAYLIST), { at: "source", path }));
  }
  for (const [uri, href] of [
    ["https://origin:4100/abs.m3u8", "https://origin:4100/abs.m3u8"],
    ["http://cdn/abs.m3u8", "http://cdn/abs.m3u8"],
    ["//cdn/abs.m3u8", "http://cdn/abs.m3u8"],
    ["skd://key", "skd://key"],
    ["data:text/plain,a", "data:text/plain,a"],
    ["a//b.m3u8", "http://origin:4100/vod/film/a//b.m3u8"],
    ["a%2fb.m3u8", "http://origin:4100/vod/film/a%2fb.m3u8"],
    ["http://[", "http://["],
  ] as const) {
    test(`${uri} is elsewhere`, () =>
      assert.deepEqual(locateUri(uri, PLAYLIST), { at: "elsewhere", uri: href }));
  }
});

test("a pathway has what is on the source, and shares what is elsewhere", () => {
  const pathway = { url: "http://one" };
  assert.equal(addressAt({ at: "source", path: "/a?b" }, pathway), "http://one/a?b");
  assert.equal(addressAt({ at: "elsewhere", uri: "https://cdn/a" }, pathway), "https://cdn/a");
});
