/**
 * Remembers what was purged lately, and says of an answer whether a purge has overtaken it.
 *
 * An answer that was asked for before a purge, and arrives after it, is what the purge was about: it
 * may go to those who wait for it, and must not be kept. So a purge is remembered for as long as a
 * question to the origin can last. Times are of the wall clock, as in the metadata, and it may be set
 * back: what was asked for in what is now the future counts as overtaken, and so does a tie, because one
 * more question to the origin does no harm.
 */
import { isMeant, type PurgeTarget } from "./purge-target.ts";
import { ageMs, type StoredMetadata, wasAskedAfter } from "./stored-metadata.ts";

export type Purge = {
  readonly targets: readonly PurgeTarget[];
  readonly mode: "hard" | "soft";
  readonly atWallMs: number;
};

export type RecentPurgesPolicy = {
  readonly rememberedMs: number;
  /** With more than these, the oldest is forgotten. */
  readonly maxRemembered: number;
};

export function rememberPurge(
  recent: readonly Purge[],
  purge: Purge,
  policy: RecentPurgesPolicy,
): readonly Purge[] {
  return [...withoutExpired(recent, purge.atWallMs, policy), purge].slice(-policy.maxRemembered);
}

export function withoutExpired(
  recent: readonly Purge[],
  nowWallMs: number,
  { rememberedMs }: RecentPurgesPolicy,
): readonly Purge[] {
  return recent.filter(({ atWallMs }) => Math.abs(nowWallMs - atWallMs) <= rememberedMs);
}

/** Was it asked for before a purge that means it? */
export function isOvertaken(
  metadata: StoredMetadata,
  recent: readonly Purge[],
  nowWallMs: number,
): boolean {
  return recent.some(
    ({ atWallMs, targets }) =>
      !wasAskedAfter(metadata, atWallMs, nowWallMs) && isMeant(metadata, targets),
  );
}

/** The same object, stale from now on; its windows for being used though stale begin now. */
export function madeStale(stored: StoredMetadata, nowWallMs: number): StoredMetadata {
  const freshForMs = Math.min(stored.freshForMs, ageMs(stored, nowWallMs));
  return { ...stored, freshForMs, isMadeStale: true };
}
