import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { liveWindow, shownSegments } from "./live-window.ts";

describe("liveWindow()", () => {
  for (const [elapsedSeconds, isAhead, first, end] of [
    [0, false, 10, 30],
    [1.99, false, 10, 30],
    [2, false, 11, 31],
    [69, false, 44, 64],
    [2, true, 13, 33],
  ] as const) {
    test(`after ${elapsedSeconds} s${isAhead ? ", ahead" : ""}`, () => {
      const window = liveWindow(elapsedSeconds, { isAhead });
      assert.deepEqual([window.first, window.first + window.count], [first, end]);
    });
  }
  test("a truthful list names only what can be had", () => {
    const { first, count } = liveWindow(7, { isAhead: false });
    assert.equal(first + count, shownSegments(7));
  });
});
