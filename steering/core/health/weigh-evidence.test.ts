import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { following, healthsAfter, POLICY, states } from "./health.rig.ts";
import { deservesEjection, weighEvidence } from "./weigh-evidence.ts";

describe("deservesEjection()", () => {
  // One mark per event, `e` is the sweep: see health.rig.ts.
  for (const [what, marks, goes] of [
    ["failing probes", "n..xxe", true],
    ["failing probes of a node that serves enough players well", "n..xxpe", false],
    ["too few players to contradict", "n..xxPe", true],
    ["players against good probes", "n..be", false],
    ["players and a late heartbeat", "n..ble", false],
    ["all other voices against good probes", "n..fble", false],
    ["players and a late heartbeat of a node that was never probed", "snble", false],
    ["players, the forecast of our probes, and a bad one", "n..fbxe", true],
    ["players twice, by their verdict and by the forecast of what they say", "n..qbxe", false],
    ["heartbeats twice", "n..vbxe", false],
    ["players who praise what probes and forecast and heartbeats speak against", "n..xxlpfe", true],
  ] as const) {
    test(`${what}: ${goes ? "down" : "spared"}`, () =>
      assert.equal(states(marks).at(-1) === "D", goes));
  }
  test("only what is up can be ejected", () => {
    const { health, nowMs } = following("n..!");
    assert.equal(deservesEjection(health, POLICY, nowMs), false);
  });
  test("old words are no evidence", () => {
    const { health, nowMs } = following("n..fbx");
    const laterMs = nowMs + POLICY.players.freshForMs + 1;
    assert.equal(deservesEjection(health, POLICY, nowMs), true);
    assert.equal(deservesEjection(health, POLICY, laterMs), false);
  });
  test("whatever players say, in whatever order, a node with good probes stays up", () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(..."bpPqa.sle"), { maxLength: 60 }), (marks) => {
        for (const { state } of healthsAfter(`n..${marks.join("")}`).slice(2)) {
          assert.equal(state, "up");
        }
      }),
    ));
});

describe("weighEvidence()", () => {
  const weigh = (marks: string) => {
    const { health, nowMs } = following(marks);
    return weighEvidence(health, POLICY, nowMs);
  };
  test("the reason is what weighs most", () => {
    assert.equal(weigh("n..xxb").reason, "timeout");
    assert.equal(weigh("n..bx").reason, "players-bad");
    assert.equal(weigh("n..fx").reason, "first-byte-worse-than-forecast");
    assert.equal(weigh("n..lx").reason, "heartbeat-late");
  });
  test("good probes and well served players count for a node", () => {
    assert.equal(weigh("n..").weight, -POLICY.probes.praise);
    assert.ok(weigh("n..p").weight < weigh("n..").weight);
  });
});
