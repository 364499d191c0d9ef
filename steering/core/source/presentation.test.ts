import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { presentationKindOf, readPresentation } from "./presentation.ts";

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
