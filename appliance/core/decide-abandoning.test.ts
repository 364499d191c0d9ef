import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideAbandoning } from "./decide-abandoning.ts";

const POLICY = { inFlightBytes: 10, popularReaders: 2 };

describe("decideAbandoning()", () => {
  for (const [receivedBytes, sizeBytes, readers, readersSoFar, isKept, expected] of [
    [0, 100, 1, 1, true, "go-on has-readers"],
    [0, undefined, 1, 1, false, "go-on has-readers"],
    [50, 100, 0, 1, true, "abort no-readers"],
    [51, 100, 0, 1, true, "go-on mostly-done"],
    [51, 100, 0, 1, false, "abort no-readers"],
    [51, undefined, 0, 1, true, "abort no-readers"],
    [1, 11, 0, 1, true, "go-on nearly-here"],
    [1, 12, 0, 1, true, "abort no-readers"],
    [1, 11, 0, 1, false, "abort no-readers"],
    [1, 100, 0, 2, true, "go-on popular"],
    [1, 100, 0, 2, false, "abort no-readers"],
    [1, undefined, 0, 2, true, "abort no-readers"],
  ] as const) {
    test(`${receivedBytes} of ${sizeBytes}, ${readers} of ${readersSoFar} readers, ${isKept ? "kept" : "passed"}: ${expected}`, () => {
      const progress = { receivedBytes, sizeBytes, readers, readersSoFar, isKept };
      const { action, reason } = decideAbandoning(progress, POLICY);
      assert.equal(`${action} ${reason}`, expected);
    });
  }
});
