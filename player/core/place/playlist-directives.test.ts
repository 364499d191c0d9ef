import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renumber, shiftSequence, splitDirectives, withDirectives } from "./playlist-directives.ts";

describe("what a request asks of a playlist", () => {
  for (const [url, bare, directives] of [
    ["http://a/l.m3u8", "http://a/l.m3u8", ""],
    ["http://a/l.m3u8?_HLS_msn=3&_HLS_part=0", "http://a/l.m3u8", "_HLS_msn=3&_HLS_part=0"],
    ["http://a/l.m3u8?_HLS_skip=YES&t=1", "http://a/l.m3u8?t=1", "_HLS_skip=YES"],
    ["http://a/l.m3u8?t=1&_HLS_msn=4", "http://a/l.m3u8?t=1", "_HLS_msn=4"],
  ] as const) {
    test(`${url}: taken off, and put on another`, () => {
      assert.deepEqual(splitDirectives(url), { url: bare, directives });
      const other = withDirectives("http://b/x?t=2", directives);
      assert.equal(other, directives === "" ? "http://b/x?t=2" : `http://b/x?t=2&${directives}`);
    });
  }
  test("moves along where a pathway counts otherwise", () =>
    assert.equal(shiftSequence("_HLS_msn=3&_HLS_part=1", 1_000), "_HLS_msn=1003&_HLS_part=1"));
});

describe("renumber()", () => {
  for (const [what, text, offset, expected] of [
    [
      "nothing to do",
      "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n",
      0,
      "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n",
    ],
    ["larger there", "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n", 5, "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:2\n"],
    [
      "smaller there",
      "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n",
      -5,
      "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:12\n",
    ],
    [
      "counted from 0 without saying so",
      "#EXTM3U\na\n",
      -5,
      "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:5\na\n",
    ],
  ] as const) {
    test(what, () =>
      assert.equal(renumber(text, { sequence: offset, discontinuity: 0 }), expected),
    );
  }
  test("recordings that are counted otherwise, too", () => {
    const offset = { sequence: 0, discontinuity: 3 };
    const counted = "#EXTM3U\n#EXT-X-DISCONTINUITY-SEQUENCE:5\na\n";
    assert.equal(renumber(counted, offset), counted.replace(":5", ":2"));
    const uncounted = "#EXTM3U\na\n";
    assert.equal(
      renumber(uncounted, { sequence: 0, discontinuity: -3 }),
      "#EXTM3U\n#EXT-X-DISCONTINUITY-SEQUENCE:3\na\n",
    );
  });
});
