import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXAMPLE_POLICY, nodesOf } from "./any-fleet.rig.ts";
import { BANDS } from "./band.ts";
import { compileFleet } from "./compile-fleet.ts";
import type { RankedNode } from "./ranked-node.ts";
import { spareSick } from "./spare-sick.ts";

const POLICY = { ...EXAMPLE_POLICY, maxSickShare: 0.2 };

/** `a2 b4 c w` are nodes with grades of 0.2, 0.4 and, where none is written, 1; with `!` not our word alone. */
function fleet(marks: string, facts: Readonly<Record<string, Partial<RankedNode>>> = {}) {
  return marks.split(" ").flatMap((mark) => {
    const [node] = nodesOf(`${mark.charAt(0)}:east:U`);
    const tenths = Number.parseInt(mark.slice(1), 10);
    const grade = Number.isNaN(tenths) ? 1 : tenths / 10;
    return node === undefined
      ? []
      : { ...node, grade, isOurWordAlone: !mark.endsWith("!"), ...facts[node.id] };
  });
}
const spared = (...args: Parameters<typeof fleet>) =>
  [...spareSick(fleet(...args), POLICY)].toSorted().join("");

describe("spareSick()", () => {
  const WELL_SEVEN = "p q r s t u v";
  for (const [what, marks, expected] of [
    ["one of three", "a2 b c", ""],
    ["two of ten", `a2 b4 w ${WELL_SEVEN}`, ""],
    ["three of ten: the best of them is spared", `a2 b3 c4 ${WELL_SEVEN}`, "c"],
    ["two of three: the better one is spared", "a2 b4 c", "b"],
    ["equals are all spared", "a2 b2 c", "ab"],
    ["equals beside a worse one are, and the worse one is not", `a1 b3 c3 d4 ${WELL_SEVEN}`, "bcd"],
    ["all of a fleet that are equal", "a2 b2 c2 d2", "abcd"],
    ["what players say too is no judgement of ours", `a2! b2! c2! d2! ${WELL_SEVEN}`, ""],
    ["nor does it take the room of one that is", `a2! b2! c3 d4 ${WELL_SEVEN}`, ""],
  ] as const) {
    test(`${what}: ${expected === "" ? "nobody" : expected}`, () =>
      assert.equal(spared(marks), expected));
  }
  test("whoever is down by our judgement has a part of the share, and by a fact has none", () => {
    const marks = `a b c3 d4 ${WELL_SEVEN}`;
    const down = { state: "down" } as const;
    assert.equal(spared(marks), "");
    assert.equal(spared(marks, { a: down }), "d");
    assert.equal(spared(marks, { a: down, b: down }), "cd");
    const fact = { ...down, isOurWordAlone: false };
    assert.equal(spared(marks, { a: fact, b: fact }), "");
    assert.equal(spared(marks, { a: { override: "drain" }, b: { override: "exclude" } }), "");
  });
  test("who differs by less than a step is an equal", () =>
    assert.equal(spared("a b c", { a: { grade: 0.2 }, b: { grade: 0.21 } }), "ab"));
  test("whoever has gone is not there to share with", () => {
    const gone = { state: "gone" } as const;
    assert.equal(spared("a3 b4 c p q r s t u v"), "");
    assert.equal(spared("a3 b4 c p q r s t u v", { v: gone }), "b");
  });
  test("an operator's trust is not judged", () =>
    assert.equal(spared("a2 b4 c", { a: { override: "trust" } }), ""));
  test("a grade that is no number is the worst", () =>
    assert.equal(spared("a b4 c", { a: { grade: Number.NaN } }), "b"));
});

test("a fleet is compiled with the spared ones fit, or full, or on their ramp", () => {
  const nodes = fleet("a1 b3 c3 d3 w", { c: { isShedding: true }, d: { admittedShare: 0 } });
  const { bands, scores } = compileFleet(nodes, POLICY);
  assert.deepEqual(
    Array.from(bands, (band) => BANDS[band]),
    ["sick", "fit", "full", "trial", "fit"],
  );
  assert.ok((scores[1] ?? 0) < (scores[4] ?? 0), "with the points of its grade");
});
