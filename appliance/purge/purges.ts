/**
 * Takes things out of the cache before their time, and keeps what was asked for earlier from coming back.
 *
 * A purge looks at every entry, because what is kept of one object (variants, slices, whatever bears a
 * tag) stands under many names and an index of them would cost every request something for the sake of
 * what is rare. It looks in pieces, so that requests are answered in between.
 */
import { isOverWithin } from "../../chassis/is-over-within.ts";
import type { PurgeAnswer } from "../contract/purge.ts";
import type { PurgeTarget } from "../core/purge-target.ts";
import {
  isOvertaken,
  madeStale,
  type Purge,
  type RecentPurgesPolicy,
  rememberPurge,
  withoutExpired,
} from "../core/recent-purges.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";

/** What is purged: every entry of every tier. */
export type PurgeableStore = {
  /** Shows each entry that was there at the beginning; one that is in two tiers, twice. */
  lookAtAll(look: (metadata: StoredMetadata) => void): Promise<void>;
  remove(key: string): void;
  /** Resolves when no crash can bring back what was removed. */
  removed(): Promise<void>;
  /** False while entries may come in that are older than all that was purged. */
  readonly isComplete: boolean;
  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void;
};

export type PurgePolicy = RecentPurgesPolicy & {
  /** How long an answer waits for the disk to forget what was removed. */
  readonly longestRemovalMs: number;
};

export type PurgesOptions = {
  readonly store: PurgeableStore;
  readonly policy: PurgePolicy;
  readonly wallNow: () => number;
  /** Nobody may join a question to the origin that was asked before the purge. */
  readonly onPurge: (targets: readonly PurgeTarget[]) => void;
};

export class Purges {
  readonly #options: PurgesOptions;
  #recent: readonly Purge[] = [];
  #purgedEntries = { hard: 0, soft: 0 };

  constructor(options: PurgesOptions) {
    this.#options = options;
  }

  /** Entries purged since the start, by mode. */
  counts(): Readonly<Record<Purge["mode"], number>> {
    return { ...this.#purgedEntries };
  }

  /** May this answer be kept, or was it asked for before it was purged? */
  mayKeep(metadata: StoredMetadata): boolean {
    // Nearly always nothing was purged lately, and this is asked at every fill.
    if (this.#recent.length === 0) return true;
    return !isOvertaken(metadata, this.#recent, this.#options.wallNow());
  }

  async purge(targets: readonly PurgeTarget[], mode: Purge["mode"]): Promise<PurgeAnswer> {
    const { store, policy, wallNow, onPurge } = this.#options;
    const purge: Purge = { targets, mode, atWallMs: wallNow() };
    this.#recent = rememberPurge(this.#recent, purge, this.#remembering);
    onPurge(targets);
    const purged = new Set<string>();
    let scanned = 0;
    await store.lookAtAll((stored) => {
      scanned += 1;
      // What has come since the purge began is not what it was about.
      if (!isOvertaken(stored, [purge], wallNow())) return;
      purged.add(stored.key);
      this.#purgeEntry(stored, mode);
    });
    const isDurable = await isOverWithin(policy.longestRemovalMs, store.removed());
    // Whoever asks after this answer asks in a later millisecond, and what comes of it is kept.
    await later(LONGER_THAN_A_TIE_MS);
    this.#purgedEntries[mode] += purged.size;
    return { mode, purged: purged.size, isDurable, scanned };
  }

  tick(): void {
    if (this.#recent.length === 0) return;
    this.#recent = withoutExpired(this.#recent, this.#options.wallNow(), this.#remembering);
  }

  /** A folder without a journal takes longer to look through than any question to the origin. */
  get #remembering(): RecentPurgesPolicy {
    const { store, policy } = this.#options;
    return store.isComplete ? policy : { ...policy, rememberedMs: Number.POSITIVE_INFINITY };
  }

  #purgeEntry(stored: StoredMetadata, mode: Purge["mode"]): void {
    const { store, wallNow } = this.#options;
    if (mode === "hard") store.remove(stored.key);
    else store.refresh(madeStale(stored, wallNow()), stored);
  }
}

const LONGER_THAN_A_TIE_MS = 2;

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
