import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { judgePlayers, NO_VERDICT } from "./players-verdict.ts";
import { POLICY } from "./reports.rig.ts";
import type { Say } from "./weigh-session.ts";

const GOOD: Say = {
  standing: "good",
  weight: 1,
  errorRatio: 0,
  throughputBitsPerSecond: 10,
  reason: "served-well",
};
const BAD: Say = { ...GOOD, standing: "bad", errorRatio: 1, reason: "failed-requests" };
const NOTHING: Say = { ...GOOD, standing: "nothing", weight: 0, reason: "too-little" };

/** `g` says good, `b` bad, `h` bad with half a voice, `n` nothing. */
function verdictOf(voices: string) {
  const says = { g: GOOD, b: BAD, h: { ...BAD, weight: 0.5 }, n: NOTHING };
  return judgePlayers(
    [...voices].map((voice) => says[voice as "g"]),
    POLICY,
  );
}

describe("players that say", () => {
  for (const [voices, verdict, reason] of [
    ["", "unknown", "nothing-said"],
    ["nnnnn", "unknown", "nothing-said"],
    ["bb", "unknown", "too-few-sessions"],
    ["bbb", "bad", "failed-requests"],
    ["bbnnnn", "unknown", "too-few-sessions"],
    ["ggg", "good", "served-well"],
    ["gggggggggb", "good", "served-well"],
    ["ggggb", "unknown", "players-disagree"],
    ["bbbgggg", "bad", "failed-requests"],
    ["bbbggggg", "unknown", "players-disagree"],
    // Three that bring half a voice each are not heard over three that are content.
    ["hhhggg", "unknown", "players-disagree"],
    // Of few that use it, two bad ones are not enough, whatever their share.
    ["bbg", "unknown", "players-disagree"],
  ] as const) {
    test(`${voices || "nothing"}: ${verdict}, ${reason}`, () => {
      const { verdict: found, reason: because } = verdictOf(voices);
      assert.deepEqual([found, because], [verdict, reason]);
    });
  }
  test("nothing are no sessions", () => assert.deepEqual(verdictOf("nn"), NO_VERDICT));
});

test("the error ratio counts each session as one", () =>
  assert.equal(verdictOf("gggb").errorRatio, 0.25));

test("the reason is what most of them met", () => {
  const says = [BAD, { ...BAD, reason: "stalls" as const }, { ...BAD, reason: "stalls" as const }];
  assert.equal(judgePlayers(says, POLICY).reason, "stalls");
});

test("the throughput is that in the middle, so that no absurd one moves it far", () => {
  const rates = [8, 9, 10, 11, 1e11];
  const says = rates.map((rate) => ({ ...GOOD, throughputBitsPerSecond: rate }));
  assert.equal(judgePlayers(says, POLICY).throughputBitsPerSecond, 10);
  assert.equal(
    judgePlayers([{ ...GOOD, throughputBitsPerSecond: undefined }], POLICY).throughputBitsPerSecond,
    undefined,
  );
});

test("one session more or less never turns a verdict from good to bad", () => {
  const anyVoices = fc.stringMatching(/^[gbhn]{0,30}$/);
  fc.assert(
    fc.property(anyVoices, fc.constantFrom("g", "b", "h", "n"), (voices, one) => {
      const turns = [verdictOf(voices).verdict, verdictOf(voices + one).verdict].toSorted();
      assert.notDeepEqual(turns, ["bad", "good"]);
    }),
  );
});
