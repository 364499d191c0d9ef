/**
 * How Node is to be started for a steering process, for those who start one.
 *
 * A large fleet says every second what it said a second before. Left to itself, V8 lets such garbage grow
 * to several times what is alive; with these it takes half the memory for a few percent of a core. Steering
 * is one core's work, and helpers that mark on that very core keep viewers waiting: with them one manifest in
 * a hundred took 50 ms at 10,000/s, without them 12 to 33 (`npm run bench -- steering-manifests`).
 */
export const STEERING_NODE_FLAGS = [
  "--max-semi-space-size=12",
  "--heap-growing-percent=40",
  "--single-threaded-gc",
] as const;
