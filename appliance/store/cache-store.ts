/**
 * What the edge needs of a place that keeps objects, whether it is RAM or a disk.
 *
 * A store is bounded in bytes and forgets by itself what was not used for longest. It never throws
 * for the world's faults: what it cannot read is not there, and what it cannot keep it says.
 */
import type { Tier } from "../contract/appliance-status.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";

export type StoredObject = MemoryObject | FileObject;

export type MemoryObject = {
  readonly kind: "memory";
  readonly metadata: StoredMetadata;
  readonly bytes: Buffer;
};

/** An object whose body is too large to be held whole. It must be released, whatever happens. */
export type FileObject = {
  readonly kind: "file";
  readonly metadata: StoredMetadata;
  /** Reads the bytes from `first` to `last`, both inclusive, in large pieces. */
  read(first: number, last: number): AsyncGenerator<Buffer, void>;
  release(): void;
};

/**
 * An object in a buffer that will be used again. It must be released, whatever happens, and not before
 * the last byte has left for the socket: after the response has closed.
 */
export type LentObject = {
  readonly kind: "lent";
  readonly metadata: StoredMetadata;
  readonly bytes: Buffer;
  release(): void;
};

export type WriteOutcome =
  | { readonly isKept: true }
  | { readonly isKept: false; readonly reason: WriteRefusal };

export type WriteRefusal =
  | "too-large"
  | "no-room"
  | "queue-full"
  | "unavailable"
  | "slow"
  | "superseded";

export type MaybePromise<Value> = Value | Promise<Value>;

export type CacheStore = {
  /** What is known of an object, without counting as a use. */
  peek(key: string): StoredMetadata | undefined;
  read(key: string): MaybePromise<StoredObject | undefined>;
  write(metadata: StoredMetadata, bytes: Buffer): MaybePromise<WriteOutcome>;
  /**
   * Replaces the metadata of an object, because it was found unchanged at the origin or because it must
   * count as stale from now on. `stored` is what was looked at: another version is left as it is.
   */
  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void;
  remove(key: string): void;
  /** Of all that it holds. It must be read to its end before anything else is done with the store. */
  keys(): IterableIterator<string>;
  usage(): Tier;
  close(): Promise<void>;
};

export const KEPT: WriteOutcome = { isKept: true };

export function notKept(reason: WriteRefusal): WriteOutcome {
  return { isKept: false, reason };
}
