import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { judgePace, type PaceQuestion } from "./judge-pace.ts";

const POLICY = {
  ...DEFAULT_FAILOVER_POLICY,
  silenceMs: 1_000,
  paceWindowMs: 1_000,
  paceEagerMs: 500,
  pacePatienceMs: 1_500,
  paceMarginMs: 2_000,
  clearlyFasterFactor: 2,
};
const ofNow = (bytesPerSecond: number) => ({ bytesPerSecond, isOfNow: true });
const ofBefore = (bytesPerSecond: number) => ({ bytesPerSecond, isOfNow: false });
/** 10 kB/s, and 30 kB to come of a segment of 2 s: it takes 3 s more. The other is known to be twice as fast. */
const SLOW: PaceQuestion = {
  pace: { bytesPerSecond: 10_000, overMs: 1_000, bytes: 10_000 },
  remainingBytes: 30_000,
  receivingMs: 1_000,
  silentMs: 0,
  durationMs: 2_000,
  bufferMs: 8_000,
  others: [ofNow(20_000)],
  canMeasure: true,
  measured: [],
};
const judge = (facts: Partial<PaceQuestion>) => judgePace({ ...SLOW, ...facts }, POLICY);
const stranger = (measured: readonly number[]) => ({ others: [undefined], measured });
const pace = (bytesPerSecond: number, overMs = 1_000) => ({
  bytesPerSecond,
  overMs,
  bytes: 10_000,
});

describe("judgePace()", () => {
  for (const [rule, facts, verdict] of [
    ["a segment that takes longer than it plays is late", {}, "too-slow"],
    ["one that takes no longer is not", { remainingBytes: 20_000 }, "in-time"],
    ["nor is one of a rendition that the pace does carry", { durationMs: 4_000 }, "in-time"],
    ["with little in hand it may take less", { durationMs: 4_000, bufferMs: 4_000 }, "too-slow"],
    ["down to the patience", { bufferMs: 1_500, remainingBytes: 15_000 }, "in-time"],
    ["and no further", { bufferMs: 1_500, remainingBytes: 15_001 }, "too-slow"],
    [
      "which is short with hardly anything in hand",
      { bufferMs: 0, remainingBytes: 5_001 },
      "too-slow",
    ],
    ["a short observation proves nothing", { pace: pace(10_000, 999) }, "in-time"],
    ["nor do the bodies before this one", { receivingMs: 499 }, "in-time"],
    ["of which half the window is enough", { receivingMs: 500 }, "too-slow"],
    ["silence is another's to judge", { silentMs: 500 }, "in-time"],
    [
      "text of unknown size has the patience",
      { remainingBytes: undefined, durationMs: undefined, receivingMs: 1_499 },
      "in-time",
    ],
    [
      "and is late then",
      { remainingBytes: undefined, durationMs: undefined, receivingMs: 1_500 },
      "too-slow",
    ],
    [
      "media of unknown size may come for as long as they play",
      { remainingBytes: undefined, receivingMs: 1_999 },
      "in-time",
    ],
    ["with nobody else there is no leaving", { others: [] }, "in-time"],
    ["a clearly faster one is gone to", { others: [ofNow(20_000)] }, "too-slow"],
    ["one that is not clearly faster is not", { others: [ofNow(19_999)] }, "in-time"],
    ["even if the picture will freeze", { others: [ofNow(19_999)], bufferMs: 0 }, "in-time"],
    ["one that was so before is measured anew", { others: [ofBefore(20_000)] }, "measure-others"],
    ["unless it was no faster then", { others: [ofBefore(19_999)] }, "in-time"],
    ["a stranger is measured first", { others: [undefined] }, "measure-others"],
    ["or tried where that is not possible", { others: [undefined], canMeasure: false }, "too-slow"],
    ["a second host that is as slow speaks against the link", stranger([19_999]), "in-time"],
    ["one that is fast does not", stranger([20_000]), "measure-others"],
    [
      "before a freeze a stranger is measured even so",
      { ...stranger([10_000]), bufferMs: 2_999 },
      "measure-others",
    ],
    ["but not without need", { ...stranger([10_000]), bufferMs: 3_000 }, "in-time"],
    [
      "with hardly anything in hand a shorter observation will do",
      { bufferMs: 1_499, pace: pace(10_000, 500), receivingMs: 250 },
      "too-slow",
    ],
    ["but one it has to be", { bufferMs: 1_499, pace: pace(10_000, 499) }, "in-time"],
  ] as const) {
    test(`${rule}: ${verdict}`, () => assert.equal(judge(facts), verdict));
  }
});
