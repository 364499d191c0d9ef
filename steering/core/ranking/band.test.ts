import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXAMPLE_POLICY, WELL } from "./any-fleet.rig.ts";
import { BANDS, bandInFailOpen, bandOf, DOWN, GONE, isFailOpen } from "./band.ts";
import type { RankedNode } from "./ranked-node.ts";

const node = (facts: Partial<RankedNode>): RankedNode => ({ ...WELL, id: "a", ...facts });
const bandName = (facts: Partial<RankedNode>) => BANDS[bandOf(node(facts), EXAMPLE_POLICY)];

describe("bandOf()", () => {
  const CASES: readonly (readonly [facts: Partial<RankedNode>, band: string])[] = [
    [{}, "fit"],
    [{ grade: 0.5 }, "fit"],
    [{ grade: 0.499 }, "sick"],
    [{ grade: Number.NaN }, "sick"],
    [{ load: 0.899 }, "fit"],
    [{ load: 0.9 }, "full"],
    [{ isShedding: true }, "full"],
    [{ admittedShare: 0.01 }, "fit"],
    [{ admittedShare: 0 }, "trial"],
    [{ state: "recovering" }, "trial"],
    [{ state: "recovering", grade: 0.2 }, "trial"],
    [{ state: "draining" }, "draining"],
    [{ state: "down" }, "down"],
    [{ state: "gone" }, "gone"],
    [{ override: "drain" }, "draining"],
    [{ override: "drain", state: "down" }, "down"],
    [{ override: "exclude" }, "down"],
    [{ override: "exclude", state: "gone" }, "gone"],
    [{ override: "prefer", grade: 0.1 }, "sick"],
    [{ override: "trust", grade: 0.1, admittedShare: 0 }, "fit"],
    [{ override: "trust", state: "recovering" }, "fit"],
    [{ override: "trust", isShedding: true }, "full"],
    [{ override: "trust", state: "draining" }, "draining"],
    [{ override: "trust", state: "down" }, "down"],
  ];
  for (const [facts, band] of CASES) {
    test(`${JSON.stringify(facts)} is ${band}`, () => assert.equal(bandName(facts), band));
  }
});

test("fails open when nobody may take viewers, and not because all are sick or full", () => {
  assert.equal(isFailOpen([node({ state: "down" }), node({ override: "drain" })]), true);
  assert.equal(isFailOpen([node({ state: "down" }), node({ grade: 0 })]), false);
  assert.equal(isFailOpen([node({ isShedding: true })]), false);
  assert.equal(isFailOpen([]), true);
});
test("in fail-open who is gone counts as who is down", () => {
  assert.equal(bandInFailOpen(GONE), DOWN);
  assert.equal(bandInFailOpen(DOWN), DOWN);
  assert.equal(bandInFailOpen(DOWN - 1), DOWN - 1);
});
