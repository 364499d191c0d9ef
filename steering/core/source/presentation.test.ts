import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isLive, presentationKindOf, readPresentation } from "./presentation.ts";

const PLAYLIST = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n";
const MPD = "<MPD><Period/></MPD>";

describe("presentationKindOf()", () => {
  for (const [path, kind] of [
    ["/a/b.m3u8", "hls"],
    ["/a/b.mpd", "dash"],
    ["/a/b.mpd/c", undefined],
    ["/a/b", undefined],
    ["/mpd", undefined],
  ] as const) {
    test(`${path} is ${kind}`, () => assert.equal(presentationKindOf(path), kind));
  }
});

describe("isLive()", () => {
  for (const [name, text, expected] of [
    ["a dynamic MPD is", '<MPD type="dynamic"><Period/></MPD>', true],
    ["a static one is not", '<MPD type="static"><Period/></MPD>', false],
    ["one that does not say is not", MPD, false],
    ["a multivariant playlist is not, for it lists no media", PLAYLIST, false],
  ] as const) {
    test(name, () => {
      const presentation = readPresentation(
        text,
        `http://o/a.${text === PLAYLIST ? "m3u8" : "mpd"}`,
      );
      assert.equal(presentation && isLive(presentation), expected);
    });
  }
});

describe("readPresentation()", () => {
  test("reads what the path says", () => {
    assert.equal(readPresentation(PLAYLIST, "http://o/a.m3u8")?.kind, "hls");
    assert.equal(readPresentation(MPD, "http://o/a.mpd")?.kind, "dash");
  });
  test("knows at once how a playlist is cloned", () => {
    const presentation = readPresentation(PLAYLIST, "http://o/vod/a.m3u8");
    assert.ok(presentation?.kind === "hls");
    assert.match(presentation.cloneTemplate?.join("http://one") ?? "", /http:\/\/one\/vod\/low/);
  });
  for (const [name, text, url] of [
    ["a media playlist", "#EXTM3U\n#EXTINF:2,\na.m4s\n", "http://o/a.m3u8"],
    ["an MPD for a playlist", MPD, "http://o/a.m3u8"],
    ["a playlist for an MPD", PLAYLIST, "http://o/a.mpd"],
    ["nothing", "", "http://o/a.mpd"],
  ] as const) {
    test(`refuses ${name}`, () => assert.equal(readPresentation(text, url), undefined));
  }
});
