import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needsCloseWatch } from "./close-watch.ts";
import { following, POLICY } from "./health.rig.ts";

function isWatched(marks: string, laterMs = 0): boolean {
  const { health, nowMs } = following(marks);
  return needsCloseWatch(health, POLICY, nowMs + laterMs);
}

describe("needsCloseWatch()", () => {
  for (const [what, marks, expected] of [
    ["one that is well", "n..s.", false],
    ["one on trial", "n.", true],
    ["one whose last probe was bad", "n..x", true],
    ["one that has not yet answered often enough", "n..xx.", true],
    ["one that answers again", "n..xx..", false],
    ["one whose heartbeat is late", "n..l", true],
    ["one of which players complain", "n..b", true],
    ["one whose signals deviate", "n..f", false],
    ["one that is down", "n..!", false],
    ["one that drains", "n..dx", false],
  ] as const) {
    test(`${what}: ${expected ? "yes" : "no"}`, () => assert.equal(isWatched(marks), expected));
  }
  test("an old complaint no longer counts", () =>
    assert.equal(isWatched("n..b", POLICY.players.freshForMs + 1), false));
});
