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
  for (const [fault, own] of [
    ["reset", { bytes: 16_384 }],
    ["brownout", { bytesPerSecond: 25_000 }],
    ["latency", { ms: 300, jitterMs: 0 }],
    ["status-503", {}],
    ["stale-playlist", {}],
  ] as const) {
    test(`gives ${fault} ${JSON.stringify(own)}`, () =>
      assert.deepEqual(parametersOf(fillIn({ fault, seconds: 1 }, "s")), {
        share: 1,
        paths: ["*"],
        seed: "s",
        ...own,
      }));
  }
  for (const [fault, own] of [
    ["refuse", {}],
    ["flap", { downSeconds: 2, upSeconds: 2 }],
  ] as const) {
    test(`gives ${fault} no share, paths or seed`, () =>
      assert.deepEqual(parametersOf(fillIn({ fault, seconds: 1 }, "s")), own));
  }
  test("keeps what was given", () => {
    const given = { share: 0.5, paths: ["/a"], seed: "mine", bytesPerSecond: 5 };
    const filled = fillIn({ fault: "trickle", seconds: 1, ...given }, "s");
    assert.deepEqual(parametersOf(filled), given);
  });
  test("adds no parameter that a fault does not have", () =>
    assert.deepEqual(Object.keys(fillIn({ fault: "truncate", seconds: 1 }, "s")).sort(), [
      "fault",
      "paths",
      "seconds",
      "seed",
      "share",
    ]));
});
