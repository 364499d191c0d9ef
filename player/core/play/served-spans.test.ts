import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ServedSpan } from "../../contract/player-events.ts";
import { laySpan } from "./served-spans.ts";

/** `a0-2` was served by a; `a2>b-4` was begun by a and finished by b. */
function laid(...written: string[]): string {
  const spans = written.map((text): ServedSpan => {
    const [, pathway = "", start, resumedOn, end] =
      /^([a-z])([\d.]+)(?:>([a-z]))?-([\d.]+)$/.exec(text) ?? [];
    return { pathway, startSeconds: Number(start), endSeconds: Number(end), resumedOn };
  });
  return spans
    .reduce<readonly ServedSpan[]>(laySpan, [])
    .map(
      (s) => `${s.pathway}${s.startSeconds}${s.resumedOn ? `>${s.resumedOn}` : ""}-${s.endSeconds}`,
    )
    .join(" ");
}

describe("laySpan()", () => {
  for (const [rule, written, expected] of [
    ["joins what follows from the same pathway", ["a0-2", "a2-4"], "a0-4"],
    ["joins across a seam within rounding", ["a0-2", "a2.05-4"], "a0-4"],
    ["keeps a gap", ["a0-2", "a6-8"], "a0-2 a6-8"],
    ["keeps pathways apart", ["a0-2", "b2-4"], "a0-2 b2-4"],
    ["keeps a resumed segment apart", ["a0-2", "a2>b-4", "b4-6"], "a0-2 a2>b-4 b4-6"],
    ["replaces what is loaded again", ["a0-6", "b2-4"], "a0-2 b2-4 a4-6"],
    ["replaces it whole", ["a2-4", "b0-6"], "b0-6"],
    ["puts an earlier part before", ["a4-6", "b0-2"], "b0-2 a4-6"],
  ] as const) {
    test(rule, () => assert.equal(laid(...written), expected));
  }

  test("keeps the newest two thousand, however long a play that goes to and fro", () => {
    let spans: readonly ServedSpan[] = [];
    for (let at = 0; at < 2_100; at += 1) {
      const pathway = at % 2 === 0 ? "a" : "b";
      const span = { pathway, startSeconds: at * 2, endSeconds: at * 2 + 2, resumedOn: undefined };
      spans = laySpan(spans, span);
    }
    assert.equal(spans.length, 2_000);
    assert.deepEqual([spans[0]?.startSeconds, spans.at(-1)?.endSeconds], [200, 4_200]);
  });

  test("leaves what it was given as it was", () => {
    const spans = [{ pathway: "a", startSeconds: 0, endSeconds: 2, resumedOn: undefined }];
    const before = structuredClone(spans);
    laySpan(spans, { pathway: "a", startSeconds: 2, endSeconds: 4, resumedOn: undefined });
    assert.deepEqual(spans, before);
  });
});
