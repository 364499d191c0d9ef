import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { smooth } from "../../../kernel/smoothing.ts";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { decideHedge, type HedgeQuestion } from "./decide-hedge.ts";

const POLICY = {
  ...DEFAULT_FAILOVER_POLICY,
  hedgeBufferMs: 2_000,
  hedgeAfterMs: 300,
  hedgeTextMs: 600,
};
const NOW_MS = 10_000;
/** Nothing is in hand, and a host of which nothing is known has been silent for just long enough. */
const SILENT: HedgeQuestion = {
  attempt: { startedMs: NOW_MS - 300, firstByteMs: undefined, lastByteMs: undefined },
  patience: { firstByteMs: 1_000, silenceMs: 1_000 },
  isText: false,
  firstByteMs: undefined,
  hostSilentMs: Number.POSITIVE_INFINITY,
  bufferMs: 0,
};
const begun = (startedMs: number, lastByteMs: number) => ({
  attempt: { startedMs, firstByteMs: startedMs, lastByteMs },
});

describe("decideHedge()", () => {
  for (const [rule, facts, decision] of [
    ["asks another where there is no time to wait", {}, "no-first-byte"],
    [
      "but not before the host is late",
      { attempt: { ...SILENT.attempt, startedMs: NOW_MS - 299 } },
    ],
    ["nor where it can be waited out", { bufferMs: 2_700 }],
    ["which takes what is left of the patience", { bufferMs: 2_699 }, "no-first-byte"],
    ["a host that is always slow is given its time", { firstByteMs: smooth(undefined, 200) }],
    ["and a host that sends something else is busy", { hostSilentMs: 299 }],
    ["a body that falls silent", begun(NOW_MS - 900, NOW_MS - 300), "silence"],
    ["one that comes is waited for", begun(NOW_MS - 5_000, NOW_MS - 299)],
    ["if it is no text", { ...begun(NOW_MS - 600, NOW_MS), isText: true }, "too-slow"],
    ["that has been coming for long", { ...begun(NOW_MS - 599, NOW_MS), isText: true }],
  ] as const satisfies readonly (readonly [string, Partial<HedgeQuestion>, string?])[]) {
    test(`${rule}: ${decision ?? "waits"}`, () =>
      assert.equal(decideHedge({ ...SILENT, ...facts }, POLICY, NOW_MS), decision));
  }
});
