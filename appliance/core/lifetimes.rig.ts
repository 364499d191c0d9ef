/** Lifetimes by which tests judge answers. */
import type { LifetimePolicy } from "./freshness.ts";

export const LIFETIMES: LifetimePolicy = {
  notFoundFreshForMs: 1_000,
  longestAbsentMs: 60_000,
  longestErrorMs: 10_000,
  heuristicRatio: 0.1,
  longestHeuristicMs: 86_400_000,
  longestPlaylistHeuristicMs: 2_000,
  disconnectedLifetimes: 2,
  longestDisconnectedMs: 100_000,
};
