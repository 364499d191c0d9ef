/**
 * The files of the disk tier, and the bytes that they take.
 *
 * Two rules keep them honest. Bytes count from before they are written until their file is unlinked,
 * so a limit holds at every moment and not only between writes. And a file is written aside and
 * renamed when whole, under a name that is never used again, so no reader meets a file that changes.
 */
import { randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { DiskRecord, DiskRecordFault } from "./disk-record.ts";
import { type FileSystem, isMissing, writeFully } from "./file-system.ts";
import { listNames, OBJECT_SUFFIX, recoverFiles, WRITING_SUFFIX } from "./recover-folder.ts";

export type DiskFile = { readonly name: string; readonly sizeBytes: number; readers: number };

/** A file that is no object any more: it counts until it is unlinked and nobody reads it. */
type Doomed = { readonly file: DiskFile; isUnlinked: boolean };

export type DiskFilesOptions = {
  readonly folder: string;
  readonly fileSystem: FileSystem;
  /** A file could not be unlinked; its bytes go on counting. */
  readonly onStuck: (error: unknown) => void;
};

export type FoundFiles = {
  /** Files of which all is known already. */
  readonly known: ReadonlySet<string>;
  /** Files that should not be there any more. */
  readonly removed: ReadonlySet<string>;
  shouldStop(): boolean;
  onObject(file: DiskFile, record: DiskRecord): void;
  onRefused(name: string, fault: DiskRecordFault | "never-finished"): void;
};

export type NewFile<Value> = {
  readonly sizeBytes: number;
  readonly write: (handle: FileHandle) => Promise<Value>;
  readonly keep: (file: DiskFile, value: Value) => void;
};

/** One block: a full disk lets a file be made and refuses the first of these. */
export const PROOF_BYTES = 4096;

export class DiskFiles {
  readonly #options: DiskFilesOptions;
  readonly #doomed = new Map<string, Doomed>();
  readonly #unlinking = new Map<string, Promise<void>>();
  readonly #closing = new Set<Promise<void>>();
  /** Told apart from every earlier process that wrote to this folder. */
  readonly #generation = randomBytes(6).toString("hex");
  #written = 0;
  #doomedBytes = 0;
  #writingBytes = 0;
  #unscannedBytes = 0;

  constructor(options: DiskFilesOptions) {
    this.#options = options;
  }

  /** Bytes of files that are no objects: being written, to be unlinked, or not looked at yet. */
  get looseBytes(): number {
    return this.#doomedBytes + this.#writingBytes + this.#unscannedBytes;
  }

  async makeFolder(): Promise<void> {
    await this.#options.fileSystem.mkdir(this.#options.folder, { recursive: true });
  }

  /** The names of all that an earlier process left, whole or not. */
  listNames(): Promise<string[]> {
    return listNames(this.#options.folder, this.#options.fileSystem);
  }

  /** Looks into what an earlier process left, and deletes what of it is no whole object. */
  async recover(names: readonly string[], found: FoundFiles): Promise<void> {
    const { folder, fileSystem } = this.#options;
    const unknown = names.filter((name) => !found.known.has(name));
    await recoverFiles(
      { names: unknown, folder, fileSystem },
      {
        shouldStop: () => found.shouldStop(),
        onListed: (totalBytes) => {
          this.#unscannedBytes = totalBytes;
        },
        onRecord: ({ name, sizeBytes, record }) => {
          this.#unscannedBytes -= sizeBytes;
          const file = { name, sizeBytes, readers: 0 };
          if (found.removed.has(name)) this.doom(file);
          // An earlier attempt that broke off may have found it already.
          else if (!this.#doomed.has(name)) found.onObject(file, record);
        },
        onRefused: ({ name, sizeBytes, fault }) => {
          this.#unscannedBytes -= sizeBytes;
          found.onRefused(name, fault);
          this.doom({ name, sizeBytes, readers: 0 });
        },
      },
    );
  }

  /**
   * Makes a file of what `write` writes, and hands it to `keep`, which counts its bytes from then on.
   * Throws where that fails, and leaves nothing behind.
   */
  async create<Value>({ sizeBytes, write, keep }: NewFile<Value>): Promise<void> {
    const aside = `${this.#nextName()}${WRITING_SUFFIX}`;
    const name = aside.replace(WRITING_SUFFIX, OBJECT_SUFFIX);
    this.#writingBytes = sizeBytes;
    try {
      const value = await this.#writeAside(aside, write);
      await this.#options.fileSystem.rename(this.#path(aside), this.#path(name));
      keep({ name, sizeBytes, readers: 0 }, value);
    } catch (error) {
      this.doom({ name: aside, sizeBytes, readers: 0 });
      throw error;
    } finally {
      this.#writingBytes = 0;
    }
  }

  /** Throws where nothing can be written, or nothing deleted. */
  async proveWritable(): Promise<void> {
    const name = `${this.#nextName()}${WRITING_SUFFIX}`;
    this.#writingBytes = PROOF_BYTES;
    try {
      await this.#writeAside(name, (handle) => writeFully(handle, Buffer.alloc(PROOF_BYTES), 0));
      await this.#options.fileSystem.unlink(this.#path(name));
    } catch (error) {
      this.doom({ name, sizeBytes: PROOF_BYTES, readers: 0 });
      throw error;
    } finally {
      this.#writingBytes = 0;
    }
  }

  /** Opens a file for reading. Its bytes count until it is closed, even if it is unlinked before. */
  async open(file: DiskFile): Promise<FileHandle> {
    file.readers += 1;
    try {
      return await this.#options.fileSystem.open(this.#path(file.name), "r");
    } catch (error) {
      this.#stopReading(file);
      throw error;
    }
  }

  close(file: DiskFile, handle: FileHandle): Promise<void> {
    const closed = handle.close().finally(() => this.#stopReading(file));
    const settled = closed.catch(() => undefined).then(() => void this.#closing.delete(settled));
    this.#closing.add(settled);
    return closed;
  }

  /**
   * Unlinks a file, and at once, so that what was purged is gone even if we are killed while somebody
   * still reads it.
   */
  doom(file: DiskFile): void {
    if (this.#doomed.has(file.name)) return;
    const doomed = { file, isUnlinked: false };
    this.#doomed.set(file.name, doomed);
    this.#doomedBytes += file.sizeBytes;
    this.#unlink(doomed);
  }

  /** Tries once more to unlink what could not be unlinked. */
  unlinkStuck(): void {
    for (const doomed of this.#doomed.values()) if (!doomed.isUnlinked) this.#unlink(doomed);
  }

  /** Resolves when all is unlinked that is doomed, and all is closed that is being closed. */
  async unlinked(): Promise<void> {
    await Promise.all(this.#closing);
    await Promise.all(this.#unlinking.values());
  }

  async #writeAside<Value>(
    name: string,
    write: (handle: FileHandle) => Promise<Value>,
  ): Promise<Value> {
    const handle = await this.#options.fileSystem.open(this.#path(name), "wx");
    try {
      return await write(handle);
    } finally {
      await handle.close();
    }
  }

  #stopReading(file: DiskFile): void {
    file.readers -= 1;
    const doomed = this.#doomed.get(file.name);
    if (doomed !== undefined) this.#forgetIfGone(doomed);
  }

  #unlink(doomed: Doomed): void {
    const { fileSystem, onStuck } = this.#options;
    const { name } = doomed.file;
    if (this.#unlinking.has(name)) return;
    const onGone = () => {
      doomed.isUnlinked = true;
      this.#forgetIfGone(doomed);
    };
    const unlinked = fileSystem
      .unlink(this.#path(name))
      .then(onGone, (error: unknown) => (isMissing(error) ? onGone() : onStuck(error)))
      .then(() => {
        this.#unlinking.delete(name);
      });
    this.#unlinking.set(name, unlinked);
  }

  /** The blocks of an unlinked file are free only when it is closed. */
  #forgetIfGone({ file, isUnlinked }: Doomed): void {
    if (!isUnlinked || file.readers > 0) return;
    if (this.#doomed.delete(file.name)) this.#doomedBytes -= file.sizeBytes;
  }

  #nextName(): string {
    this.#written += 1;
    return `${this.#generation}-${this.#written.toString(36)}`;
  }

  #path(name: string): string {
    return join(this.#options.folder, name);
  }
}
