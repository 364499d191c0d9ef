import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { placeOf, placeOfRange, readPlaylistCopy } from "./playlist-copy.ts";
import { NO_VARIABLES } from "./playlist-variables.ts";

const copy = readPlaylistCopy({
  text: `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-MAP:URI="i.mp4"
#EXTINF:2,
#EXT-X-BYTERANGE:10@0
f
#EXTINF:2,
#EXT-X-BYTERANGE:10
f
#EXTINF:1,
http://media/last
`,
  pathwayId: "b",
  url: "http://b/deep/l.m3u8",
  logicalUrl: "http://a/l.m3u8",
  variables: NO_VARIABLES,
});

describe("a pathway's copy of a playlist", () => {
  test("finds what is listed under its logical URL, and where the pathway has it", () => {
    const place = placeOf(copy, "http://a/f");
    assert.equal(place?.lastSequence, 8);
    assert.equal(place && copy.urlOf(place.resource), "http://b/deep/f");
    assert.equal(placeOf(copy, "http://b/deep/f"), undefined);
  });
  test("tells parts of a file by where they begin", () => {
    const at = (first: number) =>
      placeOfRange(copy, "http://a/f", { first, last: first + 9 })?.firstSequence;
    assert.deepEqual([at(0), at(10), at(5)], [7, 8, undefined]);
    const whole = placeOfRange(copy, "http://a/f", undefined);
    assert.equal(whole && copy.urlOf(whole.resource), "http://b/deep/f", "the file itself");
  });
  test("holds an init segment for all that need it", () => {
    const place = placeOf(copy, "http://a/i.mp4");
    assert.deepEqual([place?.what, place?.firstSequence, place?.lastSequence], ["map", 7, 9]);
  });
  test("knows which host its latest segment comes from", () =>
    assert.equal(copy.mediaHost, "http://media"));
});
