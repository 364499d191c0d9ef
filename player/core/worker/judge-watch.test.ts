import assert from "node:assert/strict";
import { test } from "node:test";
import { isOnWatch } from "./judge-watch.ts";

const POLICY = { lingerMs: 5_000, probeForMs: 30_000 };

for (const [what, facts, nowMs, expected] of [
  ["before anything", { underWay: 0, lastAskedMs: undefined, isAnyAvoided: true }, 1, false],
  ["with a request under way", { underWay: 1, lastAskedMs: 1, isAnyAvoided: false }, 99_000, true],
  ["soon after one", { underWay: 0, lastAskedMs: 1, isAnyAvoided: false }, 5_000, true],
  ["later", { underWay: 0, lastAskedMs: 1, isAnyAvoided: false }, 5_001, false],
  ["with somebody to probe", { underWay: 0, lastAskedMs: 1, isAnyAvoided: true }, 30_000, true],
  ["but not for ever", { underWay: 0, lastAskedMs: 1, isAnyAvoided: true }, 30_001, false],
] as const) {
  test(`${what}: ${expected}`, () => assert.equal(isOnWatch(facts, POLICY, nowMs), expected));
}
