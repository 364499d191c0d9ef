import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { mayReturn, type ReturnContext } from "./failback-ramp.ts";
import {
  NEW_PATHWAY,
  observeFailure,
  observeProbe,
  type PathwayHealth,
  type WellPathway,
} from "./pathway-health.ts";

const RECOVERED: WellPathway = {
  state: "well",
  sinceMs: 1_000,
  firstByteMs: undefined,
  failuresInRow: 1,
  isOnTrial: true,
  returnAtMs: 5_000,
};
const CONTEXT: ReturnContext = { isSteered: false, isSegment: true, isTrialUnderWay: false };

describe("mayReturn()", () => {
  for (const [rule, health, context, nowMs, may] of [
    ["not before this viewer's place on the ramp", {}, {}, 4_999, false],
    ["then one segment goes", {}, {}, 5_000, true],
    ["and nothing else", {}, { isSegment: false }, 5_000, false],
    ["nor a second one", {}, { isTrialUnderWay: true }, 5_000, false],
    ["until it has come", { isOnTrial: false }, { isSegment: false }, 5_000, true],
    ["steering says who goes when", {}, { isSteered: true }, 4_999, true],
  ] as const satisfies readonly (readonly [
    string,
    object,
    Partial<ReturnContext>,
    number,
    boolean,
  ])[]) {
    test(`${rule}: ${may}`, () =>
      assert.equal(mayReturn({ ...RECOVERED, ...health }, { ...CONTEXT, ...context }, nowMs), may));
  }
  test("who never left need not return", () =>
    assert.equal(mayReturn(NEW_PATHWAY, { ...CONTEXT, isSegment: false }, 1), true));
});

describe("a thousand viewers whose primary recovers", () => {
  const VIEWERS = 1_000;
  const HEALED_MS = 60_000;
  const POLICY = { ...DEFAULT_FAILOVER_POLICY, failbackRampMs: 8_000 };

  /** When each may return, in milliseconds after the recovery; it probes once a second, from when it failed on. */
  function returns(isSteered: boolean): readonly number[] {
    const random = seededRandom("ramp");
    return Array.from({ length: VIEWERS }, () => {
      const failedMs = 1 + random() * 2_000;
      const failure = { reason: "refused", bytesPerSecond: 0 } as const;
      let health: PathwayHealth = observeFailure(NEW_PATHWAY, failure, {
        policy: POLICY,
        nowMs: failedMs,
        random,
      });
      for (let nowMs = failedMs; nowMs < HEALED_MS + 60_000; nowMs += POLICY.probeEveryMs) {
        const probe = { ok: nowMs >= HEALED_MS, firstByteMs: 20, bytesPerSecond: undefined };
        health = observeProbe(health, probe, POLICY, nowMs);
        for (let atMs = nowMs; atMs < nowMs + POLICY.probeEveryMs; atMs += 100) {
          const isBack =
            health.state === "well" && mayReturn(health, { ...CONTEXT, isSteered }, atMs);
          if (isBack) return atMs - HEALED_MS;
        }
      }
      return Number.POSITIVE_INFINITY;
    });
  }

  const perSecond = (times: readonly number[]) => {
    const counts = new Map<number, number>();
    for (const ms of times) {
      const second = Math.floor(ms / 1_000);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    return Math.max(...counts.values());
  };

  test("without steering return a share at a time", () => {
    const times = returns(false);
    const evenShare = (VIEWERS * 1_000) / POLICY.failbackRampMs;
    assert.ok(perSecond(times) <= 1.3 * evenShare, `${perSecond(times)} in one second`);
  });
  test("and are all back within fifteen seconds, so that a segment later is within twenty", () =>
    assert.ok(Math.max(...returns(false)) <= 15_000));
  test("with steering are held up by nothing but probes and dwell", () =>
    assert.ok(Math.max(...returns(true)) <= 6_000));
});
