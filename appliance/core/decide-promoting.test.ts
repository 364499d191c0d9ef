import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decidePromoting } from "./decide-promoting.ts";

describe("decidePromoting() at 10,000 ms", () => {
  for (const [lastReadAtMs, ramKeepsForMs, expected] of [
    [undefined, undefined, "promote room"],
    [1, undefined, "promote room"],
    [undefined, 5_000, "pass-through first-read"],
    [5_000, 5_000, "promote returned-soon"],
    [4_999, 5_000, "pass-through returned-late"],
  ] as const) {
    test(`last read at ${lastReadAtMs}, RAM keeps for ${ramKeepsForMs} ms: ${expected}`, () => {
      const { action, reason } = decidePromoting({ lastReadAtMs, ramKeepsForMs }, 10_000);
      assert.equal(`${action} ${reason}`, expected);
    });
  }
});
