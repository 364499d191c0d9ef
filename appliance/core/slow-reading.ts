/**
 * Decides when a client reads too slowly to be kept.
 *
 * One that takes nothing is cut off by the connection's timeout, and one that takes a byte a minute
 * never is. So what waits for it must be gone after the time that a very slow but honest client would
 * need, and a while more; a connection shows no more of its progress than that a piece is through.
 */
export type SlowReadingPolicy = {
  /** Slower than any rendition of anything. */
  readonly minBytesPerSecond: number;
  readonly graceMs: number;
};

/** So much has waited for the client since then, and none of it is known to be through. */
export type Backlog = { readonly bytes: number; readonly sinceMs: number };

export function observeBacklog(
  backlog: Backlog | undefined,
  bytes: number,
  nowMs: number,
): Backlog | undefined {
  if (bytes === 0) return undefined;
  return backlog?.bytes === bytes ? backlog : { bytes, sinceMs: nowMs };
}

export function isTooSlow(
  backlog: Backlog | undefined,
  { minBytesPerSecond, graceMs }: SlowReadingPolicy,
  nowMs: number,
): boolean {
  if (backlog === undefined) return false;
  const neededMs = (backlog.bytes / minBytesPerSecond) * 1000;
  return nowMs - backlog.sinceMs > graceMs + neededMs;
}
