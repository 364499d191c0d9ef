import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeFatalError } from "./media-recovery.ts";

describe("judgeFatalError()", () => {
  for (const [rule, kind, recoveredMs, nowMs, decision] of [
    ["a media error restarts the decoder", "media", undefined, 1, "recover"],
    ["not again within 5 s", "media", 1_000, 5_999, "tell-media-error"],
    ["but again after that", "media", 1_000, 6_000, "recover"],
    ["what is no media error is told", "other", undefined, 1, "tell-media-error"],
    ["a source that does not exist is told as that", "no-source", undefined, 1, "tell-no-source"],
  ] as const) {
    test(rule, () => assert.equal(judgeFatalError({ kind, recoveredMs }, nowMs), decision));
  }
});
