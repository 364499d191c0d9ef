/**
 * Does a probe that came back whole speak for its host?
 *
 * Bytes alone do not: a host that trickles answers every probe, in time. They must come well faster
 * than the probed segment plays. A small probe on a long way is mostly waiting for the other end's
 * window to open, so one that is over quickly is good whatever the bitrate.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type WholeProbe = {
  readonly receivedBytes: number;
  /** From the first byte to the last. */
  readonly tookMs: number;
  /** Of the segment that it is a part of; undefined where it is not known. */
  readonly segment: { readonly sizeBytes: number; readonly durationMs: number } | undefined;
};

/** @param graceMs within which it is good, whatever the bitrate. */
export function isQuickEnough(
  { receivedBytes, tookMs, segment }: WholeProbe,
  graceMs: number,
  policy: FailoverPolicy,
): boolean {
  if (tookMs <= graceMs || segment === undefined) return true;
  const neededBytesPerMs = (segment.sizeBytes / segment.durationMs) * policy.probeHeadroomFactor;
  return receivedBytes / tookMs >= neededBytesPerMs;
}

/** How quickly the bytes came; undefined where they are too few to tell. */
export function probePace(
  { receivedBytes, tookMs }: WholeProbe,
  policy: FailoverPolicy,
): number | undefined {
  if (receivedBytes < policy.paceSampleBytes) return undefined;
  return (receivedBytes * 1_000) / Math.max(1, tookMs);
}
