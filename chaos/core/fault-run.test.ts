import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { beginRun, fillIn, isOver, parametersOf, secondsLeft } from "./fault-run.ts";

const run = beginRun(fillIn({ fault: "blackhole", seconds: 2 }, "seed"), 1_000);

describe("a running fault", () => {
  for (const [nowMs, over, left] of [
    [1_000, false, 2],
    [2_500, false, 0.5],
    [2_999, false, 0.001],
    [3_000, true, 0],
    [9_000, true, 0],
  ] as const) {
    test(`at ${nowMs} ms it ${over ? "is over" : `has ${left} s left`}`, () => {
      assert.equal(isOver(run, nowMs), over);
      assert.equal(secondsLeft(run, nowMs), left);
    });
  }
});

describe("fillIn()", () => {
  test("fills in what was left open", () =>
    assert.deepEqual(parametersOf(fillIn({ fault: "trickle", seconds: 1 }, "s")), {
      share: 1,
      paths: ["*"],
      seed: "s",
      bytesPerSecond: 8_000,
    }));
  test("keeps what was given", () => {
    const given = { share: 0.5, paths: ["/a"], seed: "mine", bytesPerSecond: 5 };
    const filled = fillIn({ fault: "trickle", seconds: 1, ...given }, "s");
    assert.deepEqual(parametersOf(filled), given);
  });
  test("adds no parameter that a fault does not have", () =>
    assert.deepEqual(Object.keys(fillIn({ fault: "truncate", seconds: 1 }, "s")), [
      "fault",
      "seconds",
      "share",
      "paths",
      "seed",
    ]));
});
