import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { following, goodProbe, POLICY, verdict } from "./health.rig.ts";
import {
  badnessOf,
  SIGNAL_NAMES,
  SIGNALS,
  type SignalName,
  valueOfBadness,
} from "./health-signals.ts";
import { type NodeHealth, observeNode } from "./node-health.ts";

const { signals } = POLICY.forecast;
const read = (name: SignalName, health: NodeHealth) => SIGNALS[name].read(health, POLICY.forecast);

describe("badnessOf()", () => {
  for (const name of SIGNAL_NAMES) {
    test(`${name}: more is worse, and the value can be had back`, () => {
      const [low, high] = SIGNALS[name].worse === "higher" ? [1, 2] : [2, 1];
      assert.ok(badnessOf(name, low, signals[name]) < badnessOf(name, high, signals[name]));
      const back = valueOfBadness(name, badnessOf(name, 3, signals[name]), signals[name]);
      assert.ok(Math.abs(back - 3) < 1e-6);
      assert.ok(Number.isFinite(badnessOf(name, 0, signals[name])));
    });
  }
});

describe("SIGNALS", () => {
  const { health } = following("n..");
  test("what nobody has measured is no sample", () => {
    assert.equal(read("probe-throughput", health), undefined);
    assert.equal(read("players-errors", health), undefined);
    assert.equal(read("egress", following("c..").health), undefined);
  });
  test("what was measured is, with its time", () => {
    const outcome = goodProbe(12, 9_000_000);
    const probed = observeNode(health, { kind: "probed", outcome }, POLICY, 7_000);
    assert.deepEqual(read("first-byte", probed), { value: 12, atMs: 7_000 });
    assert.deepEqual(read("probe-throughput", probed), { value: 9e6, atMs: 7_000 });
    const event = { kind: "players-judged", verdict: verdict("bad") } as const;
    const judged = observeNode(health, event, POLICY, 8_000);
    assert.deepEqual(read("players-errors", judged), { value: 0.5, atMs: 8_000 });
    assert.equal(read("players-throughput", judged), undefined);
    assert.deepEqual(read("event-loop-delay", health), { value: 0, atMs: 1 });
  });
  test("what few players say is no measurement", () => {
    const few = { ...verdict("bad"), sessions: POLICY.forecast.leastSessions - 1 };
    const judged = observeNode(health, { kind: "players-judged", verdict: few }, POLICY, 8_000);
    assert.equal(read("players-errors", judged), undefined);
  });
  test("what is no finite number was not measured", () => {
    for (const firstByteMs of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      const event = { kind: "probed", outcome: goodProbe(firstByteMs) } as const;
      assert.equal(read("first-byte", observeNode(health, event, POLICY, 9)), undefined);
    }
  });
});
