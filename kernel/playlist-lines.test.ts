import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  attributeText,
  isPlaylist,
  quoted,
  readAttributes,
  readPlaylistLines,
  writeAttributes,
  writePlaylistLines,
} from "./playlist-lines.ts";

const PLAYLIST = `#EXTM3U
#EXT-X-VERSION:7
## a comment
#EXT-X-ACME-VENDOR:anything, at all

#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1,mp4a"
video/index.m3u8?a=b
#EXT-X-ENDLIST
`;

describe("readPlaylistLines()", () => {
  test("loses nothing: writing what was read gives the same text", () =>
    assert.equal(writePlaylistLines(readPlaylistLines(PLAYLIST)), PLAYLIST));
  test("accepts CRLF and a byte order mark", () =>
    assert.equal(
      writePlaylistLines(readPlaylistLines(`\uFEFF${PLAYLIST.replaceAll("\n", "\r\n")}`)),
      PLAYLIST,
    ));
  test("tells tags, URIs and the rest apart", () =>
    assert.deepEqual(
      readPlaylistLines(PLAYLIST).map(({ kind }) => kind),
      ["tag", "tag", "other", "tag", "other", "tag", "uri", "tag"],
    ));
});

describe("isPlaylist()", () => {
  for (const [text, expected] of [
    ["#EXTM3U\n#EXT-X-ENDLIST", true],
    ["\uFEFF#EXTM3U\r\n", true],
    ["#EXTM3U", true],
    ["#EXTM3U8\n", false],
    ["<!doctype html>", false],
    ["", false],
  ] as const) {
    test(`${JSON.stringify(text)} → ${expected}`, () => assert.equal(isPlaylist(text), expected));
  }
});

describe("readAttributes()", () => {
  test("keeps quotes, commas inside quotes, and order", () => {
    const written = 'BANDWIDTH=100,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=960x540,X-NEW=YES';
    assert.equal(writeAttributes(readAttributes(written)), written);
    assert.equal(attributeText(readAttributes(written), "CODECS"), "avc1.64001f,mp4a.40.2");
    assert.equal(attributeText(readAttributes(written), "RESOLUTION"), "960x540");
  });
  test("keeps the first of two", () =>
    assert.equal(attributeText(readAttributes("A=1,A=2"), "A"), "1"));
  test("comes to an end with a long line that has no value in it", () =>
    assert.equal(readAttributes("A".repeat(1024 * 1024)).size, 0));
  test("says undefined for what is absent", () =>
    assert.equal(attributeText(readAttributes("A=1"), "B"), undefined));
  test("what quoted() writes is read back whole", () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[^"\r\n]*$/), (text) => {
        const attributes = readAttributes(`A=${quoted(text)},B=1`);
        assert.equal(attributeText(attributes, "A"), text);
        assert.equal(attributeText(attributes, "B"), "1");
      }),
    ));
});
