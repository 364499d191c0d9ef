import assert from "node:assert/strict";
import { test } from "node:test";
import { type Backlog, isTooSlow, observeBacklog } from "./slow-reading.ts";

const POLICY = { minBytesPerSecond: 1_000, graceMs: 5_000 };

/** What waited at each time, and whether the client is cut off at the last. */
function isCutAfter(samples: readonly (readonly [atMs: number, bytes: number])[]): boolean {
  let backlog: Backlog | undefined;
  let isCut = false;
  for (const [atMs, bytes] of samples) {
    backlog = observeBacklog(backlog, bytes, atMs);
    isCut = isTooSlow(backlog, POLICY, atMs);
  }
  return isCut;
}

for (const [name, samples, expected] of [
  [
    "nothing waits",
    [
      [1, 0],
      [99_999, 0],
    ],
    false,
  ],
  [
    "as long as a slow client needs",
    [
      [1, 10_000],
      [15_001, 10_000],
    ],
    false,
  ],
  [
    "longer than any client needs",
    [
      [1, 10_000],
      [15_002, 10_000],
    ],
    true,
  ],
  [
    "something got through",
    [
      [1, 10_000],
      [15_000, 8_000],
      [15_002, 8_000],
    ],
    false,
  ],
  [
    "all got through, and the next piece waits",
    [
      [1, 9],
      [5_000, 0],
      [5_020, 9],
    ],
    false,
  ],
] as const) {
  test(`${name}: ${expected ? "cut off" : "kept"}`, () =>
    assert.equal(isCutAfter(samples), expected));
}
