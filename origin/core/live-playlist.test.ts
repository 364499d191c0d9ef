import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LIVE_POLICY } from "../config.ts";
import type { ChannelProgram } from "./channel-program.ts";
import { writeLivePlaylist } from "./live-playlist.ts";
import { type LiveTimeline, segmentAt } from "./live-timeline.ts";
import {
  anyProgram,
  EPOCH,
  type ListedSegment,
  POLICY,
  type ReadPlaylist,
  readPlaylist,
  twoTitles,
} from "./made-up-titles.rig.ts";

function timelineOf(program: ChannelProgram, streamId: string): LiveTimeline {
  const stream = program.streams.find(({ id }) => id === streamId);
  return { program, stream: stream ?? assert.fail(streamId), epochWallMs: EPOCH };
}

function playlistAt(timeline: LiveTimeline, wallMs: number) {
  const playlist = writeLivePlaylist(timeline, wallMs, POLICY);
  return playlist ?? assert.fail(`off the air at ${wallMs}`);
}

const PROGRAM = twoTitles();
const VIDEO = timelineOf(PROGRAM, "v");
const LOOP_MS = PROGRAM.loopMs;
const MINUTE_MS = 60_000;

describe("writeLivePlaylist()", () => {
  test("lists what has been shown, with every tag that a player needs", () => {
    // In the hundredth loop, while the first segment of title two is shown.
    const { text, maxAgeSeconds } = playlistAt(VIDEO, EPOCH + 100 * LOOP_MS + 4_800);
    assert.equal(
      text,
      `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:495
#EXT-X-DISCONTINUITY-SEQUENCE:197
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-SERVER-CONTROL:HOLD-BACK=8.000
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-one.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:15:40.500Z
#EXTINF:2.000000,
495.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:15:42.500Z
#EXTINF:2.000000,
496.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-two.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:15:44.500Z
#EXTINF:2.000000,
497.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:15:46.500Z
#EXTINF:2.000000,
498.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:15:48.500Z
#EXTINF:1.500000,
499.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-one.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:15:50.000Z
#EXTINF:2.000000,
500.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:15:52.000Z
#EXTINF:2.000000,
501.m4s
`,
    );
    assert.equal(maxAgeSeconds, 1);
  });

  test("counts a discontinuity as gone only when the segment after it has left", () => {
    const at = (ms: number) => {
      const { segments, tags } = readPlaylist(playlistAt(VIDEO, EPOCH + 100 * LOOP_MS + ms).text);
      const [first] = segments;
      return `${first?.uri} ${tags.get("EXT-X-DISCONTINUITY-SEQUENCE")} ${first?.discontinuity}`;
    };
    assert.equal(at(3_999), "494.m4s 197 197");
    assert.equal(at(4_000), "495.m4s 197 198");
    assert.equal(at(6_000), "496.m4s 198 198");
    assert.equal(at(8_000), "497.m4s 198 199");
  });

  for (const [ms, seconds] of [
    [4_000, 2],
    [4_001, 1],
    [5_000, 1],
    [5_001, 0],
    [5_999, 0],
    [8_000, 1],
    [8_500, 1],
    [8_501, 0],
  ] as const) {
    test(`${ms} ms into a loop it holds for ${seconds} s`, () =>
      assert.equal(playlistAt(VIDEO, EPOCH + 10 * LOOP_MS + ms).maxAgeSeconds, seconds));
  }

  test("by the origin's policy, leaves players room behind where they are held back", () => {
    assert.ok(LIVE_POLICY.holdBackTargets >= 3);
    assert.ok(LIVE_POLICY.windowTargets >= LIVE_POLICY.holdBackTargets + 3);
  });

  test("is off the air until three target durations have been shown", () => {
    const isOnAir = (ms: number) => writeLivePlaylist(VIDEO, EPOCH + ms, POLICY) !== undefined;
    assert.deepEqual([-1e12, -1, 0, 5_999, 6_000].map(isOnAir), [false, false, false, false, true]);
  });

  test("begins with the first segment ever, which no discontinuity precedes", () => {
    const { segments, tags } = readPlaylist(playlistAt(VIDEO, EPOCH + 6_000).text);
    assert.equal(segments[0]?.uri, "0.m4s");
    assert.equal(segments[0]?.followsDiscontinuity, false);
    assert.equal(tags.get("EXT-X-DISCONTINUITY-SEQUENCE"), "0");
  });

  test("goes on through ten loops, in steps of 100 ms, as a player must see it", () => {
    for (const stream of ["v", "a"]) walk(timelineOf(PROGRAM, stream), EPOCH, 10 * LOOP_MS, 100);
  });

  test("goes on whatever the program and the time", () => {
    const minutes = fc.integer({ min: 0, max: 5_000_000 });
    fc.assert(
      fc.property(anyProgram, minutes, fc.constantFrom("v", "a"), (program, minute, streamId) => {
        // Long enough for every segment to come and go, however short the loop.
        const forMs = 2 * program.loopMs + 10_000 * program.targetDurationSeconds;
        walk(timelineOf(program, streamId), EPOCH + minute * MINUTE_MS, forMs, 250);
      }),
    );
  });

  test("changes exactly when its lifetime ends, and not before", () => {
    const instant = fc.integer({ min: 600_000, max: 3e10 });
    fc.assert(
      fc.property(anyProgram, instant, (program, ms) => {
        const timeline = timelineOf(program, "v");
        const { text, maxAgeSeconds } = playlistAt(timeline, EPOCH + ms);
        const expiresMs = EPOCH + ms + maxAgeSeconds * 1000;
        assert.equal(playlistAt(timeline, Math.max(EPOCH + ms, expiresMs - 1)).text, text);
        assert.notEqual(playlistAt(timeline, expiresMs + 1000).text, text);
      }),
    );
  });

  test("is the same after a restart, and on every replica", () => {
    const again = timelineOf(twoTitles(), "v");
    for (let ms = 0; ms < 3 * LOOP_MS; ms += 777) {
      const wallMs = EPOCH + 1e10 + ms;
      assert.deepEqual(playlistAt(again, wallMs), playlistAt(VIDEO, wallMs));
    }
  });

  test("begins titles at the same date, with the same count, in all streams", () => {
    const instant = fc.integer({ min: 600_000, max: 3e10 });
    fc.assert(
      fc.property(anyProgram, instant, (program, ms) => {
        const [video, audio] = ["v", "a"].map((streamId) => {
          const timeline = timelineOf(program, streamId);
          return readPlaylist(playlistAt(timeline, EPOCH + ms).text).segments;
        });
        assert.ok(video && audio);
        // Where both lists have the end of one title and the begin of the next.
        const from = Math.max(video[0]?.discontinuity ?? 0, audio[0]?.discontinuity ?? 0);
        const until = Math.min(video.at(-1)?.discontinuity ?? 0, audio.at(-1)?.discontinuity ?? 0);
        const datesOf = (segments: readonly ListedSegment[]) =>
          segments
            .filter(({ followsDiscontinuity }) => followsDiscontinuity)
            .filter(({ discontinuity }) => discontinuity > from && discontinuity <= until)
            .map(({ discontinuity, startWallMs }) => [discontinuity, startWallMs]);
        assert.deepEqual(datesOf(video), datesOf(audio));
        assert.equal(datesOf(video).length, Math.max(0, until - from));
      }),
    );
  });
});

/** Looks at a stream again and again, and checks each list by itself and against the one before. */
function walk(timeline: LiveTimeline, fromWallMs: number, forMs: number, stepMs: number): void {
  const targetSeconds = timeline.program.targetDurationSeconds;
  const known = new Map<string, ListedSegment>();
  let earlier: ReadPlaylist | undefined;
  for (let wallMs = fromWallMs; wallMs < fromWallMs + forMs; wallMs += stepMs) {
    const playlist = writeLivePlaylist(timeline, wallMs, POLICY);
    if (playlist === undefined) {
      assert.ok(wallMs < EPOCH + 4 * targetSeconds * 1000 + 500, `off the air at ${wallMs}`);
      continue;
    }
    const now = readPlaylist(playlist.text);
    checkAlone(now, targetSeconds, wallMs);
    for (const segment of now.segments) {
      const before = known.get(segment.uri);
      // A URI means one segment for ever: its number, its date, its count of discontinuities.
      if (before === undefined) known.set(segment.uri, segment);
      else assert.deepEqual({ ...segment, map: "" }, { ...before, map: "" });
      const { titleId } = segmentAt(timeline, segment.sequence);
      assert.equal(segment.map, `init-${titleId}.mp4`);
    }
    if (earlier !== undefined) checkAfter(earlier, now);
    earlier = now;
  }
  assert.ok(earlier !== undefined);
}

function checkAlone({ tags, segments }: ReadPlaylist, targetSeconds: number, wallMs: number): void {
  assert.equal(tags.get("EXT-X-TARGETDURATION"), String(targetSeconds));
  assert.equal(tags.has("EXT-X-ENDLIST"), false);
  const listedSeconds = segments.reduce((total, { seconds }) => total + seconds, 0);
  assert.ok(listedSeconds >= 3 * targetSeconds, `${listedSeconds} s are listed`);
  for (const [place, segment] of segments.entries()) {
    assert.equal(segment.uri, `${segment.sequence}.m4s`);
    assert.ok(Math.round(segment.seconds) <= targetSeconds);
    const next = segments[place + 1];
    const endMs = segment.startWallMs + segment.seconds * 1000;
    assert.ok(endMs <= wallMs + 1, "it is listed before it has ended");
    // Dates are in whole milliseconds, and at a discontinuity a stream may wait for a longer one.
    const allowedMs = next?.followsDiscontinuity ? 102 : 1.01;
    if (next !== undefined) assert.ok(Math.abs(next.startWallMs - endMs) < allowedMs);
  }
}

function checkAfter(earlier: ReadPlaylist, now: ReadPlaylist): void {
  const [first] = now.segments;
  const [earlierFirst] = earlier.segments;
  const last = now.segments.at(-1);
  const earlierLast = earlier.segments.at(-1);
  assert.ok(first && earlierFirst && last && earlierLast);
  assert.ok(first.sequence >= earlierFirst.sequence, "the media sequence goes back");
  assert.ok(last.sequence >= earlierLast.sequence, "the end goes back");
  // What RFC 8216bis §6.2.2 asks of a server: count each tag that has been removed.
  const removed = earlier.segments.filter(({ sequence }) => sequence < first.sequence);
  const removedTags = removed.filter(({ followsDiscontinuity }) => followsDiscontinuity).length;
  const count = ({ tags }: ReadPlaylist) => Number(tags.get("EXT-X-DISCONTINUITY-SEQUENCE"));
  if (first.sequence <= earlierLast.sequence) {
    assert.equal(count(now), count(earlier) + removedTags);
  }
}
