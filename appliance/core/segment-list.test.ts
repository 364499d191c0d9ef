import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { keyOfReference, readSegmentList } from "./segment-list.ts";

const list = (...lines: string[]) =>
  readSegmentList(["#EXTM3U", "#EXT-X-TARGETDURATION:4", ...lines].join("\n"), "/vod/a/v.m3u8");

describe("readSegmentList()", () => {
  test("lists segments in order, by the names of the cache", () => {
    const segments = list("#EXTINF:4,", "1.m4s?CMCD=x", "#EXTINF:4,", "../b/2.m4s")?.segments;
    assert.deepEqual(
      segments?.map(({ key }) => key),
      ["/vod/a/1.m4s", "/vod/b/2.m4s"],
    );
  });

  test("lists what segments need, each once", () => {
    const { needed } = list(
      '#EXT-X-MAP:URI="init.mp4"',
      '#EXT-X-KEY:METHOD=AES-128,URI="/keys/1"',
      "1.m4s",
      '#EXT-X-MAP:URI="init.mp4"',
      "#EXT-X-KEY:METHOD=NONE",
    ) ?? { needed: [] };
    assert.deepEqual(
      needed.map(({ key }) => key),
      ["/vod/a/init.mp4", "/keys/1"],
    );
  });

  test("follows byte ranges that go on where the one before ended", () => {
    const segments = list(
      "#EXT-X-BYTERANGE:100@50",
      "film.mp4",
      "#EXT-X-BYTERANGE:10",
      "film.mp4",
      "#EXT-X-BYTERANGE:10",
      "other.mp4",
      "film.mp4",
    )?.segments;
    assert.deepEqual(
      segments?.map(({ range }) => range),
      [{ first: 50, last: 149 }, { first: 150, last: 159 }, { first: 0, last: 9 }, undefined],
    );
  });

  test("is growing until it has ended", () => {
    assert.equal(list("1.m4s")?.isGrowing, true);
    assert.equal(list("1.m4s", "#EXT-X-ENDLIST")?.isGrowing, false);
  });

  test("skips what lies elsewhere, and counts it", () => {
    const reading = list(
      "https://elsewhere.example/1.m4s",
      "//elsewhere/2.m4s",
      "data:,x",
      "3.m4s",
    );
    assert.deepEqual(
      [reading?.segments.map(({ key }) => key), reading?.skipped],
      [["/vod/a/3.m4s"], 3],
    );
  });

  test("is for media playlists only", () => {
    assert.equal(list("#EXT-X-STREAM-INF:BANDWIDTH=1", "a.m3u8"), undefined);
    assert.equal(readSegmentList("<html>", "/a"), undefined);
  });
});

test("no reference leads out of the origin, or to a path that is not served", () => {
  fc.assert(
    fc.property(fc.string(), (uri) => {
      const key = keyOfReference(uri, "/vod/a/v.m3u8");
      assert.ok(key === undefined || (key.startsWith("/") && !/\s|\/\.\.\//.test(key)));
    }),
  );
});
