import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FailureReason } from "../../contract/player-events.ts";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import {
  blamesHost,
  endTrial,
  NEW_PATHWAY,
  observeDelivery,
  observeFailure,
  observeProbe,
  type PathwayHealth,
} from "./pathway-health.ts";

const POLICY = {
  ...DEFAULT_FAILOVER_POLICY,
  avoidFirstMs: 2_000,
  probesToRecover: 2,
  dwellMs: 3_000,
  dwellJitterMs: 0,
};
const world = (nowMs: number) => ({ policy: POLICY, nowMs, random: () => 1 });

const failed = (reason: FailureReason, bytesPerSecond = 0) => ({ reason, bytesPerSecond });
const probe = (ok: boolean, bytesPerSecond?: number) => ({ ok, firstByteMs: 20, bytesPerSecond });
const delivery = (startedMs: number) => ({ startedMs, firstByteMs: startedMs + 20 });

/**
 * One mark a second: `x` fails, `=` delivers, `-` delivers what was asked in the first second,
 * `.` a good probe, `!` a bad one. Well W, avoided a.
 */
function statesAfter(marks: string): string {
  let health: PathwayHealth = NEW_PATHWAY;
  return Array.from(marks, (mark, index) => {
    const nowMs = 1 + index * 1_000;
    if (mark === "x") health = observeFailure(health, failed("silence"), world(nowMs));
    if (mark === "=") health = observeDelivery(health, delivery(nowMs), nowMs);
    if (mark === "-") health = observeDelivery(health, delivery(1), nowMs);
    if (mark === "." || mark === "!") {
      health = observeProbe(health, probe(mark === "."), POLICY, nowMs);
    }
    return health.state === "well" ? "W" : "a";
  }).join("");
}

describe("a pathway", () => {
  for (const [rule, marks, states] of [
    ["is avoided from its first failure", "=x", "Wa"],
    ["recovers when good probes in a row span the dwell", "x....", "aaaaW"],
    ["starts the dwell again after a bad probe", "x...!....", "aaaaaaaaW"],
    ["that is well is not changed by probes", ".!.", "WWW"],
    ["is well at once when it delivers as the last resort", "x=", "aW"],
    ["is not well for delivering what was asked before it failed", "=x-", "Waa"],
  ] as const) {
    test(rule, () => assert.equal(statesAfter(marks), states));
  }

  test("is avoided for longer each time", () => {
    const first = observeFailure(NEW_PATHWAY, failed("refused"), world(1_000));
    const second = observeFailure(first, failed("refused"), world(first.untilMs));
    assert.equal(first.untilMs - 1_000, 2_000);
    assert.equal(second.untilMs - first.untilMs, 4_000);
    assert.equal(second.sinceMs, 1_000);
  });

  test("is avoided for a time that each viewer draws", () => {
    const openMs = (draw: number) => {
      const drawn = { ...world(1_000), random: () => draw };
      return observeFailure(NEW_PATHWAY, failed("refused"), drawn).untilMs - 1_000;
    };
    assert.deepEqual([openMs(0), openMs(0.5)], [1_000, 1_500]);
  });

  test("is on trial once it has recovered, until it delivers, with a place on the ramp", () => {
    const policy = { ...POLICY, failbackRampMs: 8_000 };
    const drawn = { policy, nowMs: 1, random: () => 0.25 };
    let health: PathwayHealth = observeFailure(NEW_PATHWAY, failed("silence"), drawn);
    for (const nowMs of [1_000, 4_000]) health = observeProbe(health, probe(true), policy, nowMs);
    assert.ok(health.state === "well" && health.isOnTrial);
    assert.equal(health.returnAtMs, 6_000);
    const delivered = observeDelivery(health, delivery(6_500), 6_600);
    assert.ok(delivered.state === "well" && !delivered.isOnTrial);
    const lacking = endTrial(health);
    assert.ok(lacking.state === "well" && !lacking.isOnTrial);
  });

  test("counts requests that fail together as one failure", () => {
    const first = observeFailure(NEW_PATHWAY, failed("refused"), world(1_000));
    const second = observeFailure(first, failed("refused"), world(1_005));
    assert.equal(second.failuresInRow, 1);
    assert.equal(second.untilMs, first.untilMs);
  });

  test("remembers its failures until it delivers", () => {
    let health: PathwayHealth = observeFailure(NEW_PATHWAY, failed("silence"), world(1));
    for (const nowMs of [1_000, 2_000, 4_000]) {
      health = observeProbe(health, probe(true), POLICY, nowMs);
    }
    assert.equal(health.state, "well");
    assert.equal(health.failuresInRow, 1);
    assert.equal(observeDelivery(health, delivery(5_000), 5_000).failuresInRow, 0);
  });
});

describe("a pathway that was too slow", () => {
  const SLOW = observeFailure(NEW_PATHWAY, failed("too-slow", 50_000), world(1));

  function afterProbes(bytesPerSecond: number | undefined, fromMs: number): string {
    let health: PathwayHealth = SLOW;
    for (let nowMs = fromMs; nowMs < fromMs + 5_000; nowMs += 1_000) {
      health = observeProbe(health, probe(true, bytesPerSecond), POLICY, nowMs);
    }
    return health.state;
  }

  test("remembers how slow", () => assert.equal(SLOW.slowBytesPerSecond, 50_000));
  test("recovers when it is clearly faster", () =>
    assert.equal(afterProbes(100_000, 1_000), "well"));
  test("does not for being as slow as before", () =>
    assert.equal(afterProbes(99_999, 1_000), "avoided"));
  test("does not for bytes too few to tell", () =>
    assert.equal(afterProbes(undefined, 1_000), "avoided"));
  test("is neither helped nor harmed by such bytes", () => {
    let health: PathwayHealth = SLOW;
    for (const [nowMs, bytesPerSecond] of [
      [1_000, 100_000],
      [2_000, undefined],
      [4_000, 100_000],
    ] as const) {
      health = observeProbe(health, probe(true, bytesPerSecond), POLICY, nowMs);
    }
    assert.equal(health.state, "well");
  });
  test("gets the benefit of the doubt after a long time", () =>
    assert.equal(afterProbes(50_000, SLOW.untilMs), "well"));
  test("is kept apart from one that failed otherwise", () =>
    assert.equal(
      observeFailure(NEW_PATHWAY, failed("silence", 50_000), world(1)).slowBytesPerSecond,
      undefined,
    ));
});

describe("blamesHost()", () => {
  for (const reason of [
    "refused",
    "no-first-byte",
    "silence",
    "too-slow",
    "truncated",
    "status-5xx",
  ] as const) {
    test(`${reason}: yes`, () => assert.equal(blamesHost(reason), true));
  }
  for (const reason of ["status-4xx", "wrong-range", "wrong-length", "not-a-playlist"] as const) {
    test(`${reason}: no`, () => assert.equal(blamesHost(reason), false));
  }
});
