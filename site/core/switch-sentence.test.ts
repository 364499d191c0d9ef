import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FailoverEvent, FailureReason } from "../../player/contract/player-events.ts";
import { failureLabel, failureWords, switchSentence } from "./switch-sentence.ts";
import { unbroken } from "./unbroken.rig.ts";

const FAILOVER: FailoverEvent = {
  from: "east-1",
  to: "east-2",
  reason: "silence",
  kind: "segment",
  keptBytes: 217_088,
  afterMs: 1_004,
  bufferSeconds: 6.1,
};
const ALL_REASONS: readonly FailureReason[] = [
  "refused",
  "no-first-byte",
  "silence",
  "too-slow",
  "truncated",
  "status-4xx",
  "status-5xx",
  "wrong-range",
  "wrong-length",
  "not-a-playlist",
  "not-media",
  "corrupt",
  "undecodable",
];

describe("a box that answers with errors", () => {
  // A fault is what an operator has set, and the error may be the origin's.
  test("is not said to have a fault", () =>
    assert.deepEqual(
      [failureWords("status-5xx", 0), failureLabel("status-5xx")],
      ["answered with an error", "answers with errors"],
    ));
});

describe("switchSentence()", () => {
  test("a failover in mid-body names the byte at which it went on", () =>
    assert.equal(
      switchSentence({
        kind: "failover",
        event: FAILOVER,
        resumedAtByte: 217_088,
        lowestBufferSeconds: 5.8,
        outcome: "took-over",
      }),
      unbroken(
        "east-1 went silent after 212 KB; resumed on east-2 from byte 217,088; buffer never below 5.8 s",
      ),
    ));
  test("a failover before the first byte says who took over with what", () =>
    assert.equal(
      switchSentence({
        kind: "failover",
        event: { ...FAILOVER, reason: "refused", keptBytes: 0 },
        resumedAtByte: undefined,
        lowestBufferSeconds: 9,
        outcome: "took-over",
      }),
      unbroken(
        "east-1 refused the connection; east-2 took over with the picture; buffer never below 9.0 s",
      ),
    ));
  for (const [how, resumedAtByte, sentence] of [
    ["asked", undefined, "east-1 refused the connection; east-2 was asked next"],
    ["resumed", 100, "east-1 refused the connection; resumed on east-2 from byte 100"],
  ] as const) {
    test(`a failover that was ${how} before an outage praises nobody`, () =>
      assert.equal(
        switchSentence({
          kind: "failover",
          event: { ...FAILOVER, reason: "refused", keptBytes: 0 },
          resumedAtByte,
          lowestBufferSeconds: 0,
          outcome: "out-of-reach",
        }),
        sentence,
      ));
  }
  test("a failover for steering's sake blames nobody", () =>
    assert.equal(
      switchSentence({
        kind: "failover",
        event: { ...FAILOVER, reason: "steering-order", keptBytes: 0 },
        resumedAtByte: undefined,
        lowestBufferSeconds: 9,
        outcome: "took-over",
      }),
      unbroken(
        "Steering prefers east-2 to east-1; east-2 took over with the picture; buffer never below 9.0 s",
      ),
    ));
  test("one for the sake of a server under duress says so", () =>
    assert.equal(
      switchSentence({
        kind: "failover",
        event: { ...FAILOVER, reason: "under-duress", keptBytes: 0 },
        resumedAtByte: undefined,
        lowestBufferSeconds: 9,
        outcome: "took-over",
      }),
      unbroken(
        "east-1 asked for fewer viewers; east-2 took over with the picture; buffer never below 9.0 s",
      ),
    ));
  test("a failback says how long the box was away", () =>
    assert.equal(
      switchSentence({
        kind: "failback",
        event: {
          from: "east-2",
          to: "east-1",
          reason: "recovered",
          awayMs: 8_200,
          bufferSeconds: 14.2,
        },
      }),
      unbroken(
        "east-1 is well again after 8.2 s; playback went back to it from east-2; buffer 14.2 s",
      ),
    ));
  test("a move for steering's sake says so", () =>
    assert.equal(
      switchSentence({
        kind: "failback",
        event: {
          from: "east-1",
          to: "west-1",
          reason: "steering-order",
          awayMs: 0,
          bufferSeconds: 12,
        },
      }),
      unbroken("Steering prefers west-1; moved there from east-1; buffer 12.0 s"),
    ));
  test("a resumed body names both halves, and its size where it is known", () => {
    const event = { from: "a", to: "b", atByte: 1_000, sizeBytes: 2_500 };
    assert.equal(
      switchSentence({ kind: "resume", event }),
      "One part in two halves: the first from a, from byte 1,000 of 2,500 on from b",
    );
    assert.equal(
      switchSentence({ kind: "resume", event: { ...event, sizeBytes: undefined } }),
      "One part in two halves: the first from a, from byte 1,000 on from b",
    );
  });
  test("an outage names what was tried, and its end who answered", () => {
    assert.equal(
      switchSentence({
        kind: "degraded",
        event: { state: "unreachable", sinceMs: 1, tried: ["east-1", "east-2", "west-1"] },
      }),
      "No box that has the picture can be reached; tried east-1, east-2 and west-1",
    );
    assert.equal(
      switchSentence({
        kind: "degraded",
        event: { state: "recovered", afterMs: 12_300, pathway: "west-1" },
      }),
      unbroken("west-1 answers again after 12 s; playback goes on"),
    );
  });
});

test("every reason has words of its own", () => {
  assert.equal(
    new Set(ALL_REASONS.map((reason) => failureWords(reason, 0))).size,
    ALL_REASONS.length,
  );
  assert.equal(new Set(ALL_REASONS.map(failureLabel)).size, ALL_REASONS.length);
});
test("a box that became too slow is told by how far it had got", () =>
  assert.equal(
    switchSentence({
      kind: "failover",
      event: { ...FAILOVER, reason: "too-slow" },
      resumedAtByte: 217_088,
      lowestBufferSeconds: 5.8,
      outcome: "took-over",
    }),
    unbroken(
      "east-1 slowed down too far after 212 KB; resumed on east-2 from byte 217,088; buffer never below 5.8 s",
    ),
  ));
test("bytes are told only where some were kept", () => {
  assert.equal(failureWords("truncated", 0), "broke off");
  assert.equal(failureWords("truncated", 2048), unbroken("broke off after 2 KB"));
});
