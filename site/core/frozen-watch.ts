/**
 * How long a picture has stood still that should have moved: now, and in all.
 *
 * It is judged by the video's own clock, looked at a few times a second, since a player's events tell what
 * it thinks and not what is seen. A pause is no freeze; nor is what nobody would notice.
 */
export type FrozenWatch = {
  readonly timeSeconds: number;
  /** When it was last seen to move, or to be at rest by somebody's wish. */
  readonly movedMs: number;
  readonly lookedMs: number;
  /** Of the freezes that are over. */
  readonly overMs: number;
};

export type PictureLook = {
  readonly timeSeconds: number;
  /** Paused, sought, ended, or not begun yet. */
  readonly isAtRest: boolean;
};

/** A viewer sees a freeze from half a second. */
const NOTICED_MS = 500;

export function beginWatch(nowMs: number): FrozenWatch {
  return { timeSeconds: Number.NaN, movedMs: nowMs, lookedMs: nowMs, overMs: 0 };
}

export function lookAt(
  watch: FrozenWatch,
  { timeSeconds, isAtRest }: PictureLook,
  nowMs: number,
): FrozenWatch {
  if (!isAtRest && timeSeconds === watch.timeSeconds) return { ...watch, lookedMs: nowMs };
  const overMs = watch.overMs + frozenNowMs(watch);
  return { timeSeconds, movedMs: nowMs, lookedMs: nowMs, overMs };
}

/** 0 while it moves. */
export function frozenNowMs({ movedMs, lookedMs }: FrozenWatch): number {
  return lookedMs - movedMs >= NOTICED_MS ? lookedMs - movedMs : 0;
}

export function frozenInAllMs(watch: FrozenWatch): number {
  return watch.overMs + frozenNowMs(watch);
}
