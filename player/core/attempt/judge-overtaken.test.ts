import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { judgeOvertaken } from "./judge-overtaken.ts";

const POLICY = { ...DEFAULT_FAILOVER_POLICY, firstByteFloorMs: 700, clearlyFasterFactor: 2 };

describe("judgeOvertaken()", () => {
  for (const [waitedMs, hedgeTookMs, verdict] of [
    [700, 350, "host-is-slow"],
    [699, 300, "doubtful"],
    [2_000, 1_001, "proves-nothing"],
    [2_000, 1_000, "host-is-slow"],
    [300, 200, "proves-nothing"],
  ] as const) {
    test(`${waitedMs} ms in vain, where the other took ${hedgeTookMs} ms: ${verdict}`, () =>
      assert.equal(judgeOvertaken({ waitedMs, hedgeTookMs }, POLICY), verdict));
  }
});
