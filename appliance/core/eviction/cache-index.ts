/**
 * What a tier needs of an eviction policy: an index of what it holds, bounded in bytes, that decides
 * what to forget when something new comes.
 *
 * The index and the policy are one, because the fastest index of each policy is a different one: a
 * hit must not look a key up twice.
 */

/** What is known of an object beside its size. A policy may use it or not. */
export type ObjectTraits = {
  /** An init segment is wanted by every viewer of its rendition for as long as anybody watches. */
  readonly kind: "init" | "segment" | "playlist" | "other";
  /** Part of a channel: what lies behind the live edge is asked for less with every second. */
  readonly isLive: boolean;
  /** Names the run of segments it belongs to, such as one rendition of one title. */
  readonly sequence: string | undefined;
  /** Its place in that run. */
  readonly number: number | undefined;
};

export type RemovalCause = "evicted" | "replaced" | "deleted";

export type CacheIndexOptions<Value> = {
  readonly limitBytes: number;
  /** Called synchronously for whatever leaves the index, for each exactly once. */
  readonly onRemoved: (value: Value, key: string, cause: RemovalCause) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
};

export type CacheIndex<Value> = {
  readonly size: number;
  readonly usedBytes: number;
  readonly limitBytes: number;
  /** Counts as a use. */
  get(key: string): Value | undefined;
  /** Does not count as a use. */
  peek(key: string): Value | undefined;
  /**
   * Puts an object in, in place of an earlier one of that key, and evicts until the limit holds.
   *
   * @returns false where it is larger than the limit: then it is not in, and neither is the earlier one.
   */
  set(key: string, value: Value, sizeBytes: number, traits?: ObjectTraits): boolean;
  /** Changes what is held under a key, and neither its size nor its place; false where there is none. */
  replaceValue(key: string, value: Value): boolean;
  delete(key: string): boolean;
  /** Evicts the one object whose turn it is; false where nothing is left. */
  evict(): boolean;
  entries(): IterableIterator<readonly [key: string, value: Value]>;
  clear(): void;
};

export type NewCacheIndex = <Value>(options: CacheIndexOptions<Value>) => CacheIndex<Value>;
