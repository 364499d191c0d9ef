/** Counts what an index forgets for want of room, by itself and not because it was asked to. */
import type { NewCacheIndex } from "../core/eviction/cache-index.ts";

export class EvictionCount {
  evicted = 0;

  /** The same index, counted. */
  counted(newIndex: NewCacheIndex): NewCacheIndex {
    return (options) =>
      newIndex({
        ...options,
        onRemoved: (value, key, cause) => {
          if (cause === "evicted") this.evicted += 1;
          options.onRemoved(value, key, cause);
        },
      });
  }
}
