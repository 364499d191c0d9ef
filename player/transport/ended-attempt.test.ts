import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AttemptOutcome } from "./attempt.ts";
import { endedLeg, endedProbe } from "./ended-attempt.ts";

const SEGMENT = { host: "http://a", url: "http://a/1.m4s", durationMs: 2_000 };
const progress = { startedMs: 1, firstByteMs: 20, lastByteMs: 40 };
const WHOLE: AttemptOutcome = { kind: "whole", response: new Response("", { status: 206 }) };
const NO_RANGE: AttemptOutcome = { kind: "failed", reason: "wrong-range", status: 200 };
const REFUSED: AttemptOutcome = { kind: "failed", reason: "refused", status: undefined };

describe("a probe is reported", () => {
  const probe = { outcome: WHOLE, progress, receivedBytes: 9, isGood: true };
  for (const [name, outcome, isGood, told, status] of [
    ["as it came out", WHOLE, true, "whole", 206],
    ["as good of a host that knows no ranges, and serves", NO_RANGE, true, "whole", 200],
    ["as bad of a host that sends rubbish", WHOLE, false, "corrupt", 206],
    ["as bad, for its reason", REFUSED, false, "refused", undefined],
  ] as const) {
    test(name, () => {
      const ended = endedProbe(SEGMENT, { ...probe, outcome, isGood });
      assert.deepEqual([ended.outcome, ended.status], [told, status]);
      assert.deepEqual([ended.purpose, ended.kind, ended.bytes], ["probe", "segment", 9]);
    });
  }
  test("as of a playlist where nothing is played yet", () =>
    assert.equal(endedProbe({ ...SEGMENT, durationMs: undefined }, probe).kind, "media-playlist"));
});

describe("a leg is reported", () => {
  const leg = { ...SEGMENT, id: "a", purpose: "hedge" } as const;
  const came = { outcome: WHOLE, progress, fromByte: 3, bytes: 9 };
  test("with its pathway, its bytes and its purpose", () => {
    const { pathway, fromByte, bytes, purpose } = endedLeg({ ...leg, kind: "segment" }, came);
    assert.deepEqual([pathway, fromByte, bytes, purpose], ["a", 3, 9, "hedge"]);
  });
  test("without a pathway where it asked a source for the multivariant playlist", () =>
    assert.equal(endedLeg({ ...leg, kind: "multivariant-playlist" }, came).pathway, undefined));
  for (const what of [
    { kind: "moved" },
    { kind: "aborted" },
    { kind: "restart", reason: "other-bytes" },
  ] as const) {
    test(`as ${what.kind}, without a status`, () => {
      const { outcome, status } = endedLeg({ ...leg, kind: "segment" }, { ...came, outcome: what });
      assert.deepEqual([outcome, status], [what.kind, undefined]);
    });
  }
});
