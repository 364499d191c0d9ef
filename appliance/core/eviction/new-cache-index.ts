/** The eviction policies by the names that an operator knows. */
import type { NewCacheIndex } from "./cache-index.ts";
import { newIntervalIndex } from "./interval-index.ts";
import { newLruIndex } from "./lru-index.ts";
import { newS3FifoIndex } from "./s3-fifo-index.ts";
import { newSieveIndex } from "./sieve-index.ts";
import { newWTinyLfuIndex } from "./w-tiny-lfu-index.ts";

/** The default first. */
export const EVICTION_POLICY_NAMES = ["lru", "sieve", "s3-fifo", "w-tinylfu", "interval"] as const;
export type EvictionPolicyName = (typeof EVICTION_POLICY_NAMES)[number];

const NEW_INDEX: Readonly<Record<EvictionPolicyName, NewCacheIndex>> = {
  lru: newLruIndex,
  sieve: newSieveIndex,
  "s3-fifo": newS3FifoIndex,
  "w-tinylfu": newWTinyLfuIndex,
  interval: newIntervalIndex,
};

export function newCacheIndex(policyName: EvictionPolicyName): NewCacheIndex {
  return NEW_INDEX[policyName];
}
