/**
 * Decides how long a worker's loop runs after a request: while something is under way, while the next
 * request of a page that plays is near, and while a host that was left is to be probed. A page that has
 * stopped asking costs nothing after that.
 */
export type WatchPolicy = {
  /** A page that plays asks again within this time. */
  readonly lingerMs: number;
  /** For so long after the last request hosts that are avoided are still probed. */
  readonly probeForMs: number;
};

export type WatchFacts = {
  readonly underWay: number;
  /** Undefined before the first. */
  readonly lastAskedMs: number | undefined;
  readonly isAnyAvoided: boolean;
};

export function isOnWatch(
  { underWay, lastAskedMs, isAnyAvoided }: WatchFacts,
  { lingerMs, probeForMs }: WatchPolicy,
  nowMs: number,
): boolean {
  if (underWay > 0) return true;
  if (lastAskedMs === undefined) return false;
  return nowMs - lastAskedMs < (isAnyAvoided ? probeForMs : lingerMs);
}
