/**
 * Tells from samples of the picture when it stood still: frames and the video's clock, never events.
 *
 * Between two samples the picture was frozen if the clock hardly moved, or if for two samples in a row
 * no frame was shown although it did: sound alone is no picture, but one late frame is the machine's.
 */
import type { LabSpan } from "../../contract/lab-result.ts";

export type PictureSample = {
  /** From the opening of the page. */
  readonly atSeconds: number;
  /** The video's clock. */
  readonly mediaSeconds: number;
  /** Shown so far. */
  readonly frames: number;
  /** Media in hand. */
  readonly bufferSeconds: number;
  readonly ended: boolean;
};

export type PictureVerdict = {
  readonly stalls: readonly LabSpan[];
  readonly stallSeconds: number;
  readonly dead: boolean;
};

/** A clock that moves by less than this share of the time stands still. */
const STANDING_SHARE = 0.2;
/** Frozen for so long at the end of a run, it does not come back. */
const DEAD_AFTER_SECONDS = 4;

/** @param firstFrameSeconds undefined if there never was a picture. Nobody pauses or seeks in the lab. */
export function judgePicture(
  samples: readonly PictureSample[],
  firstFrameSeconds: number | undefined,
): PictureVerdict {
  if (firstFrameSeconds === undefined) return { stalls: [], stallSeconds: 0, dead: true };
  const watched = samples.filter(({ atSeconds }) => atSeconds >= firstFrameSeconds);
  const stalls: LabSpan[] = [];
  for (const [index, sample] of watched.entries()) {
    const before = watched[index - 1];
    if (before === undefined || !isFrozen(watched, index)) continue;
    const last = stalls.at(-1);
    if (last?.toSeconds === before.atSeconds) {
      stalls[stalls.length - 1] = { ...last, toSeconds: sample.atSeconds };
    } else {
      stalls.push({ fromSeconds: before.atSeconds, toSeconds: sample.atSeconds });
    }
  }
  const endSeconds = watched.at(-1)?.atSeconds ?? 0;
  const last = stalls.at(-1);
  return {
    stalls,
    stallSeconds: stalls.reduce((sum, each) => sum + lengthOf(each), 0),
    dead: last?.toSeconds === endSeconds && lengthOf(last) >= DEAD_AFTER_SECONDS,
  };
}

/** What is in hand at a moment: the last that was seen before. */
export function bufferAt(samples: readonly PictureSample[], atSeconds: number): number | undefined {
  return samples.findLast((sample) => sample.atSeconds <= atSeconds && sample.frames > 0)
    ?.bufferSeconds;
}

function isFrozen(samples: readonly PictureSample[], index: number): boolean {
  const now = samples[index];
  const before = samples[index - 1];
  if (now === undefined || before === undefined || before.ended) return false;
  const passedSeconds = now.atSeconds - before.atSeconds;
  const isStanding = now.mediaSeconds - before.mediaSeconds < passedSeconds * STANDING_SHARE;
  return isStanding || (hasNoFrame(samples, index) && isBesideFrameless(samples, index));
}

function isBesideFrameless(samples: readonly PictureSample[], index: number): boolean {
  return hasNoFrame(samples, index - 1) || hasNoFrame(samples, index + 1);
}

function hasNoFrame(samples: readonly PictureSample[], index: number): boolean {
  const now = samples[index];
  const before = samples[index - 1];
  return now !== undefined && before !== undefined && now.frames === before.frames;
}

function lengthOf({ fromSeconds, toSeconds }: LabSpan): number {
  return toSeconds - fromSeconds;
}
