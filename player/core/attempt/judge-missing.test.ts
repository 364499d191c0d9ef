import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { isGone } from "./judge-missing.ts";

const POLICY = { ...DEFAULT_FAILOVER_POLICY, missingLiveMs: 6_000, missingUnreachedMs: 30_000 };

describe("isGone()", () => {
  for (const [rule, rounds, asked, hope, missingMs, gone] of [
    ["of several, everybody is asked once more", 1, 3, "none", 0, false],
    ["and then it is gone", 2, 3, "none", 0, true],
    ["of one alone, its word is final", 1, 1, "none", 0, true],
    ["a part of a live stream may still come", 4, 1, "may-come", 5_999, false],
    ["but not for ever", 4, 3, "may-come", 6_000, true],
    ["who served until now may have it, and is waited for", 9, 3, "unreached", 29_999, false],
    ["nor for ever either", 9, 3, "unreached", 30_000, true],
  ] as const) {
    test(rule, () => assert.equal(isGone({ rounds, asked, hope, missingMs }, POLICY), gone));
  }
});
