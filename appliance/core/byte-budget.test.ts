import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fullBudget, refilled, waitMs, without } from "./byte-budget.ts";

const POLICY = { bytesPerMs: 100, burstBytes: 1_000 };

test("what is there may be taken at once", () => {
  assert.equal(waitMs(without(fullBudget(POLICY, 1), 999), POLICY), 0);
});

test("what was overdrawn must come back first", () => {
  const overdrawn = without(fullBudget(POLICY, 1), 1_499);
  assert.equal(waitMs(overdrawn, POLICY), 5);
  assert.equal(waitMs(refilled(overdrawn, POLICY, 5), POLICY), 1);
  assert.equal(waitMs(refilled(overdrawn, POLICY, 6), POLICY), 0);
});

test("a pause saves up no more than a burst", () => {
  assert.equal(refilled(fullBudget(POLICY, 1), POLICY, 60_000).bytes, 1_000);
});

test("a clock set back gains nothing", () => {
  assert.equal(refilled(without(fullBudget(POLICY, 10), 500), POLICY, 5).bytes, 500);
});

test("over any time, no more is sent than the rate, a burst and one piece", () => {
  const steps = fc.array(
    fc.record({ afterMs: fc.nat(50), pieceBytes: fc.integer({ min: 1, max: 5_000 }) }),
  );
  fc.assert(
    fc.property(steps, (wishes) => {
      let budget = fullBudget(POLICY, 1);
      let nowMs = 1;
      let sent = 0;
      for (const { afterMs, pieceBytes } of wishes) {
        nowMs += afterMs;
        budget = refilled(budget, POLICY, nowMs);
        if (waitMs(budget, POLICY) > 0) continue;
        budget = without(budget, pieceBytes);
        sent += pieceBytes;
      }
      assert.ok(sent <= POLICY.burstBytes + (nowMs - 1) * POLICY.bytesPerMs + 5_000);
    }),
  );
});
