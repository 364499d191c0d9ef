/**
 * The tables of the history in SQLite: events, revisions of nodes, and the last known members.
 *
 * A revision stands until the next one of its node, so pruning keeps for every node the last one
 * before the cut: the fleet as of any moment since `beginsMs` can always be put together. The file
 * belongs to one process: two that wrote to it would give the same ids to different events.
 */
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import type { FleetEvent } from "../contract/fleet-event.ts";
import type { EventCursor } from "../core/history/read-moment.ts";

export type HistoryLimits = {
  readonly maxEvents: number;
  /** And one more for each node. */
  readonly maxRevisions: number;
  readonly maxAgeMs: number;
  /** A last resort: beyond it nothing more can be written, as on a disk that is full. */
  readonly maxFileBytes: number;
};

export type StoredEvent = { readonly wallMs: number; readonly event: FleetEvent };
/** @property document JSON; undefined once the node is gone. */
export type Revision = {
  readonly node: string;
  readonly wallMs: number;
  readonly document: string | undefined;
};
export type HistoryBatch = {
  readonly events: readonly StoredEvent[];
  readonly revisions: readonly Revision[];
  /** Id → JSON, or undefined to delete. */
  readonly members: ReadonlyMap<string, string | undefined>;
  /** Until when what stands here was so: the time of the last write. */
  readonly aliveMs: number;
};
export type EventQuery = {
  /** Without it, the newest. */
  readonly since: EventCursor | undefined;
  readonly untilMs: number;
  readonly limit: number;
};

/** @property isSteady whether the time of day can be believed: else nothing is thrown away by its age. */
export type Time = { readonly wallMs: number; readonly isSteady: boolean };

export type HistoryStore = ReturnType<typeof openHistoryStore>;

/** Not ours, or of a release with other tables: read nothing, change nothing. */
export class ForeignHistory extends Error {
  override readonly name = "ForeignHistory";
}

/** Counts the forms of the tables and of the documents in them. */
const SCHEMA_VERSION = 1;
/** "UNDS": tells our files from those of others. */
const APPLICATION_ID = 0x554e4453;
const WAL_LIMIT_BYTES = 4 * 1024 * 1024;
/** Of the pages that there may be: beyond it, so much of the rows is kept. */
const CROWDED_SHARE = 0.9;
const KEPT_OF_CROWDED = 0.5;

/** A release that does not know it leaves it alone, and one that misses it adds it: so it is no other version. */
const ALIVE_TABLE = "CREATE TABLE IF NOT EXISTS alive (wall_ms INTEGER NOT NULL) STRICT;";
const TABLES = `
  CREATE TABLE events (
    id INTEGER PRIMARY KEY, wall_ms INTEGER NOT NULL, event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_time ON events (wall_ms);
  CREATE TABLE revisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, wall_ms INTEGER NOT NULL, node TEXT NOT NULL, document TEXT
  ) STRICT;
  CREATE INDEX revisions_by_node ON revisions (node, id, wall_ms);
  CREATE INDEX revisions_by_time ON revisions (wall_ms);
  CREATE TABLE members (id TEXT PRIMARY KEY, member TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE record (begins_ms INTEGER NOT NULL) STRICT;
  ${ALIVE_TABLE}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export type StoreOptions = {
  /** A file, or `:memory:`. */
  readonly location: string;
  readonly limits: HistoryLimits;
  readonly wallMs: number;
  /** Reads all of a file to see whether it is whole, which may take a second. */
  readonly isChecked: boolean;
};

/** Throws what SQLite throws, `ForeignHistory` or `DamagedHistory`. */
export function openHistoryStore(options: StoreOptions) {
  const database = new DatabaseSync(options.location, { timeout: 0 });
  try {
    prepareSchema(database, options);
    return useDatabase(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function useDatabase(database: DatabaseSync) {
  const run = (sql: string) => {
    const statement = database.prepare(sql);
    /** @returns how many rows it has changed. */
    return (...values: readonly (string | number | null)[]) =>
      Number(statement.run(...values).changes);
  };
  const all = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: readonly (string | number)[]): Row[] => statement.all(...values);
  };

  const insertEvent = run("INSERT INTO events (id, wall_ms, event) VALUES (?, ?, ?)");
  const insertRevision = run("INSERT INTO revisions (wall_ms, node, document) VALUES (?, ?, ?)");
  const saveMember = run("INSERT OR REPLACE INTO members (id, member) VALUES (?, ?)");
  const deleteMember = run("DELETE FROM members WHERE id = ?");
  const newestEvents = all("SELECT event FROM events WHERE wall_ms <= ? ORDER BY id DESC LIMIT ?");
  const eventsAfter = all(
    "SELECT event FROM events WHERE id > ? AND +wall_ms <= ? ORDER BY id LIMIT ?",
  );
  const firstEventFrom = all("SELECT min(id) AS id FROM events WHERE wall_ms >= ?");
  const asOf = all(
    `SELECT node, wall_ms, document FROM revisions
     WHERE id IN (SELECT max(id) FROM revisions WHERE +wall_ms <= ? GROUP BY node)
       AND document IS NOT NULL
     ORDER BY node`,
  );
  const changedBetween = all(
    `SELECT node, count(*) AS revisions FROM revisions
     WHERE wall_ms > ? AND wall_ms <= ? GROUP BY node ORDER BY node LIMIT ?`,
  );
  const lastOfNode = all(
    `SELECT document FROM revisions WHERE id =
       (SELECT max(id) FROM revisions WHERE node = ? AND +wall_ms <= ?)`,
  );
  const newestRevisions = all(
    "SELECT node, wall_ms, document FROM revisions ORDER BY id DESC LIMIT ?",
  );
  const alive = all("SELECT max(wall_ms) AS wall_ms FROM alive");
  const setAlive = run("INSERT OR REPLACE INTO alive (rowid, wall_ms) VALUES (1, ?)");
  const begins = all("SELECT begins_ms FROM record");
  const setBegins = run("UPDATE record SET begins_ms = min(max(begins_ms, ?), ?)");
  const members = all("SELECT id, member FROM members ORDER BY id");
  const newestEventId = all("SELECT max(id) AS id FROM events");
  // Counting reads all of a table: it is done once, and what is written and pruned is added up.
  let eventCount = countOf("events");
  let revisionCount = countOf("revisions");
  // By age only what stands before all that is young: after a step of the clock what is newest may look old.
  const eventCut = all(
    cutOf("events", "(SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ?)"),
  );
  const pruneEvents = run("DELETE FROM events WHERE id <= ?");
  const revisionCut = all(cutOf("revisions", "(SELECT max(id) FROM revisions) - ?"));
  const timesAroundCut = all(
    `SELECT (SELECT wall_ms FROM revisions WHERE id <= ?1 ORDER BY id DESC LIMIT 1) AS before,
            (SELECT wall_ms FROM revisions WHERE id > ?1 ORDER BY id LIMIT 1) AS after`,
  );
  const pruneRevisions = run(
    `DELETE FROM revisions WHERE id IN (
       SELECT old.id FROM revisions AS old WHERE old.id <= ? AND (
         old.document IS NULL OR EXISTS (
           SELECT 1 FROM revisions AS newer
           WHERE newer.node = old.node AND newer.id > old.id AND newer.id <= ?)))`,
  );

  function countOf(table: "events" | "revisions"): number {
    return numberIn(all(`SELECT count(*) AS count FROM ${table}`)()[0], "count");
  }

  /**
   * What is cut away was so until then. One row may have been written while the clock was ahead: hence
   * the next one is asked, too.
   */
  function beginsAfter(cut: number): number {
    const [row] = timesAroundCut(cut);
    const [before, after] = [row?.["before"], row?.["after"]];
    if (typeof before !== "number") return Number.NEGATIVE_INFINITY;
    return typeof after === "number" ? Math.min(before, after) : before;
  }

  function inTransaction(work: () => void): void {
    database.exec("BEGIN");
    try {
      work();
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  const pragma = (name: string) => numberIn(all(`PRAGMA ${name}`)()[0], name);

  function isCrowded(): boolean {
    const used = pragma("page_count") - pragma("freelist_count");
    return used > pragma("max_page_count") * CROWDED_SHARE;
  }

  return {
    write({ events, revisions, members: changes, aliveMs }: HistoryBatch): void {
      inTransaction(() => {
        setAlive(aliveMs);
        for (const { wallMs: atMs, event } of events) {
          insertEvent(event.id, atMs, JSON.stringify(event));
        }
        for (const { node, wallMs: atMs, document } of revisions) {
          insertRevision(atMs, node, document ?? null);
        }
        for (const [id, member] of changes) {
          if (member === undefined) deleteMember(id);
          else saveMember(id, member);
        }
      });
      eventCount += events.length;
      revisionCount += revisions.length;
    },

    /** In the order in which they happened. */
    events({ since, untilMs, limit }: EventQuery): FleetEvent[] {
      if (since === undefined) return newestEvents(untilMs, limit).map(eventOf).reverse();
      if (since.kind === "after-event") return eventsAfter(since.id, untilMs, limit).map(eventOf);
      const first = firstEventFrom(since.wallMs)[0]?.["id"];
      return typeof first === "number" ? eventsAfter(first - 1, untilMs, limit).map(eventOf) : [];
    },

    /** The revision of each node that was the last one at that moment. */
    asOf: (atMs: number): Revision[] => asOf(atMs).map(revisionOf),

    /** The nodes that have revisions after `sinceMs` and not after `untilMs`. */
    changedBetween(sinceMs: number, untilMs: number, limit: number) {
      return changedBetween(sinceMs, untilMs, limit).map((row) => ({
        node: textIn(row, "node"),
        revisions: numberIn(row, "revisions"),
      }));
    },

    /** JSON, or undefined if the node was not there. */
    documentAsOf(node: string, atMs: number): string | undefined {
      return optionalTextIn(lastOfNode(node, atMs)[0], "document");
    },

    /** In the order in which they were noted. */
    newestRevisions: (limit: number): Revision[] =>
      newestRevisions(limit).map(revisionOf).reverse(),

    /** When it was last written; undefined where an earlier release has done so. */
    aliveMs(): number | undefined {
      const wallMs = alive()[0]?.["wall_ms"];
      return typeof wallMs === "number" ? wallMs : undefined;
    },

    beginsMs: (): number => numberIn(begins()[0], "begins_ms"),
    newestEventId: (): number => Number(newestEventId()[0]?.["id"] ?? 0),
    counts: () => ({ events: eventCount, revisions: revisionCount }),

    members(): { id: string; member: string }[] {
      return members().map((row) => ({ id: textIn(row, "id"), member: textIn(row, "member") }));
    },

    prune({ maxEvents, maxRevisions, maxAgeMs }: HistoryLimits, { wallMs, isSteady }: Time): void {
      const oldestMs = isSteady ? wallMs - maxAgeMs : Number.NEGATIVE_INFINITY;
      // Else the rows, which are of any length, would fill all pages before there are too many of them.
      const share = isCrowded() ? KEPT_OF_CROWDED : 1;
      const mostEvents = Math.min(maxEvents, Math.ceil(eventCount * share));
      const mostRevisions = Math.min(maxRevisions, Math.ceil(revisionCount * share));
      let [events, revisions] = [0, 0];
      inTransaction(() => {
        events = pruneEvents(numberIn(eventCut(mostEvents, oldestMs)[0], "id"));
        const cut = numberIn(revisionCut(mostRevisions, oldestMs)[0], "id");
        // While the rows around the cut are there.
        setBegins(beginsAfter(cut), isSteady ? wallMs : Number.POSITIVE_INFINITY);
        revisions = pruneRevisions(cut, cut);
      });
      eventCount -= events;
      revisionCount -= revisions;
    },

    close: (): void => database.close(),
  };
}

function prepareSchema(
  database: DatabaseSync,
  { limits: { maxFileBytes }, wallMs, isChecked }: StoreOptions,
): void {
  const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  const applicationId = pragma("application_id");
  const version = pragma("user_version");
  const isEmpty = database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
  const isNew = isEmpty && applicationId === 0 && version === 0;
  if (!isNew && applicationId !== APPLICATION_ID) {
    throw new ForeignHistory("it is a database of something else");
  }
  if (!isNew && version !== SCHEMA_VERSION) {
    throw new ForeignHistory(`it is of version ${version}, and this release of ${SCHEMA_VERSION}`);
  }
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES};
    PRAGMA max_page_count = ${Math.ceil(maxFileBytes / pragma("page_size"))};
  `);
  if (isNew) {
    database.exec(`BEGIN; ${TABLES}`);
    database.prepare("INSERT INTO record (begins_ms) VALUES (?)").run(wallMs);
    database.exec("COMMIT");
    return;
  }
  const finding = isChecked && database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (isChecked && finding !== "ok") throw new DamagedHistory(String(finding));
  database.exec(ALIVE_TABLE);
  database.prepare(MEND_BEGIN).run(wallMs);
}

/**
 * A record cannot begin in the future: an earlier release wrote that when the clock was ahead for a
 * moment. Unless it is the clock that is behind now, and all that was written is of the future to it.
 */
const MEND_BEGIN = `
  UPDATE record SET begins_ms = ?1
  WHERE begins_ms > ?1 AND ifnull((SELECT wall_ms FROM revisions ORDER BY id DESC LIMIT 1), 0) <= ?1`;

/** @param surplus the last of those that are too many; null where there are none. */
function cutOf(table: "events" | "revisions", surplus: string): string {
  return `SELECT max(
    ifnull(${surplus}, 0),
    ifnull((SELECT id - 1 FROM ${table} WHERE +wall_ms >= ? ORDER BY id LIMIT 1),
           ifnull((SELECT max(id) FROM ${table}), 0))) AS id`;
}

/** SQLite can read it, and what it reads is not whole. */
export class DamagedHistory extends Error {
  override readonly name = "DamagedHistory";
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function eventOf(row: Row): FleetEvent {
  return JSON.parse(textIn(row, "event")) as FleetEvent;
}

function revisionOf(row: Row): Revision {
  return {
    node: textIn(row, "node"),
    wallMs: numberIn(row, "wall_ms"),
    document: optionalTextIn(row, "document"),
  };
}

function textIn(row: Row | undefined, column: string): string {
  return String(row?.[column]);
}

function optionalTextIn(row: Row | undefined, column: string): string | undefined {
  const value = row?.[column];
  return typeof value === "string" ? value : undefined;
}

function numberIn(row: Row | undefined, column: string): number {
  return Number(row?.[column]);
}
