import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Value } from "typebox/value";
import { Dependency } from "../../contract/dependencies.ts";
import { DependencyLedger, noteCall, noteFailure } from "./dependency-ledger.ts";

const POLICY = { maxEdges: 3, forgetAfterMs: 60_000 };
const PLAY = { caller: "viewers", callee: "steering", purpose: "play" };
const probe = (node: string) => ({ caller: "steering", callee: node, purpose: "probe" });

function onlyOf(ledger: DependencyLedger, nowMs: number): Dependency {
  const [first, ...others] = ledger.list(nowMs);
  assert.ok(first !== undefined && others.length === 0);
  assert.ok(Value.Check(Dependency, first));
  return first;
}

describe("an edge", () => {
  test("counts calls, failures by reason, and durations", () => {
    const ledger = new DependencyLedger(POLICY, 1);
    const edge = ledger.hold(PLAY, 1);
    noteCall(edge, 1_001, 4);
    noteCall(edge, 1_002);
    noteFailure(edge, { reason: "timeout", durationMs: 8 }, 1_003);
    ledger.note(PLAY, { failedFor: "timeout" }, 1_004);
    ledger.note(PLAY, { durationMs: 3 }, 2_001);
    assert.deepEqual(onlyOf(ledger, 4_001), {
      ...PLAY,
      calls: 5,
      failures: 2,
      failureReasons: { timeout: 2 },
      meanMs: 5,
      slowestMs: 8,
      callsPerSecond: 5 / 4,
      lastAgoSeconds: 2,
      fallback: null,
    });
  });
  test("that was never called is not listed", () => {
    const ledger = new DependencyLedger(POLICY, 1);
    ledger.hold(PLAY, 1);
    assert.deepEqual(ledger.list(1), []);
  });
  test("without a measured call has no duration", () => {
    const ledger = new DependencyLedger(POLICY, 1);
    ledger.note(PLAY, {}, 1);
    const { meanMs, slowestMs } = onlyOf(ledger, 1);
    assert.deepEqual([meanMs, slowestMs], [null, null]);
  });
  test("says what stood in for it, and how often", () => {
    const ledger = new DependencyLedger(POLICY, 1);
    ledger.noteFallback(PLAY, "the last good copy", 2);
    ledger.noteFallback(PLAY, "an appliance", 3);
    assert.deepEqual(onlyOf(ledger, 4).fallback, { what: "an appliance", used: 2 });
  });
  test("has at most sixteen reasons", () => {
    const ledger = new DependencyLedger(POLICY, 1);
    for (let index = 0; index < 40; index += 1) ledger.note(PLAY, { failedFor: `r${index}` }, 1);
    const { failureReasons } = onlyOf(ledger, 1);
    assert.equal(Object.keys(failureReasons).length, 16);
    assert.equal(failureReasons["other"], 25);
  });
});

describe("the rate", () => {
  const rateAfter = (calls: readonly number[], nowMs: number) => {
    const ledger = new DependencyLedger(POLICY, 0);
    for (const atMs of calls) ledger.note(PLAY, {}, atMs);
    return onlyOf(ledger, nowMs).callsPerSecond;
  };
  test("is of the last minute", () => {
    const tenASecond = Array.from({ length: 3_000 }, (_, index) => index * 100);
    assert.ok(Math.abs(rateAfter(tenASecond, 299_999) - 10) < 0.2);
  });
  test("falls to nothing within a minute of silence", () => {
    assert.ok(rateAfter([0, 1, 2], 54_999) > 0);
    assert.equal(rateAfter([0, 1, 2], 60_000), 0);
    assert.equal(rateAfter([0, 1, 2], 86_400_000), 0);
  });
  test("of the first moments is not blown up", () => {
    assert.equal(rateAfter([0, 0, 0], 1), 3);
  });
  test("equals what a list of all calls gives", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9_000 })), (waits) => {
        let atMs = 0;
        const calls = waits.map((wait) => {
          atMs += wait;
          return atMs;
        });
        if (calls.length === 0) return;
        const nowMs = atMs + 2_500;
        const from = (Math.floor(nowMs / 5_000) - 11) * 5_000;
        const recent = calls.filter((call) => call >= from).length;
        const seconds = Math.min(55_000 + (nowMs % 5_000), nowMs) / 1000;
        assert.ok(Math.abs(rateAfter(calls, nowMs) - recent / seconds) < 1e-9);
      }),
    );
  });
});

describe("edges are bounded", () => {
  test("what finds no room is counted with the others", () => {
    const ledger = new DependencyLedger(POLICY, 1);
    for (let node = 0; node < 100; node += 1) ledger.note(probe(`n${node}`), {}, 1);
    const listed = ledger.list(1);
    assert.equal(listed.length, 4);
    assert.equal(listed.find(({ caller }) => caller === "others")?.calls, 97);
  });
  test("who has long been silent makes room", () => {
    const ledger = new DependencyLedger(POLICY, 1);
    const held = ledger.hold(PLAY, 1);
    ledger.note(probe("a"), {}, 2);
    ledger.note(probe("b"), {}, 3);
    ledger.note(probe("c"), {}, 60_002);
    noteCall(held, 60_002);
    assert.deepEqual(
      ledger.list(60_002).map(({ callee }) => callee),
      ["b", "c", "steering"],
    );
  });
  test("what is held is never forgotten", () => {
    const ledger = new DependencyLedger({ ...POLICY, maxEdges: 1 }, 1);
    const held = ledger.hold(PLAY, 1);
    ledger.note(probe("a"), {}, 600_000);
    noteCall(held, 600_000);
    assert.deepEqual(
      ledger.list(600_000).map(({ caller }) => caller),
      ["others", "viewers"],
    );
  });
});

test("says how long it has watched", () => {
  assert.equal(new DependencyLedger(POLICY, 1_000).sinceSeconds(3_500), 2.5);
});
