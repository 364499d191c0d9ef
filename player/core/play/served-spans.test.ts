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
});
