import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { affordableBytes, beginPace, refillPace, spendPace } from "./pace.ts";

const POLICY = { longestGapMs: 100 };

/** What passes at each tick if everything affordable is spent. */
function piecesAt(bytesPerSecond: number, ticksMs: readonly number[]): number[] {
  let pace = beginPace(1_000);
  return ticksMs.map((atMs) => {
    pace = refillPace(pace, bytesPerSecond, POLICY, 1_000 + atMs);
    const bytes = affordableBytes(pace);
    pace = spendPace(pace, bytes);
    return bytes;
  });
}

describe("a pace", () => {
  test("lets nothing pass before time does", () => assert.equal(affordableBytes(beginPace(1)), 0));
  test("lets even pieces pass", () =>
    assert.deepEqual(piecesAt(8_000, [25, 50, 75, 100]), [200, 200, 200, 200]));
  test("loses no fraction of a byte", () =>
    assert.deepEqual(piecesAt(60, [25, 50, 75, 100]), [1, 2, 1, 2]));
  test("lets single bytes pass, however slow", () => {
    const ticks = Array.from({ length: 3_000 / 25 }, (_, index) => (index + 1) * 25);
    const pieces = piecesAt(1, ticks);
    assert.deepEqual(
      ticks.filter((_, index) => pieces[index] === 1),
      [1_000, 2_000, 3_000],
    );
  });
  test("makes up for no more than one gap when it is late", () =>
    assert.deepEqual(piecesAt(8_000, [25, 5_000, 5_025]), [200, 800, 200]));
});
