/**
 * A file that says what is in all the others, so that a start reads one file and not a hundred thousand.
 *
 * It may be wrong without harm: what it does not name is looked into, what it names and is not there is
 * left out, and a body is given out only once its own file has vouched for it. So it is written late and
 * in batches, and where it cannot be written it is dropped. Its bytes count like everybody's.
 */
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { type FileSystem, isMissing, readFully, writeFully } from "./file-system.ts";
import {
  decodeFrameContent,
  decodeFrameHeader,
  encodeFrame,
  FRAME_HEADER_BYTES,
  type JournalEntry,
} from "./journal-frame.ts";

export type JournalPolicy = {
  /** What has happened since the last commit is written after this time, */
  readonly commitEveryMs: number;
  /** or when it is so much. */
  readonly commitEntries: number;
  /** It is written anew when it has grown by this much, or by its own size if that is more. */
  readonly rewriteAfterBytes: number;
  /** It is left out where it would take a larger part of the disk tier. */
  readonly maxShare: number;
};

export type DiskJournalOptions = {
  readonly folder: string;
  readonly fileSystem: FileSystem;
  readonly policy: JournalPolicy;
  /** Of the disk tier. */
  readonly limitBytes: number;
  /** Makes so many bytes free, or says that they cannot be. */
  readonly makeRoom: (neededBytes: number) => Promise<boolean>;
};

type Rewriting = "whole" | "too-large" | "no-room";

export type JournalCondition = "whole" | "damaged" | "absent";

export const JOURNAL_NAME = "objects.journal";
const REWRITING_NAME = `${JOURNAL_NAME}.writing`;
/** Of a journal that is written anew; the more, the better they deflate. */
const ENTRIES_PER_FRAME = 1000;

export class DiskJournal {
  readonly #options: DiskJournalOptions;
  /** By file: of what happens to one file between two commits only the outcome is written. */
  #pending = new Map<string, JournalEntry>();
  #fileBytes = 0;
  #rewritingBytes = 0;
  #snapshotBytes = 0;
  #committedAtMs = Number.NEGATIVE_INFINITY;
  /** What stands on disk ends where it should, so that more can be put behind it. */
  #isAppendable = false;
  /** It would take too large a part of the disk. */
  #isLeftOut = false;

  constructor(options: DiskJournalOptions) {
    this.#options = options;
  }

  get usedBytes(): number {
    return this.#fileBytes + this.#rewritingBytes;
  }

  note(entry: JournalEntry): void {
    if (this.#isLeftOut) return;
    const { name } = entry;
    const before = this.#pending.get(name);
    if (before?.kind === "stored" && entry.kind === "removed") this.#pending.delete(name);
    else if (before?.kind === "stored" && entry.kind === "refreshed") {
      this.#pending.set(name, { ...before, metadata: entry.metadata });
    } else this.#pending.set(name, entry);
  }

  isDue(nowMs: number): boolean {
    const { commitEveryMs, commitEntries } = this.#options.policy;
    if (this.#isLeftOut) return false;
    if (this.#pending.size >= commitEntries) return true;
    const hasNews = this.#pending.size > 0 || !this.#isAppendable;
    return hasNews && nowMs - this.#committedAtMs >= commitEveryMs;
  }

  /** Reads what an earlier process wrote, as far as it is as it was written. */
  async load(onEntries: (entries: readonly JournalEntry[]) => void): Promise<JournalCondition> {
    await this.#unlink(REWRITING_NAME);
    let file: FileHandle;
    try {
      file = await this.#options.fileSystem.open(this.#path(JOURNAL_NAME), "r");
    } catch (error) {
      if (isMissing(error)) return "absent";
      throw error;
    }
    try {
      this.#fileBytes = (await file.stat()).size;
      this.#snapshotBytes = this.#fileBytes;
      const readBytes = await readFrames(file, this.#fileBytes, onEntries);
      this.#isAppendable = readBytes === this.#fileBytes;
      return this.#isAppendable ? "whole" : "damaged";
    } finally {
      await file.close();
    }
  }

  /**
   * Writes what has happened since the last time. `everything` is what there is now, for when all of it
   * must be written anew. Throws where the disk does.
   */
  async commit(everything: () => readonly JournalEntry[], nowMs: number): Promise<void> {
    this.#committedAtMs = nowMs;
    if (this.#isLeftOut) return;
    if (this.#mustRewrite()) await this.rewrite(everything());
    else if (this.#pending.size > 0) await this.#append();
  }

  /** Writes it anew, in the order given, and puts it in the place of the old one. */
  async rewrite(entries: readonly JournalEntry[]): Promise<void> {
    this.#pending = new Map();
    this.#isAppendable = false;
    const file = await this.#options.fileSystem.open(this.#path(REWRITING_NAME), "w");
    // An earlier attempt that broke off may have left some, which opening has just cut off.
    this.#rewritingBytes = 0;
    let outcome: Rewriting;
    try {
      outcome = await this.#writeFrames(file, entries);
    } finally {
      await file.close();
    }
    if (outcome === "too-large") return this.#leaveOut();
    // Readers hold on to files that are gone otherwise: it is tried again later.
    if (outcome === "no-room") return this.#giveUpRewriting();
    await this.#options.fileSystem.rename(this.#path(REWRITING_NAME), this.#path(JOURNAL_NAME));
    this.#fileBytes = this.#rewritingBytes;
    this.#snapshotBytes = this.#rewritingBytes;
    this.#rewritingBytes = 0;
    this.#isAppendable = true;
  }

  #mustRewrite(): boolean {
    const { rewriteAfterBytes, maxShare } = this.#options.policy;
    if (!this.#isAppendable) return true;
    const grownBytes = this.#fileBytes - this.#snapshotBytes;
    return (
      grownBytes > Math.max(rewriteAfterBytes, this.#snapshotBytes) ||
      this.#fileBytes > this.#options.limitBytes * maxShare
    );
  }

  async #append(): Promise<void> {
    const entries = [...this.#pending.values()];
    this.#pending = new Map();
    // Whatever keeps it from being whole: what is missing in it is made good by writing it anew.
    this.#isAppendable = false;
    const frame = await encodeFrame(entries);
    if (!(await this.#options.makeRoom(frame.length))) return;
    const file = await this.#openForMore();
    if (file === undefined) return;
    try {
      const endsAt = this.#fileBytes;
      this.#fileBytes += frame.length;
      await writeFully(file, frame, endsAt);
    } finally {
      await file.close();
    }
    this.#isAppendable = true;
  }

  /** Undefined where somebody has deleted it. */
  async #openForMore(): Promise<FileHandle | undefined> {
    try {
      return await this.#options.fileSystem.open(this.#path(JOURNAL_NAME), "r+");
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#fileBytes = 0;
      return undefined;
    }
  }

  async #writeFrames(file: FileHandle, entries: readonly JournalEntry[]): Promise<Rewriting> {
    const { limitBytes, policy, makeRoom } = this.#options;
    for (let at = 0; at < entries.length; at += ENTRIES_PER_FRAME) {
      const frame = await encodeFrame(entries.slice(at, at + ENTRIES_PER_FRAME));
      const endsAt = this.#rewritingBytes;
      if (endsAt + frame.length > limitBytes * policy.maxShare) return "too-large";
      if (!(await makeRoom(frame.length))) return "no-room";
      this.#rewritingBytes += frame.length;
      await writeFully(file, frame, endsAt);
    }
    return "whole";
  }

  async #giveUpRewriting(): Promise<void> {
    await this.#unlink(REWRITING_NAME);
    this.#rewritingBytes = 0;
  }

  /** Without it a start takes longer, and nothing else. */
  async #leaveOut(): Promise<void> {
    this.#isLeftOut = true;
    this.#pending = new Map();
    await this.#giveUpRewriting();
    await this.#unlink(JOURNAL_NAME);
    this.#fileBytes = 0;
  }

  async #unlink(name: string): Promise<void> {
    try {
      await this.#options.fileSystem.unlink(this.#path(name));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  #path(name: string): string {
    return join(this.#options.folder, name);
  }
}

/** @returns how many bytes of it were frames as they were written. */
async function readFrames(
  file: FileHandle,
  fileBytes: number,
  onEntries: (entries: readonly JournalEntry[]) => void,
): Promise<number> {
  const head = Buffer.alloc(FRAME_HEADER_BYTES);
  let at = 0;
  while (at + FRAME_HEADER_BYTES <= fileBytes) {
    await readFully(file, head, at);
    const header = decodeFrameHeader(head);
    if (header === undefined || at + head.length + header.contentBytes > fileBytes) break;
    const content = Buffer.allocUnsafe(header.contentBytes);
    await readFully(file, content, at + head.length);
    const entries = await decodeFrameContent(content, header);
    if (entries === undefined) break;
    onEntries(entries);
    at += head.length + content.length;
  }
  return at;
}
