/**
 * Finds again what an earlier process left on disk: what the journal tells of and is there, in the order
 * of its last use, then whatever the journal does not know, by looking into it.
 *
 * What came into the store meanwhile, and what was removed from it, wins over what is found.
 */
import type { DiskFile, DiskFiles } from "./disk-files.ts";
import type { DiskJournal, JournalCondition } from "./disk-journal.ts";
import type { DiskRecord, DiskRecordFault } from "./disk-record.ts";
import type { JournalEntry } from "./journal-frame.ts";

export type FoundSource = "journal" | "file";

export type RecoveryOptions = {
  readonly files: DiskFiles;
  readonly journal: DiskJournal;
  readonly shouldStop: () => boolean;
  readonly onFound: (file: DiskFile, record: DiskRecord, source: FoundSource) => void;
  readonly onRefused: (name: string, fault: DiskRecordFault | "never-finished") => void;
};

export type Recovery = {
  readonly journal: JournalCondition;
  /** Files that the journal knew, and others that had to be looked into. */
  readonly known: number;
  readonly lookedInto: number;
};

/** So many at once, so that who is being served does not wait for long. */
const FOUND_AT_ONCE = 1000;

export async function recoverDisk(options: RecoveryOptions): Promise<Recovery> {
  const { files, journal, shouldStop, onFound, onRefused } = options;
  await files.makeFolder();
  const names = await files.listNames();
  const replay = new JournalReplay(names);
  const condition = await journal.load((entries) => replay.apply(entries));
  let handed = 0;
  for (const { name, sizeBytes, ...record } of replay.stored()) {
    if (shouldStop()) break;
    onFound({ name, sizeBytes, readers: 0 }, record, "journal");
    handed += 1;
    if (handed % FOUND_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const known = replay.names();
  const { removed } = replay;
  await files.recover(names, {
    known,
    removed,
    shouldStop,
    onObject: (file, record) => onFound(file, record, "file"),
    onRefused,
  });
  return { journal: condition, known: known.size, lookedInto: names.length - known.size };
}

type StoredEntry = Extract<JournalEntry, { readonly kind: "stored" }>;

/** What the entries of a journal come to, for files that are there. */
class JournalReplay {
  readonly #present: ReadonlySet<string>;
  readonly #stored = new Map<string, StoredEntry>();
  /** Their files are there all the same: we were ended before they were unlinked. */
  readonly removed = new Set<string>();

  constructor(names: readonly string[]) {
    this.#present = new Set(names);
  }

  apply(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      if (!this.#present.has(entry.name)) continue;
      const before = this.#stored.get(entry.name);
      switch (entry.kind) {
        case "stored":
          this.#stored.set(entry.name, entry);
          break;
        case "refreshed":
          if (before === undefined) break;
          // A refresh is a use: it moves to the end.
          this.#stored.delete(entry.name);
          this.#stored.set(entry.name, { ...before, metadata: entry.metadata });
          break;
        case "removed":
          this.#stored.delete(entry.name);
          this.removed.add(entry.name);
      }
    }
  }

  stored(): IterableIterator<StoredEntry> {
    return this.#stored.values();
  }

  names(): ReadonlySet<string> {
    return new Set(this.#stored.keys());
  }
}
