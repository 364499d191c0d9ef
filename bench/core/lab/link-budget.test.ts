import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newLinkBudget, refillLink, spendLink } from "./link-budget.ts";

const RATE = 1_000_000;

describe("a link's budget", () => {
  for (const [passedMs, bytes] of [
    [0, 0],
    [10, 10_000],
    [50, 50_000],
    // What nobody used is not saved up for long.
    [5_000, 50_000],
  ] as const) {
    test(`after ${passedMs} ms`, () =>
      assert.equal(refillLink(newLinkBudget(1), RATE, 1 + passedMs).bytes, bytes));
  }
  test("what was spent beyond it has to come first", () => {
    const spent = spendLink(newLinkBudget(1), 8_000);
    assert.equal(refillLink(spent, RATE, 6).bytes, -3_000);
  });
});
