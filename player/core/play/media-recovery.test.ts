import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { judgeFatalError, suspectsAt } from "./media-recovery.ts";

const POLICY = { ...DEFAULT_FAILOVER_POLICY, mediaRecoveries: 2, mediaRecoveriesWithinMs: 10_000 };
const ELSEWHERE = { hasElsewhere: true, knowsSegment: true };
const NOWHERE = { hasElsewhere: false, knowsSegment: true };
const UNKNOWN = { hasElsewhere: false, knowsSegment: false };

describe("judgeFatalError()", () => {
  for (const [rule, kind, facts, recoveredAtMs, nowMs, decision] of [
    ["a segment that others have", "media", ELSEWHERE, [], 1, "recover"],
    ["one that nobody has that can be decoded", "media", NOWHERE, [], 1, "skip"],
    ["a media error of nobody knows what", "media", UNKNOWN, [], 1, "recover"],
    ["one that exists nowhere", "missing", NOWHERE, [], 1, "skip"],
    [
      "a thing that exists nowhere and is no segment",
      "missing",
      UNKNOWN,
      [],
      1,
      "tell-media-error",
    ],
    ["the second time", "media", ELSEWHERE, [1_000], 2_000, "recover"],
    ["the third time in short", "media", ELSEWHERE, [1_001, 2_000], 11_000, "tell-media-error"],
    ["the third time, in long", "media", ELSEWHERE, [1_000, 2_000], 11_000, "recover"],
    ["what is no media error", "other", ELSEWHERE, [], 1, "tell-media-error"],
    ["a source that does not exist", "no-source", UNKNOWN, [], 1, "tell-no-source"],
  ] as const) {
    test(`${rule}: ${decision}`, () =>
      assert.equal(judgeFatalError({ kind, recoveredAtMs, ...facts }, POLICY, nowMs), decision));
  }
});

describe("suspectsAt()", () => {
  const segment = (name: string, startSeconds: number, endSeconds: number) => ({
    name,
    startSeconds,
    endSeconds,
  });
  const buffered = [segment("1", 0, 2), segment("2", 2, 4), segment("3", 4, 6), segment("s", 0, 5)];
  for (const [currentSeconds, suspects] of [
    [0, "1 s"],
    [0.9, "1 s"],
    [1, "1 2 s"],
    [2, "2 s"],
    [5.5, "3"],
    [6, ""],
  ] as const) {
    test(`at ${currentSeconds} s: ${suspects}`, () =>
      assert.equal(
        suspectsAt(buffered, currentSeconds)
          .map(({ name }) => name)
          .join(" "),
        suspects,
      ));
  }
});
