import assert from "node:assert/strict";
import { test } from "node:test";
import { moveClock, type SavedPlay } from "./saved-play.ts";

const PLAY: SavedPlay = {
  manifest: undefined,
  adopted: undefined,
  order: ["a", "b"],
  health: {
    byHost: new Map([
      [
        "http://a",
        {
          state: "avoided",
          reason: "silence",
          slowBytesPerSecond: undefined,
          sinceMs: 100,
          untilMs: 2_100,
          failuresInRow: 1,
          goodProbes: 1,
          goodSinceMs: 1_500,
          dwellMs: 3_000,
          rampMs: 0,
          firstByteMs: undefined,
        },
      ],
      [
        "http://b",
        {
          state: "well",
          sinceMs: 50,
          firstByteMs: undefined,
          failuresInRow: 0,
          isOnTrial: false,
          returnAtMs: 90,
        },
      ],
      [
        "http://c",
        {
          state: "well",
          sinceMs: undefined,
          firstByteMs: undefined,
          failuresInRow: 0,
          isOnTrial: false,
          returnAtMs: 90,
        },
      ],
    ]),
    hadFailed: ["http://a"],
  },
  whereabouts: {
    current: "b",
    leftAtMs: new Map([["a", 110]]),
    lastMoveMs: undefined,
    returning: undefined,
  },
  counts: { failovers: 1, failbacks: 0, resumes: 0, hedges: 0 },
  servedBy: "b",
};

test("every moment moves along, and no length of time does", () => {
  const { health, whereabouts } = moveClock(PLAY, -90);
  const a = health.byHost.get("http://a");
  assert.deepEqual(
    a?.state === "avoided" && [a.sinceMs, a.untilMs, a.goodSinceMs, a.dwellMs],
    [10, 2_010, 1_410, 3_000],
  );
  assert.equal(health.byHost.get("http://b")?.sinceMs, -40);
  assert.equal(health.byHost.get("http://c")?.sinceMs, undefined);
  assert.deepEqual([...whereabouts.leftAtMs], [["a", 20]]);
  assert.equal(whereabouts.lastMoveMs, undefined);
});

test("there and back again is the same play", () =>
  assert.deepEqual(moveClock(moveClock(PLAY, 1_000), -1_000), PLAY));
