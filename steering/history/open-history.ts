/**
 * What happened in the fleet and how it was at any past moment: events, revisions of each node, and
 * the members to start from after a restart.
 *
 * Writing is only noting: what was noted is written in one transaction when the loop flushes, when
 * somebody reads, or when much has gathered. Where that is kept is the business of keep-store.ts.
 */
import type { FleetEvent } from "../contract/fleet-event.ts";
import { type ChangedPath, changedPaths } from "../core/history/changed-paths.ts";
import {
  type ClockPolicy,
  type ClockReading,
  isSteadyClock,
  observeClock,
} from "../core/history/steady-clock.ts";
import type { EventQuery, Revision, StoredEvent, Time } from "./history-store.ts";
import { type KeepingOptions, type KeepingPolicy, keepStore } from "./keep-store.ts";

export type HistoryPolicy = KeepingPolicy & {
  /** As much is written at once, even before the loop says so. */
  readonly maxQueued: number;
  readonly pruneEveryMs: number;
  /** Or as soon as so much was written. */
  readonly pruneEveryRows: number;
  /** Of one node, in an answer. */
  readonly maxChangedPaths: number;
  readonly maxChangedNodes: number;
  /** Though nothing has happened, the file is told so often that it is as it was. */
  readonly aliveEveryMs: number;
  /** When the time of day is believed so far that what is too old by it is thrown away. */
  readonly clock: ClockPolicy;
};

export type HistoryOptions = Omit<KeepingOptions, "policy" | "latest"> & {
  readonly policy: HistoryPolicy;
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
/** The newest are at hand: in a bad hour each listener asks for them, a page at a time. */
const EVENTS_AT_HAND = 1_000;

export function openHistory(options: HistoryOptions) {
  const { policy, now, wallNow } = options;
  /** JSON of the last revision of each node. */
  const latest = new Map<string, string>();
  const kept = keepStore({ ...options, latest });
  for (const { node, document } of kept.read((store) => store.asOf(LATEST))) {
    if (document !== undefined) latest.set(node, document);
  }
  const aliveBeforeMs = kept.read((store) => store.aliveMs());
  // Ids must grow over restarts even where nothing is kept, or listeners would wait for what they
  // have had: so they never begin below the second in which the history was opened.
  let nextEventId = Math.max(newestStoredId() + 1, Math.floor(wallNow() / 1000), 1);

  /** Their ids have no gaps. */
  let newest: FleetEvent[] = [];
  let events: StoredEvent[] = [];
  let revisions: Revision[] = [];
  let members = new Map<string, string | undefined>();
  const listeners = new Set<(event: FleetEvent) => void>();
  let rowsSincePrune = 0;
  let prunedAtMs = now();
  let writtenAtMs = now();
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

  function newestStoredId(): number {
    return kept.read((store) => store.newestEventId());
  }

  function flush(): void {
    const reading = { wallMs: wallNow(), nowMs: now() };
    write(reading);
    clockSince = observeClock(clockSince, reading, policy.clock);
    const isSteady = isSteadyClock(clockSince, policy.clock, reading.nowMs);
    const time = { wallMs: reading.wallMs, isSteady };
    if (kept.returnToFile(time)) numberAfterFile();
    prune(time, reading.nowMs);
  }

  function write({ wallMs, nowMs }: ClockReading): void {
    const rows = queued();
    const isAliveDue = kept.isPersistent() && nowMs - writtenAtMs >= policy.aliveEveryMs;
    if (rows === 0 && !isAliveDue) return;
    const batch = { events, revisions, members, aliveMs: wallMs };
    events = [];
    revisions = [];
    members = new Map();
    writtenAtMs = nowMs;
    kept.change((store) => store.write(batch));
    rowsSincePrune += rows;
  }

  /** Another process may have had the file meanwhile, and have given out higher ids. */
  function numberAfterFile(): void {
    const newestId = newestStoredId();
    if (newestId < nextEventId) return;
    nextEventId = newestId + 1;
    newest = [];
  }

  function prune(time: Time, nowMs: number): void {
    const isDue = nowMs - prunedAtMs >= policy.pruneEveryMs;
    if (!isDue && rowsSincePrune < policy.pruneEveryRows) return;
    rowsSincePrune = 0;
    prunedAtMs = nowMs;
    kept.change((store) => store.prune(policy, time));
  }

  function flushIfFull(): void {
    if (queued() >= policy.maxQueued) flush();
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

    /**
     * When what is known from before was so for the last time; undefined where nobody wrote that down.
     * It does not change while this process lives.
     */
    aliveBeforeMs: (): number | undefined => aliveBeforeMs,

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
      return kept
        .read((store) => store.members())
        .map(({ id, member }) => ({
          id,
          member: JSON.parse(member) as unknown,
        }));
    },

    /** In the order in which they happened; without `since`, the newest. */
    events(query: EventQuery): EventPage {
      flush();
      const found = kept.read((store) => store.events({ ...query, limit: query.limit + 1 }));
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
      return kept.read((store) => store.events({ since, untilMs: LATEST, limit }));
    },

    fleetAt(wallMs: number): PastFleet | Unrecorded {
      flush();
      const beginsMs = kept.read((store) => store.beginsMs());
      if (wallMs < beginsMs) return { outcome: "unrecorded", beginsMs };
      const documents = kept
        .read((store) => store.asOf(wallMs))
        .map(({ node, wallMs: sinceMs, document }) => ({
          id: node,
          sinceMs,
          document: parse(document),
        }));
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
        kept.read((store) => store.beginsMs()),
      );
      const limit = policy.maxChangedNodes + 2;
      const changed = kept
        .read((store) => store.changedBetween(fromMs, untilMs, limit))
        .filter(({ node }) => node !== WHOLE_FLEET);
      return {
        sinceMs: fromMs,
        nodes: changed.slice(0, policy.maxChangedNodes).map(({ node, revisions: count }) => {
          const before = parse(kept.read((store) => store.documentAsOf(node, fromMs)));
          const after = parse(kept.read((store) => store.documentAsOf(node, untilMs)));
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
      return { ...kept.counts(), queued: queued(), isPersistent: kept.isPersistent(), recorded };
    },

    close(): void {
      if (isClosed) return;
      // Also if nothing has happened: until now it was so.
      writtenAtMs = Number.NEGATIVE_INFINITY;
      flush();
      kept.close();
      isClosed = true;
    },
  };
}

function parse(document: string | undefined): unknown {
  return document === undefined ? null : (JSON.parse(document) as unknown);
}
