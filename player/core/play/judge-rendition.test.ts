import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { correctEstimate, judgeRendition, type RenditionQuestion } from "./judge-rendition.ts";

const POLICY = {
  ...DEFAULT_FAILOVER_POLICY,
  paceWindowMs: 1_000,
  pacePatienceMs: 1_500,
  paceMarginMs: 2_000,
};
/** 20 kB/s, and 80 kB to come: it takes 4 s more. One of the lowest would take 1.5 s. */
const SLOW: RenditionQuestion = {
  receivedBytes: 50_000,
  receivingMs: 2_500,
  remainingBytes: 80_000,
  bufferMs: 5_000,
  lowestBytes: 30_000,
};

describe("judgeRendition()", () => {
  for (const [rule, facts, verdict] of [
    ["gives up what leaves too little in hand", {}, "drop-to-lowest"],
    ["though it were whole before the buffer is empty", { bufferMs: 5_999 }, "drop-to-lowest"],
    ["keeps what leaves enough", { bufferMs: 6_000 }, "keep"],
    ["does not judge after a moment", { receivingMs: 2_499, receivedBytes: 0 }, "keep"],
    ["gives up what does not come at all", { receivedBytes: 0 }, "drop-to-lowest"],
    ["keeps what is nearly here", { remainingBytes: 30_000, bufferMs: 0 }, "keep"],
    [
      "and not what is more than the lowest",
      { remainingBytes: 30_001, bufferMs: 0 },
      "drop-to-lowest",
    ],
  ] as const) {
    test(`${rule}: ${verdict}`, () =>
      assert.equal(judgeRendition({ ...SLOW, ...facts }, POLICY), verdict));
  }
});

describe("correctEstimate()", () => {
  /** At 200 kbit/s, and another one like it would leave 1 s. */
  const segment = { bytes: 50_000, transferMs: 2_000, durationMs: 2_000, bufferMs: 3_000 };
  for (const [rule, estimate, facts, expected] of [
    ["corrects what is far too high", 50_000_000, {}, 200_000],
    ["lets stand what is a little too high", 300_000, {}, undefined],
    ["corrects from there on", 300_001, {}, 200_000],
    ["lets stand what is too low", 100_000, {}, undefined],
    ["learns nothing of a segment that came quickly", 50_000_000, { transferMs: 999 }, undefined],
    ["leaves it to hls.js while enough is in hand", 50_000_000, { bufferMs: 4_000 }, undefined],
  ] as const) {
    test(rule, () =>
      assert.equal(correctEstimate(estimate, { ...segment, ...facts }, POLICY), expected),
    );
  }
});
