import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decidePassing } from "./decide-passing.ts";

describe("decidePassing()", () => {
  for (const [isFirst, hasCookie, skippedBytes, expected] of [
    [true, false, 0, "hand-over first"],
    [true, false, 100, "hand-over first"],
    [true, false, 101, "ask-again far-range"],
    [true, true, 0, "ask-again cookie"],
    [false, false, 0, "ask-again not-first"],
  ] as const) {
    test(`first ${isFirst}, cookie ${hasCookie}, ${skippedBytes} bytes before: ${expected}`, () => {
      const question = { isFirst, hasCookie, skippedBytes };
      const { action, reason } = decidePassing(question, { maxSkippedBytes: 100 });
      assert.equal(`${action} ${reason}`, expected);
    });
  }
});
