import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXAMPLE_STUDY } from "./example-study.rig.ts";
import { studyTable, writeCell } from "./study-table.ts";

describe("studyTable()", () => {
  const lines = studyTable(EXAMPLE_STUDY).split("\n");
  const at = (index: number) => lines[index] ?? "";

  test("begins with the study and its case", () =>
    assert.equal(at(0), "flash-crowd: 4 MiB objects · 1,000 clients"));
  test("has a row for each system, its figures below their heads", () => {
    assert.match(at(1), /^ {2}system +origin fetches +first byte, ms +late$/);
    assert.match(at(2), /^ {2}understudy +1 +34\.5 +1\.25 %$/);
    assert.match(at(3), /^ {2}nginx +1 +– +0\.00 %$/);
    assert.equal(new Set([at(1).length, at(2).length, at(3).length]).size, 1);
  });
  test("says what holds, what does not, and who is missing", () => {
    assert.equal(at(4), "  holds: one fetch for all");
    assert.equal(at(5), "  DOES NOT HOLD: nobody is late");
    assert.match(at(6), /^ {2}ats is not installed/);
  });
});

describe("writeCell()", () => {
  for (const [as, value, text] of [
    ["figure", 1_234.5, "1,235"],
    ["figure", -2.5, "-2.50"],
    ["share", 0.123456, "12.35 %"],
    ["count", 3.999, "4"],
    ["count", "second-hit", "second-hit"],
  ] as const) {
    test(`${value} as ${as} is ${text}`, () =>
      assert.equal(writeCell({ system: "a", x: value }, { figure: "x", title: "x", as }), text));
  }
});
