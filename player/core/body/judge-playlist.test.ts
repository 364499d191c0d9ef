import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { judgePlaylist } from "./judge-playlist.ts";
import { titleBody, titlePaths } from "./media.rig.ts";

const MEDIA = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";

describe("judgePlaylist()", () => {
  for (const [rule, text, verdict] of [
    ["a live playlist", `${MEDIA}#EXTINF:2,\n1.ts\n`, "sound"],
    ["one without a last line break", `${MEDIA}#EXTINF:2,\n1.ts`, "sound"],
    ["one with nothing in it yet", MEDIA, "sound"],
    ["one with parts only", `${MEDIA}#EXT-X-PART:DURATION=1,URI="p"\n`, "sound"],
    [
      "a title with its end",
      `${MEDIA}#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:2,\n1.ts\n#EXT-X-ENDLIST`,
      "sound",
    ],
    ["unknown tags and attributes", `${MEDIA}#EXT-X-NEW:A=1\n#EXTINF:2,\n#EXT-Y\n1.ts\n`, "sound"],
    ["a multivariant playlist", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8", "sound"],
    ["a title without its end", `${MEDIA}#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:2,\n1.ts\n`, "corrupt"],
    ["cut before a segment", `${MEDIA}#EXTINF:2,\n1.ts\n#EXTINF:2,\n`, "corrupt"],
    ["cut within a tag", `${MEDIA}#EXTINF:2,\n1.ts\n#EXTINF`, "corrupt"],
    ["cut before a stream", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1", "corrupt"],
    ["cut after its first line", "#EXTM3U\n", "corrupt"],
    ["a page", "<html>", "not-a-playlist"],
    ["nothing", "", "not-a-playlist"],
    ["bytes", "\u0000\u0001\uFFFD", "not-a-playlist"],
  ] as const) {
    test(`${rule}: ${verdict}`, () => assert.equal(judgePlaylist(text), verdict));
  }

  test("every playlist of every title", () => {
    for (const path of titlePaths("**/*.m3u8")) {
      assert.equal(judgePlaylist(new TextDecoder().decode(titleBody(path))), "sound", path);
    }
  });
  test("of a title's playlist, no beginning that says what it is passes for the whole", () => {
    const [path = ""] = titlePaths("*/audio/index.m3u8");
    const text = new TextDecoder().decode(titleBody(path)).trimEnd();
    const shortest = text.indexOf("VOD") + 4;
    fc.assert(
      fc.property(fc.integer({ min: shortest, max: text.length - 1 }), (length) =>
        assert.notEqual(judgePlaylist(text.slice(0, length)), "sound"),
      ),
    );
  });
});
