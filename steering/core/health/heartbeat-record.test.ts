import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { following, POLICY, report } from "./health.rig.ts";
import { readReport } from "./heartbeat-record.ts";

const isBusyAfter = (marks: string) => following(marks).health.heartbeat?.isBusy;

describe("load", () => {
  test("busy begins at 80 % of capacity", () => {
    assert.equal(isBusyAfter("n7"), false);
    assert.equal(isBusyAfter("n8"), true);
  });
  test("busy ends only below 60 %, so that it does not flap", () => {
    assert.equal(isBusyAfter("n87"), true);
    assert.equal(isBusyAfter("n85"), false);
  });
});

describe("readReport()", () => {
  const read = (changes: Parameters<typeof report>[1]) =>
    readReport(undefined, report(0, changes), POLICY.heartbeat, 5);

  test("keeps what health is concerned with", () =>
    assert.deepEqual(read({ eventLoopDelayMs: 7, diskState: "slow", isSheddingSessions: true }), {
      atMs: 5,
      load: 0,
      isBusy: false,
      isDraining: false,
      isShedding: true,
      eventLoopDelayMs: 7,
      disk: "slow",
      isLate: false,
    }));
  for (const [what, changes] of [
    ["an endless load", { egressBitsPerSecond: 1e15, capacityBitsPerSecond: Number.MIN_VALUE }],
    ["a load of nothing by nothing", { egressBitsPerSecond: 0, capacityBitsPerSecond: 0 }],
    ["a negative load", { egressBitsPerSecond: -1 }],
    ["an endless delay", { eventLoopDelayMs: Number.POSITIVE_INFINITY }],
  ] as const) {
    test(`${what} becomes a number that one can reckon with`, () => {
      const { load, eventLoopDelayMs } = read(changes);
      assert.ok(load >= 0 && load <= 1_000);
      assert.ok(eventLoopDelayMs >= 0 && eventLoopDelayMs <= 3_600_000);
    });
  }
});
