import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ChannelProgram } from "./channel-program.ts";
import { type LiveTimeline, newestSequence, segmentAt } from "./live-timeline.ts";
import { anyProgram, EPOCH, twoTitles } from "./made-up-titles.rig.ts";

function timelineOf(program: ChannelProgram, streamId: string): LiveTimeline {
  const stream = program.streams.find(({ id }) => id === streamId);
  return { program, stream: stream ?? assert.fail(streamId), epochWallMs: EPOCH };
}

const VIDEO = timelineOf(twoTitles(), "v");

describe("segmentAt()", () => {
  for (const [sequence, path, discontinuity, startMs, endMs] of [
    [0, "one/v/0.m4s", 0, 0, 2_000],
    [1, "one/v/1.m4s", 0, 2_000, 4_000],
    [2, "two/v/0.m4s", 1, 4_000, 6_000],
    [4, "two/v/2.m4s", 1, 8_000, 9_500],
    [5, "one/v/0.m4s", 2, 9_500, 11_500],
    [5_002, "two/v/0.m4s", 2_001, 9_504_000, 9_506_000],
  ] as const) {
    test(`${sequence} is ${path}, after ${discontinuity} discontinuities`, () => {
      const segment = segmentAt(VIDEO, sequence);
      assert.deepEqual(
        [segment.path, segment.discontinuitySequence, segment.startWallMs, segment.endWallMs],
        [path, discontinuity, EPOCH + startMs, EPOCH + endMs],
      );
    });
  }
});

describe("newestSequence()", () => {
  for (const [ms, newest] of [
    [-1, -2],
    [0, -1],
    [1_999, -1],
    [2_000, 0],
    [3_999, 0],
    [4_000, 1],
    [9_499, 3],
    [9_500, 4],
    [11_499, 4],
    [11_500, 5],
    [9_505_999, 5_001],
    [9_506_000, 5_002],
  ] as const) {
    test(`${ms} ms after the epoch: ${newest}`, () =>
      assert.equal(newestSequence(VIDEO, EPOCH + ms), newest));
  }

  test("is the last one that has ended, whatever the program and the time", () => {
    const instant = fc.integer({ min: 0, max: 3e10 });
    fc.assert(
      fc.property(anyProgram, instant, fc.constantFrom("v", "a"), (program, ms, streamId) => {
        const timeline = timelineOf(program, streamId);
        const newest = newestSequence(timeline, EPOCH + ms);
        assert.ok(newest < 0 || segmentAt(timeline, newest).endWallMs <= EPOCH + ms);
        assert.ok(segmentAt(timeline, newest + 1).endWallMs > EPOCH + ms);
      }),
    );
  });
});
