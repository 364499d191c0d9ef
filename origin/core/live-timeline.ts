/**
 * Says which segment of a channel has which media sequence number, and when it is shown.
 *
 * Everything follows from the program and a fixed epoch: a restart, or another replica, finds the same
 * segment under the same number without having kept anything. A number never means anything else.
 */
import type { ChannelProgram, ProgramSegment, ProgramStream } from "./channel-program.ts";

export type LiveTimeline = {
  readonly program: ChannelProgram;
  readonly stream: ProgramStream;
  /** When segment 0 began. */
  readonly epochWallMs: number;
};

export type LiveSegment = ProgramSegment & {
  readonly sequence: number;
  /** How many titles have begun since the epoch, not counting the first. */
  readonly discontinuitySequence: number;
  readonly startWallMs: number;
  readonly endWallMs: number;
};

/** @param sequence from 0. */
export function segmentAt(timeline: LiveTimeline, sequence: number): LiveSegment {
  const { program, stream, epochWallMs } = timeline;
  const loop = Math.floor(sequence / stream.segments.length);
  const segment = stream.segments[sequence - loop * stream.segments.length] as ProgramSegment;
  const loopWallMs = epochWallMs + loop * program.loopMs;
  return {
    ...segment,
    sequence,
    discontinuitySequence: loop * program.titleIds.length + segment.slot,
    startWallMs: loopWallMs + segment.startMs,
    endWallMs: loopWallMs + segment.endMs,
  };
}

/** The last segment that has ended at `wallMs`; below 0 while none has. */
export function newestSequence(timeline: LiveTimeline, wallMs: number): number {
  const { program, stream, epochWallMs } = timeline;
  const sinceEpochMs = wallMs - epochWallMs;
  const loop = Math.floor(sinceEpochMs / program.loopMs);
  const inLoopMs = sinceEpochMs - loop * program.loopMs;
  return loop * stream.segments.length + countEnded(stream.segments, inLoopMs) - 1;
}

function countEnded(segments: readonly ProgramSegment[], inLoopMs: number): number {
  let ended = 0;
  let running = segments.length;
  while (ended < running) {
    const middle = Math.floor((ended + running) / 2);
    if ((segments[middle] as ProgramSegment).endMs <= inLoopMs) ended = middle + 1;
    else running = middle;
  }
  return ended;
}
