import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { isQuickEnough, probePace } from "./judge-probe.ts";

const POLICY = {
  ...DEFAULT_FAILOVER_POLICY,
  probeGraceMs: 500,
  probeHeadroomFactor: 1.5,
  paceSampleBytes: 16_384,
};
/** 60 kB/s to play, so 90 kB/s to be good. */
const SEGMENT = { sizeBytes: 120_000, durationMs: 2_000 };

describe("a probe that came back whole", () => {
  for (const [what, tookMs, segment, isGood] of [
    ["at half the pace that is needed", 1_080, SEGMENT, false],
    ["at the pace of play", 1_080, { sizeBytes: 60_000, durationMs: 1_500 }, true],
    ["at just the pace that is needed", 720, SEGMENT, true],
    ["a little slower", 721, SEGMENT, false],
    ["quickly, though the segment is huge", 500, { sizeBytes: 9_000_000, durationMs: 2_000 }, true],
    ["of a segment of unknown size", 1_400, undefined, true],
  ] as const) {
    test(`${what}: ${isGood}`, () =>
      assert.equal(
        isQuickEnough({ receivedBytes: 64_800, tookMs, segment }, POLICY.probeGraceMs, POLICY),
        isGood,
      ));
  }

  test("has to come at that pace from the first byte on where no grace is given", () =>
    assert.equal(
      isQuickEnough({ receivedBytes: 899, tookMs: 10, segment: SEGMENT }, 0, POLICY),
      false,
    ));

  test("tells the pace if it was long enough", () => {
    const probe = { tookMs: 100, segment: SEGMENT };
    assert.equal(probePace({ ...probe, receivedBytes: 16_384 }, POLICY), 163_840);
    assert.equal(probePace({ ...probe, receivedBytes: 16_383 }, POLICY), undefined);
  });
  test("at once is taken for a millisecond", () =>
    assert.equal(
      probePace({ receivedBytes: 20_000, tookMs: 0, segment: SEGMENT }, POLICY),
      20_000_000,
    ));
});
