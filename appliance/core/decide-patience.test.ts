import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decidePatience } from "./decide-patience.ts";
import type { StoredMetadata } from "./stored-metadata.ts";

const POLICY = { waitMs: 500, giveUpMs: 3_000, timesUsual: 2 };
/** Fresh until 20 000, usable on errors until 24 000. */
const SEGMENT: StoredMetadata = {
  key: "/a.m4s",
  status: 200,
  fields: {},
  sizeBytes: 1,
  arrivedAtWallMs: 0,
  initialAgeMs: 0,
  answeredInMs: 20,
  freshForMs: 20_000,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 4_000,
  staleIfDisconnectedMs: 40_000,
};
const PLAYLIST = { ...SEGMENT, key: "/live.m3u8", freshForMs: 1_000, staleIfErrorMs: 0 };

describe("decidePatience()", () => {
  for (const [name, stored, nowMs, expected] of [
    ["nothing", undefined, 1, "long nothing-stored"],
    ["a segment within its window", SEGMENT, 20_999, "short stale-at-hand"],
    ["a segment whose window ends before the question", SEGMENT, 21_000, "long nothing-else"],
    ["a live playlist without a window", PLAYLIST, 1_000, "short live-playlist"],
    ["a live playlist of long ago", PLAYLIST, 90_000, "short live-playlist"],
    ["a playlist of a title", { ...PLAYLIST, freshForMs: 60_000 }, 60_000, "long nothing-else"],
  ] as const) {
    test(`about ${name}: ${expected}`, () => {
      const { kind, reason } = decidePatience(stored, POLICY, nowMs);
      assert.equal(`${kind} ${reason}`, expected);
    });
  }

  for (const [answeredInMs, waitMs] of [
    [0, 500],
    [250, 500],
    [251, 502],
    [1_500, 3_000],
    [9_000, 3_000],
  ] as const) {
    test(`waits ${waitMs} ms for a playlist that took ${answeredInMs} ms the last time`, () =>
      assert.deepEqual(decidePatience({ ...PLAYLIST, answeredInMs }, POLICY, 1_000), {
        kind: "short",
        reason: "live-playlist",
        waitMs,
        giveUpMs: 3_000,
      }));
  }
});
