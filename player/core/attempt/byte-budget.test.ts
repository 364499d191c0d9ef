import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { affords, earn, fullBudget, reserve, spend } from "./byte-budget.ts";

const TERMS = { share: 0.05, mostBytes: 200_000 };
const EXPECTED = 50_000;

describe("a budget of bytes", () => {
  test("affords some in advance, less what is under way", () => {
    let budget = fullBudget(TERMS);
    for (let underWay = 0; underWay < 4; underWay += 1) {
      assert.equal(affords(budget, EXPECTED), true);
      budget = reserve(budget, EXPECTED);
    }
    assert.equal(affords(budget, EXPECTED), false);
  });
  test("is charged with nothing but what was spent", () => {
    const full = fullBudget(TERMS);
    assert.deepEqual(spend(reserve(full, EXPECTED), 0, EXPECTED), full);
  });
  test("saves up no more than it began with", () =>
    assert.deepEqual(earn(fullBudget(TERMS), 1e9, TERMS), fullBudget(TERMS)));
  test("pays back what cost more than expected", () => {
    const overdrawn = spend(reserve(fullBudget(TERMS), EXPECTED), 250_000, EXPECTED);
    assert.equal(affords(earn(overdrawn, 1_999_999, TERMS), EXPECTED), false);
    assert.equal(affords(earn(overdrawn, 2_000_000, TERMS), EXPECTED), true);
  });

  test("never lets more be spent than share and advance, but for the last expense", () => {
    const step = fc.record({ deliveredBytes: fc.nat(2_000_000), spentBytes: fc.nat(400_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let budget = fullBudget(TERMS);
        let delivered = 0;
        let spent = 0;
        for (const { deliveredBytes, spentBytes } of steps) {
          delivered += deliveredBytes;
          budget = earn(budget, deliveredBytes, TERMS);
          if (!affords(budget, EXPECTED)) continue;
          assert.ok(spent <= TERMS.mostBytes + TERMS.share * delivered);
          spent += spentBytes;
          budget = spend(reserve(budget, EXPECTED), spentBytes, EXPECTED);
        }
      }),
    );
  });
});
