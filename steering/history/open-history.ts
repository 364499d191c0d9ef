/**
 * What happened in the fleet and how it was at any past moment: events, revisions of each node, and
 * the members to start from after a restart.
 *
 * Writing is only noting: what was noted is written in one transaction when the loop flushes, when
 * somebody reads, or when much has gathered. A history that can no longer be written goes on in
 * memory, for nothing of steering may depend on it.
 */
import { basename } from "node:path";
import type { FleetEvent } from "../contract/fleet-event.ts";
import { type ChangedPath, changedPaths } from "../core/history/changed-paths.ts";
import {
  type ClockPolicy,
  type ClockReading,
  isSteadyClock,
  observeClock,
} from "../core/history/steady-clock.ts";
import type {
  EventQuery,
  HistoryLimits,
  HistoryStore,
  Revision,
  StoredEvent,
} from "./history-store.ts";
import {
  type HistoryTrouble,
  openHistoryFile,
  openInMemory,
  reasonOf,
} from "./open-history-file.ts";

export type HistoryPolicy = HistoryLimits & {
  /** As much is written at once, even before the loop says so. */
  readonly maxQueued: number;
  readonly pruneEveryMs: number;
  /** Or as soon as so much was written. */
  readonly pruneEveryRows: number;
  /** Of one node, in an answer. */
  readonly maxChangedPaths: number;
  readonly maxChangedNodes: number;
  /** When the time of day is believed so far that what is too old by it is thrown away. */
  readonly clock: ClockPolicy;
};

export type HistoryOptions = {
  /** Undefined keeps everything in memory. */
  readonly file: string | undefined;
  readonly policy: HistoryPolicy;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** The time of day. */
  readonly wallNow: () => number;
  readonly onTrouble: (trouble: HistoryTrouble) => void;
};

export type NewEvent = Omit<FleetEvent, "id" | "at">;
export type EventPage = { readonly events: readonly FleetEvent[]; readonly more: boolean };
export type Unrecorded = { readonly outcome: "unrecorded"; readonly beginsMs: number };
export type PastFleet = {
  readonly outcome: "recorded";
  readonly beginsMs: number;
  /** Of `noteFleet`; null if it was never called before. */
  readonly fleet: unknown;
  readonly nodes: readonly {
    readonly id: string;
    readonly sinceMs: number;
    readonly document: unknown;
  }[];
};
export type PastChanges = {
  /** Where the record begins, if that was later than what was asked for. */
  readonly sinceMs: number;
  readonly nodes: readonly NodeChange[];
  readonly more: boolean;
};
export type NodeChange = {
  readonly id: string;
  readonly revisions: number;
  readonly before: unknown;
  readonly after: unknown;
  readonly changed: readonly ChangedPath[];
};

export type HistoryStats = {
  readonly events: number;
  readonly revisions: number;
  readonly queued: number;
  /** False while the history is in memory alone. */
  readonly isPersistent: boolean;
  /** Events of this process by their kind, kept or not. */
  readonly recorded: Readonly<Record<string, number>>;
};

export type History = ReturnType<typeof openHistory>;

/** The fleet as a whole, under an id that no node can have. */
const WHOLE_FLEET = "";
const LATEST = Number.MAX_SAFE_INTEGER;
const EVENTS_TAKEN_ALONG = 1_000;
/** The newest are at hand: in a bad hour each listener asks for them, a page at a time. */
const EVENTS_AT_HAND = 1_000;

export function openHistory({ file, policy, now, wallNow, onTrouble }: HistoryOptions) {
  const opened = openHistoryFile(file, policy, wallNow());
  let { store, isPersistent } = opened;
  if (opened.trouble !== undefined) onTrouble(opened.trouble);

  /** JSON of the last revision of each node. */
  const latest = new Map<string, string>();
  for (const { node, document } of store.asOf(LATEST)) {
    if (document !== undefined) latest.set(node, document);
  }
  // Ids must grow over restarts even where nothing is kept, or listeners would wait for what they
  // have had: so they never begin below the second in which the history was opened.
  let nextEventId = Math.max(store.newestEventId() + 1, Math.floor(wallNow() / 1000), 1);

  /** Their ids have no gaps. */
  let newest: FleetEvent[] = [];
  let events: StoredEvent[] = [];
  let revisions: Revision[] = [];
  let members = new Map<string, string | undefined>();
  const listeners = new Set<(event: FleetEvent) => void>();
  let rowsSincePrune = 0;
  let prunedAtMs = now();
  let clockSince: ClockReading = { wallMs: wallNow(), nowMs: now() };
  let isClosed = false;
  const recorded: Record<string, number> = {};

  /** Undefined where one of them may be no longer at hand. */
  function newestAfter(id: number, limit: number): readonly FleetEvent[] | undefined {
    const [oldest] = newest;
    if (oldest === undefined || id < oldest.id - 1) return undefined;
    const begin = id + 1 - oldest.id;
    return newest.slice(begin, begin + limit);
  }

  const queued = (): number => events.length + revisions.length + members.size;

  function flush(): void {
    const rows = queued();
    if (rows > 0) {
      const batch = { events, revisions, members };
      events = [];
      revisions = [];
      members = new Map();
      attempt(() => store.write(batch));
      rowsSincePrune += rows;
    }
    const reading = { wallMs: wallNow(), nowMs: now() };
    clockSince = observeClock(clockSince, reading, policy.clock);
    prune(reading);
  }

  function prune({ wallMs, nowMs }: ClockReading): void {
    const isDue = nowMs - prunedAtMs >= policy.pruneEveryMs;
    if (!isDue && rowsSincePrune < policy.pruneEveryRows) return;
    rowsSincePrune = 0;
    prunedAtMs = nowMs;
    const isSteady = isSteadyClock(clockSince, policy.clock, nowMs);
    attempt(() => store.prune(policy, { wallMs, isSteady }));
  }

  function flushIfFull(): void {
    if (queued() >= policy.maxQueued) flush();
  }

  /** Once more, in memory, where the file fails (a full disk, a damaged page). */
  function attempt<Result>(work: () => Result): Result {
    if (!isPersistent) return work();
    try {
      return work();
    } catch (error) {
      goOnInMemory(reasonOf(error));
      return work();
    }
  }

  function goOnInMemory(reason: string): void {
    isPersistent = false;
    onTrouble({ file: basename(file ?? ""), reason, outcome: { goesOn: "in-memory" } });
    const wallMs = wallNow();
    const inMemory = openInMemory(policy, wallMs);
    inMemory.write({
      events: newestEventsOf(store),
      revisions: Array.from(latest, ([node, document]) => ({ node, wallMs, document })),
      members: new Map(),
    });
    closeBroken(store);
    store = inMemory;
  }

  function noteDocument(node: string, document: unknown): void {
    const text = document === null ? undefined : JSON.stringify(document);
    if (latest.get(node) === text) return;
    if (text === undefined) latest.delete(node);
    else latest.set(node, text);
    revisions.push({ node, wallMs: wallNow(), document: text });
    flushIfFull();
  }

  return {
    /** Numbers it, keeps it and tells the listeners. */
    record(newEvent: NewEvent): FleetEvent {
      const wallMs = wallNow();
      const event = { id: nextEventId, at: new Date(wallMs).toISOString(), ...newEvent };
      nextEventId += 1;
      recorded[event.kind] = (recorded[event.kind] ?? 0) + 1;
      events.push({ wallMs, event });
      newest.push(event);
      if (newest.length >= 2 * EVENTS_AT_HAND) newest = newest.slice(-EVENTS_AT_HAND);
      flushIfFull();
      for (const listener of listeners) listener(event);
      return event;
    },

    /** @param document what is known of it, or null once it is gone; kept only if it is another. */
    noteNode(id: string, document: unknown): void {
      if (id === WHOLE_FLEET) throw new RangeError("A node without an id");
      noteDocument(id, document);
    },
    noteFleet: (document: unknown): void => noteDocument(WHOLE_FLEET, document),
    /** The nodes that are not noted as gone; after a restart, those of before. */
    knownNodes: (): string[] => Array.from(latest.keys()).filter((id) => id !== WHOLE_FLEET),

    saveMember(id: string, member: unknown): void {
      members.set(id, JSON.stringify(member));
      flushIfFull();
    },
    deleteMember(id: string): void {
      members.set(id, undefined);
      flushIfFull();
    },
    loadMembers(): { readonly id: string; readonly member: unknown }[] {
      flush();
      return attempt(() => store.members()).map(({ id, member }) => ({
        id,
        member: JSON.parse(member) as unknown,
      }));
    },

    /** In the order in which they happened; without `since`, the newest. */
    events(query: EventQuery): EventPage {
      flush();
      const found = attempt(() => store.events({ ...query, limit: query.limit + 1 }));
      const hasMore = found.length > query.limit;
      if (query.since === undefined) return { events: found.slice(-query.limit), more: false };
      return { events: found.slice(0, query.limit), more: hasMore };
    },
    newestEventId: (): number => nextEventId - 1,
    /** What has happened since that event, for a listener. */
    eventsAfter(id: number, limit: number): readonly FleetEvent[] {
      const atHand = newestAfter(id, limit);
      if (atHand !== undefined) return atHand;
      flush();
      const since = { kind: "after-event", id } as const;
      return attempt(() => store.events({ since, untilMs: LATEST, limit }));
    },

    fleetAt(wallMs: number): PastFleet | Unrecorded {
      flush();
      const beginsMs = attempt(() => store.beginsMs());
      if (wallMs < beginsMs) return { outcome: "unrecorded", beginsMs };
      const documents = attempt(() => store.asOf(wallMs)).map(
        ({ node, wallMs: sinceMs, document }) => ({ id: node, sinceMs, document: parse(document) }),
      );
      return {
        outcome: "recorded",
        beginsMs,
        fleet: documents.find(({ id }) => id === WHOLE_FLEET)?.document ?? null,
        nodes: documents.filter(({ id }) => id !== WHOLE_FLEET),
      };
    },

    /** What changed after `sinceMs` and not after `untilMs`. */
    changes(sinceMs: number, untilMs: number): PastChanges {
      flush();
      const fromMs = Math.max(
        sinceMs,
        attempt(() => store.beginsMs()),
      );
      const limit = policy.maxChangedNodes + 2;
      const changed = attempt(() => store.changedBetween(fromMs, untilMs, limit)).filter(
        ({ node }) => node !== WHOLE_FLEET,
      );
      return {
        sinceMs: fromMs,
        nodes: changed.slice(0, policy.maxChangedNodes).map(({ node, revisions: count }) => {
          const before = parse(attempt(() => store.documentAsOf(node, fromMs)));
          const after = parse(attempt(() => store.documentAsOf(node, untilMs)));
          return {
            id: node,
            revisions: count,
            before,
            after,
            changed: changedPaths(before, after, policy.maxChangedPaths),
          };
        }),
        more: changed.length > policy.maxChangedNodes,
      };
    },

    /** @returns what ends it. */
    onEvent(listener: (event: FleetEvent) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    flush,

    stats(): HistoryStats {
      return { ...store.counts(), queued: queued(), isPersistent, recorded };
    },

    close(): void {
      if (isClosed) return;
      flush();
      store.close();
      isClosed = true;
    },
  };
}

function parse(document: string | undefined): unknown {
  return document === undefined ? null : (JSON.parse(document) as unknown);
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

function closeBroken(store: HistoryStore): void {
  try {
    store.close();
  } catch {
    // Closing writes what was left, and this one can no longer be written.
  }
}
