import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { choosePinning } from "./choose-pinning.ts";

describe("choosePinning()", () => {
  test("gives the server the first processor, and all else the others", () =>
    assert.deepEqual(choosePinning({ hasTaskset: true, processors: [2, 3, 7] }), {
      kind: "pinned",
      server: "2",
      load: "3,7",
    }));
  test("shares the only processor", () =>
    assert.deepEqual(choosePinning({ hasTaskset: true, processors: [0] }), {
      kind: "shared",
      reason: "one-processor",
    }));
  test("shares what it cannot assign", () =>
    assert.deepEqual(choosePinning({ hasTaskset: false, processors: [0, 1] }), {
      kind: "shared",
      reason: "taskset-not-installed",
    }));
});
