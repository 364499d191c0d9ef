import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideAbandoning } from "./decide-abandoning.ts";

describe("decideAbandoning()", () => {
  for (const [receivedBytes, sizeBytes, readers, isKept, expected] of [
    [0, 100, 1, true, "go-on has-readers"],
    [0, undefined, 1, false, "go-on has-readers"],
    [50, 100, 0, true, "abort no-readers"],
    [51, 100, 0, true, "go-on mostly-done"],
    [51, 100, 0, false, "abort no-readers"],
    [51, undefined, 0, true, "abort no-readers"],
  ] as const) {
    test(`${receivedBytes} of ${sizeBytes}, ${readers} readers, ${isKept ? "kept" : "passed"}: ${expected}`, () => {
      const { action, reason } = decideAbandoning({ receivedBytes, sizeBytes, readers, isKept });
      assert.equal(`${action} ${reason}`, expected);
    });
  }
});
