import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDynamicHint } from "./dynamic-hint.ts";

for (const [activeRequests, isUnderDuress, expected] of [
  [0, false, '"east-1";etp=10000'],
  [1, false, '"east-1";etp=10000'],
  [3, false, '"east-1";etp=3333'],
  [4, true, '"east-1";etp=2500;du'],
] as const) {
  test(`${activeRequests} clients, ${isUnderDuress ? "duress" : "at ease"}: ${expected}`, () => {
    const state = { isUnderDuress, activeRequests, capacityBitsPerSecond: 10e6 };
    assert.equal(formatDynamicHint("east-1", state), expected);
  });
}
