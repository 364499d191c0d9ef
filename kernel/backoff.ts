/**
 * How long to wait before trying again: doubling from a first wait up to a longest one, each wait
 * shortened at random so that those who failed together do not return together ("full jitter",
 * Brooker 2015, with a floor of half the wait so that it never becomes no wait at all).
 */
export type BackoffPolicy = { readonly firstMs: number; readonly longestMs: number };

/** @param failures how many attempts have failed so far, from 1. @param random draws from [0, 1). */
export function backoffMs(failures: number, policy: BackoffPolicy, random: () => number): number {
  const doublings = Math.min(Math.max(failures - 1, 0), 30);
  const fullMs = Math.min(policy.longestMs, policy.firstMs * 2 ** doublings);
  return fullMs * (0.5 + 0.5 * random());
}
