import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { smooth } from "../../../kernel/smoothing.ts";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { judgeAttempt, patienceWith } from "./judge-attempt.ts";

const PATIENCE = { firstByteMs: 800, silenceMs: 1_000 };
const POLICY = {
  ...DEFAULT_FAILOVER_POLICY,
  firstByteStartMs: 1_000,
  firstByteFloorMs: 400,
  firstByteCeilingMs: 3_000,
  silenceMs: 1_000,
  patienceLimitMs: 10_000,
};

describe("judgeAttempt()", () => {
  for (const [firstByteMs, lastByteMs, nowMs, verdict] of [
    [undefined, undefined, 1_799, "in-time"],
    [undefined, undefined, 1_800, "no-first-byte"],
    [1_500, undefined, 2_499, "in-time"],
    [1_500, undefined, 2_500, "silence"],
    [1_500, 2_400, 3_399, "in-time"],
    [1_500, 2_400, 3_400, "silence"],
  ] as const) {
    test(`asked at 1000, bytes at ${firstByteMs} and ${lastByteMs}: at ${nowMs} ${verdict}`, () =>
      assert.equal(
        judgeAttempt({ startedMs: 1_000, firstByteMs, lastByteMs }, PATIENCE, nowMs),
        verdict,
      ));
  }
});

describe("patienceWith()", () => {
  const history = (...samples: number[]) =>
    samples.reduce<ReturnType<typeof smooth> | undefined>(smooth, undefined);

  test("an unknown pathway gets the start value", () =>
    assert.deepEqual(patienceWith(undefined, {}, POLICY), {
      firstByteMs: 1_000,
      silenceMs: 1_000,
    }));
  test("a quick one is not hurried below the floor", () =>
    assert.equal(patienceWith(history(5, 5, 5, 5, 5), {}, POLICY).firstByteMs, 400));
  test("a steady one gets its mean and four deviations", () => {
    const { firstByteMs } = patienceWith(history(...Array<number>(40).fill(600)), {}, POLICY);
    assert.ok(firstByteMs >= 600 && firstByteMs < 610, `${firstByteMs}`);
  });
  test("a slow one is waited for, so that a slow link is not taken for a dead host", () => {
    const { firstByteMs } = patienceWith(history(1_200, 1_200, 1_200), {}, POLICY);
    assert.ok(firstByteMs > 1_200, `${firstByteMs}`);
  });
  test("but never longer than the ceiling", () =>
    assert.equal(patienceWith(history(3_000, 9_000), {}, POLICY).firstByteMs, 3_000));
  test("each round in vain doubles it, up to the limit", () => {
    const rounds = [0, 1, 2, 3, 4, 99].map((round) => patienceWith(undefined, { round }, POLICY));
    assert.deepEqual(
      rounds.map(({ firstByteMs }) => firstByteMs),
      [1_000, 2_000, 4_000, 8_000, 10_000, 10_000],
    );
    assert.equal(rounds.at(-1)?.silenceMs, 10_000);
  });
  test("with no picture yet, an unknown one gets less while others can be asked", () =>
    assert.equal(patienceWith(undefined, { isEager: true }, POLICY).firstByteMs, 700));
  test("a known one is not hurried for that", () => {
    const slow = history(1_200, 1_200, 1_200);
    assert.deepEqual(patienceWith(slow, { isEager: true }, POLICY), patienceWith(slow, {}, POLICY));
  });
  for (const [unansweredMs, firstByteMs] of [
    [0, 1_000],
    [300, 700],
    [750, 250],
    [9_000, 250],
  ] as const) {
    test(`after ${unansweredMs} ms without an answer, ${firstByteMs} ms are left`, () =>
      assert.equal(patienceWith(undefined, { unansweredMs }, POLICY).firstByteMs, firstByteMs));
  }
  test("which a host that always takes a while is not cut short by", () => {
    const steady = history(...Array<number>(40).fill(500));
    const { firstByteMs } = patienceWith(steady, { unansweredMs: 400 }, POLICY);
    assert.ok(firstByteMs >= 500, `${firstByteMs}`);
  });
});
