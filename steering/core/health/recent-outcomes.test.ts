import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { badAmong, MOST_OUTCOMES, NO_OUTCOMES, noteOutcome } from "./recent-outcomes.ts";

function badAfter(marks: string, ofLast: number): number {
  let recent = NO_OUTCOMES;
  for (const mark of marks) recent = noteOutcome(recent, mark === "x", ofLast);
  return badAmong(recent);
}

describe("badAmong()", () => {
  for (const [marks, ofLast, bad] of [
    ["", 3, 0],
    ["x.x", 3, 2],
    ["x...", 3, 0],
    ["xxxx", 3, 3],
    ["xxxx", 1, 1],
  ] as const) {
    test(`${bad} of the last ${ofLast} of "${marks}"`, () =>
      assert.equal(badAfter(marks, ofLast), bad));
  }
  test("counts as a list would", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(".", "x"), { maxLength: 80 }),
        fc.integer({ min: 1, max: 50 }),
        (marks, ofLast) => {
          const last = marks.slice(-Math.min(ofLast, MOST_OUTCOMES));
          const expected = last.filter((mark) => mark === "x").length;
          assert.equal(badAfter(marks.join(""), ofLast), expected);
        },
      ),
    ));
});

test("knows how many it has seen, up to as many as it remembers", () => {
  const two = noteOutcome(noteOutcome(NO_OUTCOMES, true, 3), false, 3);
  assert.equal(two.seen, 2);
  assert.equal(noteOutcome(noteOutcome(two, true, 3), true, 3).seen, 3);
});
