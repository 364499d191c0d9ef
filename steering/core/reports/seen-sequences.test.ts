import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { noteSequence, type SeenSequences } from "./seen-sequences.ts";

/** `.` is new, `x` has come already. */
function marksOf(sequences: readonly number[], playback = "a"): string {
  let seen: SeenSequences | undefined;
  return sequences
    .map((sequence) => {
      const after = noteSequence(seen, { playback, sequence });
      seen = after ?? seen;
      return after === undefined ? "x" : ".";
    })
    .join("");
}

describe("a report", () => {
  test("counts once", () => assert.equal(marksOf([0, 1, 1, 2, 0]), "..x.x"));
  test("may be overtaken by others", () => assert.equal(marksOf([5, 3, 4, 3]), "...x"));
  for (const [sequence, mark] of [
    [69, "."],
    [68, "x"],
  ] as const) {
    test(`numbered ${sequence}, after 100, is ${mark === "." ? "new" : "too old to tell"}`, () =>
      assert.equal(marksOf([100, sequence]), `.${mark}`));
  }
  test("of another playback begins anew", () => {
    const seen = noteSequence(undefined, { playback: "a", sequence: 500 });
    assert.ok(noteSequence(seen, { playback: "b", sequence: 0 }));
  });
});

test("whatever the order, none counts twice, and none within reach is lost", () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 80 })), (sequences) => {
      const marks = marksOf(sequences);
      const taken = new Set<number>();
      let highest = -1;
      for (const [index, sequence] of sequences.entries()) {
        const isNew = !taken.has(sequence) && sequence > highest - 32;
        assert.equal(marks[index], isNew ? "." : "x", `${sequence} in ${sequences}`);
        if (isNew) taken.add(sequence);
        highest = Math.max(highest, sequence);
      }
    }),
  ));
