/** A disk store in a folder that goes with the test, and what there is to be seen of it from outside. */
import assert from "node:assert/strict";
import * as nodeFileSystem from "node:fs/promises";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { TEST_INDEX } from "./cache-store.battery.ts";
import { JOURNAL_NAME } from "./disk-journal.ts";
import { type DiskPolicy, DiskStore } from "./disk-store.ts";
import type { FileSystem } from "./file-system.ts";

export const POLICY: DiskPolicy = {
  maxBytes: 1_000_000,
  wholeReadBytes: 100_000,
  maxLentBytes: 1_000_000,
  maxIdleBytes: 1_000_000,
  maxStreamedBytes: 32_000_000,
  mostPieceBytes: 1_048_576,
  leastPieceBytes: 32_768,
  maxQueuedBytes: 10_000_000,
  retry: { firstMs: 1_000, longestMs: 4_000 },
  journal: { commitEveryMs: 1_000, commitEntries: 20, rewriteAfterBytes: 2_000, maxShare: 1 / 16 },
  patience: {
    leastPatienceMs: 500,
    mostPatienceMs: 5_000,
    deviations: 8,
    slowAfter: 2,
    usualAfter: 2,
    pieceBytes: 1_000_000,
    slowReadings: 1,
  },
  scrub: { bytesPerSecond: 1_000_000, restMs: 60_000 },
};

export async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "disk-store-"));
  // A tick may have begun a journal, whose file comes into the folder while it is emptied (ENOTEMPTY).
  t.after(() => rm(folder, { recursive: true, maxRetries: 10, retryDelay: 20 }));
  return folder;
}

export type Opening = {
  readonly policy?: Partial<DiskPolicy>;
  readonly fileSystem?: FileSystem;
  readonly now?: () => number;
  readonly mayKeep?: (metadata: StoredMetadata) => boolean;
  /** Before it has looked into its folder. */
  readonly onOpened?: (store: DiskStore) => void;
};

export async function openStore(folder: string, opening: Opening = {}) {
  const warnings: string[] = [];
  const store = new DiskStore({
    folder,
    policy: { ...POLICY, ...opening.policy },
    ...TEST_INDEX,
    fileSystem: opening.fileSystem ?? nodeFileSystem,
    now: opening.now ?? (() => 1),
    mayKeep: opening.mayKeep ?? (() => true),
    log: { info: () => {}, warn: (_, message) => warnings.push(message) },
  });
  opening.onOpened?.(store);
  await store.settled();
  return { store, warnings };
}

/** What the folder takes, journal included. */
export async function bytesIn(folder: string): Promise<number> {
  let total = 0;
  for (const name of await readdir(folder)) {
    // A file may be unlinked while it is being counted.
    total += await stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return total;
}

/** What is in the folder beside the journal. */
export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== JOURNAL_NAME);
}

export async function onlyFile(folder: string): Promise<string> {
  const [name = "", ...rest] = await filesIn(folder);
  assert.deepEqual(rest, []);
  return join(folder, name);
}

export function flip(file: Buffer, at: number): Buffer {
  const flipped = Buffer.from(file);
  flipped.writeUInt8(flipped.readUInt8(at) ^ 0x10, at);
  return flipped;
}
