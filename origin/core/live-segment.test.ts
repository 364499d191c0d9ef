import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LIVE_POLICY } from "../config.ts";
import type { ChannelProgram } from "./channel-program.ts";
import { type LivePolicy, writeLivePlaylist } from "./live-playlist.ts";
import { decideLiveSegment } from "./live-segment.ts";
import { type LiveTimeline, segmentAt } from "./live-timeline.ts";
import { anyProgram, EPOCH, POLICY, readPlaylist, twoTitles } from "./made-up-titles.rig.ts";

function videoOf(program: ChannelProgram): LiveTimeline {
  const stream = program.streams.find(({ id }) => id === "v");
  return { program, stream: stream ?? assert.fail(), epochWallMs: EPOCH };
}

const VIDEO = videoOf(twoTitles());

/** Of segment 5, which ends 11 500 ms after the epoch; 6 + 12 target durations of 2 s later it goes. */
function at(ms: number): string {
  const decision = decideLiveSegment(VIDEO, 5, EPOCH + ms, POLICY);
  return decision.kind === "there"
    ? `${decision.reason} ${decision.segment.path}`
    : `${decision.reason} ${decision.maxAgeSeconds}`;
}

describe("decideLiveSegment()", () => {
  for (const [ms, expected] of [
    [-100_000, "not-yet 10"],
    [0, "not-yet 10"],
    [1_001, "not-yet 9"],
    [10_000, "not-yet 1"],
    [10_001, "not-yet 0"],
    [10_999, "not-yet 0"],
    [11_000, "shown one/v/0.m4s"],
    [11_500, "shown one/v/0.m4s"],
    [47_499, "shown one/v/0.m4s"],
    [47_500, "gone 10"],
  ] as const) {
    test(`${ms} ms: ${expected}`, () => assert.equal(at(ms), expected));
  }

  test("says that a segment is missing for no longer than it is", () => {
    const instant = fc.integer({ min: 0, max: 3e9 });
    fc.assert(
      fc.property(anyProgram, instant, fc.nat({ max: 2_000 }), (program, ms, sequence) => {
        const video = videoOf(program);
        const decision = decideLiveSegment(video, sequence, EPOCH + ms, POLICY);
        if (decision.kind === "there") return;
        const laterMs = EPOCH + ms + decision.maxAgeSeconds * 1000 - 1;
        const later = decideLiveSegment(video, sequence, Math.max(EPOCH + ms, laterMs), POLICY);
        assert.equal(later.reason, decision.reason);
      }),
    );
  });

  for (const [name, policy] of [
    ["the origin's", { ...LIVE_POLICY, epochWallMs: EPOCH }],
    ["the tests'", POLICY],
  ] as const) {
    test(`by ${name} policy, what a list names is there as long as RFC 8216bis §6.2.2 asks`, () => {
      const instant = fc.integer({ min: 600_000, max: 3e9 });
      fc.assert(
        fc.property(anyProgram, instant, (program, ms) =>
          checkKept(videoOf(program), EPOCH + ms, policy),
        ),
      );
    });
  }
});

/** What is listed is there; the oldest, which leaves with the next change, for its own and a list's length more. */
function checkKept(video: LiveTimeline, wallMs: number, policy: LivePolicy): void {
  const playlist = writeLivePlaylist(video, wallMs, policy) ?? assert.fail();
  const { segments } = readPlaylist(playlist.text);
  const kindAt = (sequence: number, momentMs: number) =>
    decideLiveSegment(video, sequence, momentMs, policy).kind;
  for (const { sequence } of segments) assert.equal(kindAt(sequence, wallMs), "there");

  const [oldest, newest] = [segments[0], segments.at(-1)];
  assert.ok(oldest && newest);
  const leavesMs = segmentAt(video, newest.sequence + 1).endWallMs;
  const listMs = segments.reduce((total, { seconds }) => total + seconds * 1000, 0);
  assert.equal(kindAt(oldest.sequence, leavesMs + oldest.seconds * 1000 + listMs), "there");
}
