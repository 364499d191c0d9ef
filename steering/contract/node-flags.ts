/**
 * How Node is to be started for a steering process, for those who start one.
 *
 * A large fleet says every second what it said a second before. Left to itself, V8 lets such garbage grow
 * to several times what is alive; with these it takes half the memory for a few percent of a core. Steering
 * is one core's work, and helpers that mark on that very core keep viewers waiting: with them one manifest in
 * a hundred took 50 ms at 10,000/s. What was young when a marking ended is copied while everybody waits, so
 * there is little of it: with 12 MiB for the young the pause was 25 to 60 ms, with 4 it is mostly 15 to 30
 * (`npm run bench -- steering-manifests`).
 */
export const STEERING_NODE_FLAGS = [
  "--max-semi-space-size=4",
  "--heap-growing-percent=40",
  "--single-threaded-gc",
] as const;
