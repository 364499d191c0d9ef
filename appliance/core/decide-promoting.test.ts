import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decidePromoting, observeReuse, type ReuseHistory } from "./decide-promoting.ts";

const FULL = { limitBytes: 1_000, usedBytes: 950 };

/** What is decided at the last of these readings, each so many bytes of use after the one before. */
function decideAfter(distances: readonly number[]): string {
  let usedBytes = 0;
  let history: ReuseHistory | undefined;
  for (const distance of [0, ...distances]) {
    usedBytes += distance;
    history = observeReuse(history, usedBytes, FULL);
  }
  const { action, reason } = decidePromoting(history ?? assert.fail(), 100, FULL);
  return `${action} ${reason}`;
}

describe("decidePromoting() with a full RAM of 1,000 bytes", () => {
  for (const [distances, expected] of [
    [[], "pass-through not-yet-known"],
    [[10], "pass-through not-yet-known"],
    [[1_000, 1_000], "promote returns-soon"],
    [[1_000, 1_001], "pass-through not-yet-known"],
    [[10, 1_001, 10], "pass-through not-yet-known"],
    [[5_000, 10, 10], "promote returns-soon"],
  ] as const) {
    test(`read again after ${distances.join(", ")} bytes: ${expected}`, () =>
      assert.equal(decideAfter(distances), expected));
  }
});

for (const [usedBytes, expected] of [
  [900, "room"],
  [901, "not-yet-known"],
] as const) {
  test(`of 1,000 bytes ${usedBytes} are used, 100 more are read for the first time: ${expected}`, () => {
    const ram = { limitBytes: 1_000, usedBytes };
    assert.equal(decidePromoting(observeReuse(undefined, 7, ram), 100, ram).reason, expected);
  });
}
