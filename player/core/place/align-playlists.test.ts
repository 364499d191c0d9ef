import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alignPlaylists } from "./align-playlists.ts";
import { type MediaPlaylist, readMediaPlaylist } from "./media-playlist.ts";

/** `live 7: 2 2 2.5!` counts from 7; `!` marks a discontinuity; `@10` dates the first segment. */
function playlist(notation: string) {
  const [head = "", body = ""] = notation.split(":");
  const [kind, first = "0", date] = head.split(/ |@/);
  const dated =
    date === undefined
      ? ""
      : `#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:${date.padStart(2, "0")}Z\n`;
  const segments = body
    .trim()
    .split(/\s+/)
    .filter((each) => each !== "");
  const lines = segments.map((each) => {
    const tag = each.endsWith("!") ? "#EXT-X-DISCONTINUITY\n" : "";
    return `${tag}#EXTINF:${Number.parseFloat(each)},\nx\n`;
  });
  const end = kind === "vod" ? "#EXT-X-ENDLIST\n" : "";
  return readMediaPlaylist(
    `#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:${first}\n${dated}${lines.join("")}${end}`,
  );
}

describe("alignPlaylists()", () => {
  for (const [what, one, other, expected] of [
    ["the same title", "vod 0: 2 2 2 1", "vod 0: 2 2 2 1", 0],
    ["a title counted from 1", "vod 0: 2 2 2 2", "vod 1: 2 2 2 2", 1],
    ["lengths that are rounded otherwise", "vod 0: 2.002 2.002 1.9", "vod 0: 2 2 2", 0],
    ["a title that ends a segment earlier", "vod 0: 2 2 2", "vod 0: 2 2", 0],
    ["longer segments", "vod 0: 2 2 2", "vod 0: 6", "apart"],
    ["one other boundary", "vod 0: 2 2 2 2", "vod 0: 2 3 1 2", "apart"],
    ["a channel by its numbers", "live 7: 2 2 2", "live 8: 2 2 2", 0],
    ["a channel with other lengths", "live 7: 2 2 2", "live 7: 2 2 4", "apart"],
    ["a channel by its dates", "live 7@10: 2 2 2", "live 100@12: 2 2 2", 92],
    ["dates that differ a little", "live 7@10: 2 2", "live 7@10.2: 2 2", 0],
    ["dates that fall between", "live 7@10: 2 2 2", "live 7@11: 2 2 2", "apart"],
    ["windows without a common moment", "live 7@10: 2 2", "live 7@40: 2 2", "unknown"],
    ["another recording in between", "live 7: 2 2 2!", "live 7: 2 2 2", "apart"],
    ["a recording that begins with the window", "live 7: 2 2! 2", "live 8: 2 2", 0],
    ["nothing", "live 7: 2 2", "live 7:", "unknown"],
  ] as const) {
    test(`${what} → ${expected}`, () => {
      const alignment = alignPlaylists(playlist(one), playlist(other));
      assert.equal(
        alignment.kind === "same" ? alignment.offset.sequence : alignment.kind,
        expected,
      );
    });
  }

  test("tells by how much recordings are counted otherwise, wherever the windows begin", () => {
    const counted = (notation: string, from: number) => {
      const list = playlist(notation);
      const segments = list.segments.map((each) => ({
        ...each,
        discontinuity: each.discontinuity + from,
      }));
      return { ...list, segments };
    };
    const alignment = alignPlaylists(counted("live 7: 2 2! 2", 3), counted("live 9: 2 2", 40));
    assert.deepEqual(alignment, { kind: "same", offset: { sequence: 0, discontinuity: 36 } });
  });
});

/** A window of many hours from the given moment on, that counts how often a date of it is looked at. */
function longWindow(segments: number, fromMs: number, looks: { count: number }): MediaPlaylist {
  const window = playlist(`live 0: ${"2 ".repeat(segments)}`);
  return {
    ...window,
    segments: window.segments.map((segment, index) => ({
      ...segment,
      get dateMs() {
        looks.count += 1;
        return fromMs + index * 2_000;
      },
    })),
  };
}

describe("two windows of many hours", () => {
  const SEGMENTS = 2_000;
  for (const [what, laterMs, kind] of [
    ["the same boundaries", 1_000_000, "same"],
    ["other boundaries", 1_000, "apart"],
    ["no moment in common", SEGMENTS * 2_000 + 10_000, "unknown"],
  ] as const) {
    test(`with ${what}: each date is looked at a few times, not as often as there are others`, () => {
      const looks = { count: 0 };
      const [one, other] = [0, laterMs].map((fromMs) => longWindow(SEGMENTS, fromMs, looks));
      assert.equal(alignPlaylists(one as MediaPlaylist, other as MediaPlaylist).kind, kind);
      assert.ok(looks.count < SEGMENTS * 40, `${looks.count} looks`);
    });
  }
});
