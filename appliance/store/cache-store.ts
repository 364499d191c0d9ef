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

export type WriteOutcome =
  | { readonly isKept: true }
  | { readonly isKept: false; readonly reason: WriteRefusal };

export type WriteRefusal = "too-large" | "no-room" | "queue-full" | "unavailable" | "superseded";

export type MaybePromise<Value> = Value | Promise<Value>;

export type CacheStore = {
  /** What is known of an object, without counting as a use. */
  peek(key: string): StoredMetadata | undefined;
  read(key: string): MaybePromise<StoredObject | undefined>;
  write(metadata: StoredMetadata, bytes: Buffer): MaybePromise<WriteOutcome>;
  /**
   * Replaces the metadata of an object that was found unchanged at the origin. `stored` is what the
   * origin was asked about: another version of the object is left as it is.
   */
  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void;
  remove(key: string): void;
  usage(): Tier;
  close(): Promise<void>;
};

export const KEPT: WriteOutcome = { isKept: true };

export function notKept(reason: WriteRefusal): WriteOutcome {
  return { isKept: false, reason };
}
