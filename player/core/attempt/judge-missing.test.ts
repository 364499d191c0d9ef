import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { isGone } from "./judge-missing.ts";

const POLICY = { ...DEFAULT_FAILOVER_POLICY, missingLiveMs: 6_000 };

describe("isGone()", () => {
  for (const [rule, rounds, asked, mayCome, missingMs, gone] of [
    ["of several, everybody is asked once more", 1, 3, false, 0, false],
    ["and then it is gone", 2, 3, false, 0, true],
    ["of one alone, its word is final", 1, 1, false, 0, true],
    ["a part of a live stream may still come", 4, 1, true, 5_999, false],
    ["but not for ever", 4, 3, true, 6_000, true],
  ] as const) {
    test(rule, () => assert.equal(isGone({ rounds, asked, mayCome, missingMs }, POLICY), gone));
  }
});
