/**
 * Keeps the history somewhere whatever happens to its file: in the file; in memory while it fails (a full disk,
 * a damaged page, another process that holds it); and in the file again as soon as it can be written.
 *
 * Nothing of steering may depend on it, so nothing that is written here fails: what cannot even be kept in
 * memory is let go.
 */
import { basename } from "node:path";
import type {
  HistoryBatch,
  HistoryLimits,
  HistoryStore,
  StoredEvent,
  Time,
} from "./history-store.ts";
import { missedRevisions } from "./missed-revisions.ts";
import {
  type HistoryTrouble,
  isDamage,
  openHistoryFile,
  openInMemory,
  reasonOf,
  reopenHistoryFile,
} from "./open-history-file.ts";

export type KeepingPolicy = HistoryLimits & {
  /** How often a file that failed is tried again. */
  readonly retryFileEveryMs: number;
};

export type KeepingOptions = {
  /** Undefined keeps everything in memory. */
  readonly file: string | undefined;
  readonly policy: KeepingPolicy;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** The time of day. */
  readonly wallNow: () => number;
  /** Node → JSON, of all that are there now. */
  readonly latest: ReadonlyMap<string, string>;
  /** Id → member, of all that there are now: a file may have missed some. */
  readonly members: () => Iterable<readonly [id: string, member: unknown]>;
  /** Told once each time that the file is left. */
  readonly onTrouble: (trouble: HistoryTrouble) => void;
  /** The file is in use again; its name without the folder. */
  readonly onReturn: (file: string) => void;
};

const LATEST = Number.MAX_SAFE_INTEGER;
const EVENTS_TAKEN_ALONG = 1_000;

export function keepStore(options: KeepingOptions) {
  const { file, policy, now, wallNow, latest, onTrouble } = options;
  const opened = openHistoryFile(file, policy, wallNow());
  let { store, isPersistent } = opened;
  let triedAtMs = now();
  /** Why the file was left, if it is damaged. */
  let damage: unknown;
  if (opened.trouble !== undefined) onTrouble(opened.trouble);

  function goOnInMemory(error: unknown): void {
    if (isPersistent) {
      isPersistent = false;
      triedAtMs = now();
      damage = isDamage(error) ? error : undefined;
      const outcome = { goesOn: "in-memory" } as const;
      onTrouble({ file: basename(file ?? ""), reason: reasonOf(error), outcome });
    }
    const wallMs = wallNow();
    const inMemory = openInMemory(policy, wallMs);
    const revisions = Array.from(latest, ([node, document]) => ({ node, wallMs, document }));
    const nothing: HistoryBatch = {
      events: [],
      revisions: [],
      members: new Map(),
      aliveMs: wallMs,
    };
    attempt(() => inMemory.write({ ...nothing, revisions }));
    attempt(() => inMemory.write({ ...nothing, events: newestEventsOf(store) }));
    attempt(() => store.close());
    store = inMemory;
  }

  /** All that the file has missed. */
  function missedBy(again: HistoryStore, wallMs: number): HistoryBatch {
    const newestId = again.newestEventId();
    const members = new Map<string, string | undefined>();
    for (const { id } of again.members()) members.set(id, undefined);
    for (const [id, member] of options.members()) members.set(id, JSON.stringify(member));
    return {
      // Those before have been there all the time, or are of another process that had the file meanwhile.
      events: newestEventsOf(store).filter(({ event }) => event.id > newestId),
      revisions: missedRevisions({ file: again, memory: store, latest, wallMs }),
      members,
      aliveMs: wallMs,
    };
  }

  return {
    isPersistent: (): boolean => isPersistent,
    counts: () => store.counts(),

    read<Result>(work: (store: HistoryStore) => Result): Result {
      try {
        return work(store);
      } catch (error) {
        if (!isPersistent) throw error;
        goOnInMemory(error);
        return work(store);
      }
    },

    /** Once more, in memory, where it fails; and there with less of the past, if it is too much. */
    change(work: (store: HistoryStore) => void): void {
      try {
        work(store);
      } catch (error) {
        goOnInMemory(error);
        attempt(() => work(store));
      }
    },

    /** Goes back to the file, now and then, once it can be written. @returns whether it has done so now. */
    returnToFile(time: Time): boolean {
      const nowMs = now();
      if (file === undefined || isPersistent) return false;
      if (nowMs - triedAtMs < policy.retryFileEveryMs) return false;
      triedAtMs = nowMs;
      const location = { file, limits: policy, wallMs: time.wallMs };
      const again = reopenHistoryFile(location, damage);
      if (again === undefined) return false;
      try {
        // First, as this may make the room for the rest.
        again.prune(policy, time);
        again.write(missedBy(again, time.wallMs));
      } catch (error) {
        damage = isDamage(error) ? error : undefined;
        attempt(() => again.close());
        return false;
      }
      store.close();
      store = again;
      isPersistent = true;
      damage = undefined;
      options.onReturn(basename(file));
      return true;
    },

    close: (): void => store.close(),
  };
}

/** For what may fail because the store is broken or full, which has been told already. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // Nothing of steering depends on it.
  }
}

/** For readers who are in the midst of them; none where the file cannot even be read. */
function newestEventsOf(store: HistoryStore): StoredEvent[] {
  try {
    return store
      .events({ since: undefined, untilMs: LATEST, limit: EVENTS_TAKEN_ALONG })
      .map((event) => ({ wallMs: Date.parse(event.at), event }));
  } catch {
    // Why it fails has been told already.
    return [];
  }
}
