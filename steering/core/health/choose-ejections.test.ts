import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chooseEjections } from "./choose-ejections.ts";

/** `a3 b5` are candidates with so many bad probes in a row; `a3+` has more evidence against it. */
function ejected(candidates: string, fleetSize: number, maxShare = 0.2): string {
  const list = candidates.split(" ").map((mark) => ({
    id: mark.slice(0, 1),
    badProbesInRow: Number.parseInt(mark.slice(1), 10),
    evidence: mark.endsWith("+") ? 1.3 : 1,
  }));
  return chooseEjections(list, { fleetSize, policy: { maxShare } }).join("");
}

describe("chooseEjections()", () => {
  test("takes one at least, however small the fleet", () => assert.equal(ejected("a2", 2), "a"));
  test("takes no more than the share", () => assert.equal(ejected("a2 b2 c2 d2", 10), "ab"));
  test("rounds the share down", () => assert.equal(ejected("a2 b2 c2", 9), "a"));
  test("takes the worst first", () => assert.equal(ejected("a2 b5 c3", 10), "bc"));
  test("evidence comes before the row of bad probes", () =>
    assert.equal(ejected("a2 b5 c3+", 10), "cb"));
  test("takes nobody without a candidate", () =>
    assert.deepEqual(chooseEjections([], { fleetSize: 9, policy: { maxShare: 1 } }), []));
});
