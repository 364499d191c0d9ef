import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { following, goodProbe, POLICY, verdict } from "./health.rig.ts";
import { badnessOf, SIGNAL_NAMES, SIGNALS, valueOfBadness } from "./health-signals.ts";
import { observeNode } from "./node-health.ts";

const { signals } = POLICY.forecast;

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
    assert.equal(SIGNALS["probe-throughput"].read(health), undefined);
    assert.equal(SIGNALS["players-errors"].read(health), undefined);
    assert.equal(SIGNALS.egress.read(following("c..").health), undefined);
  });
  test("what was measured is, with its time", () => {
    const outcome = goodProbe(12, 9_000_000);
    const probed = observeNode(health, { kind: "probed", outcome }, POLICY, 7_000);
    assert.deepEqual(SIGNALS["first-byte"].read(probed), { value: 12, atMs: 7_000 });
    assert.deepEqual(SIGNALS["probe-throughput"].read(probed), { value: 9e6, atMs: 7_000 });
    const event = { kind: "players-judged", verdict: verdict("bad") } as const;
    const judged = observeNode(health, event, POLICY, 8_000);
    assert.deepEqual(SIGNALS["players-errors"].read(judged), { value: 0.5, atMs: 8_000 });
    assert.equal(SIGNALS["players-throughput"].read(judged), undefined);
    assert.deepEqual(SIGNALS["event-loop-delay"].read(health), { value: 0, atMs: 1 });
  });
  test("what is no finite number was not measured", () => {
    for (const firstByteMs of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      const event = { kind: "probed", outcome: goodProbe(firstByteMs) } as const;
      assert.equal(SIGNALS["first-byte"].read(observeNode(health, event, POLICY, 9)), undefined);
    }
  });
});
