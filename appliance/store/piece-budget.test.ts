import assert from "node:assert/strict";
import { test } from "node:test";
import { PieceBudget } from "./piece-budget.ts";

const newBudget = () =>
  new PieceBudget({ maxStreamedBytes: 32_000, mostPieceBytes: 1_000, leastPieceBytes: 30 });

test("a few readers get pieces as large as they like them", () => {
  const budget = newBudget();
  for (let reader = 0; reader < 16; reader += 1) assert.equal(budget.take(5_000), 1_000);
});

test("many readers together hold the budget, and beyond it the least each", () => {
  const budget = newBudget();
  for (let reader = 0; reader < 2_000; reader += 1) budget.take(5_000);
  assert.ok(budget.streamedBytes <= 32_000 + 2_000 * 30, `${budget.streamedBytes}`);
});

test("what is given back makes the next pieces large again", () => {
  const budget = newBudget();
  const taken = Array.from({ length: 500 }, () => budget.take(5_000));
  for (const bytes of taken) budget.giveBack(bytes);
  assert.equal(budget.streamedBytes, 0);
  assert.equal(budget.take(5_000), 1_000);
});

test("no piece is larger than what is wanted", () => assert.equal(newBudget().take(7), 7));
