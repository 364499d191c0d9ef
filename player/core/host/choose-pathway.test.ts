import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { FailureReason } from "../../contract/player-events.ts";
import { type ChoiceContext, choosePathway, type RankedPathway } from "./choose-pathway.ts";
import { NEW_PATHWAY } from "./pathway-health.ts";

const well = (id: string): RankedPathway => ({ id, health: NEW_PATHWAY, isSpared: false });
const spared = (id: string): RankedPathway => ({ ...well(id), isSpared: true });
const avoided = (
  id: string,
  untilMs = 5_000,
  reason: FailureReason = "refused",
): RankedPathway => ({
  id,
  isSpared: false,
  health: {
    state: "avoided",
    reason,
    slowBytesPerSecond: undefined,
    sinceMs: 1,
    untilMs,
    failuresInRow: 1,
    goodProbes: 0,
    goodSinceMs: undefined,
    dwellMs: 3_000,
    rampMs: 0,
    firstByteMs: undefined,
  },
});

const CONTEXT: ChoiceContext = {
  current: "a",
  tried: new Set(),
  lastMoveMs: undefined,
  dwellMs: 3_000,
};
const choose = (ranked: RankedPathway[], context: Partial<ChoiceContext> = {}, nowMs = 10_000) =>
  choosePathway(ranked, { ...CONTEXT, ...context }, nowMs);

describe("choosePathway()", () => {
  test("starts on the first that is well", () =>
    assert.deepEqual(choose([avoided("a"), well("b")], { current: undefined }), {
      id: "b",
      reason: "first-choice",
    }));
  test("stays while the current one is the best", () =>
    assert.deepEqual(choose([well("a"), well("b")]), { id: "a", reason: "stays" }));
  test("leaves an avoided pathway for the best that is well", () =>
    assert.deepEqual(choose([avoided("a"), well("b"), well("c")]), {
      id: "b",
      reason: "fails-over",
    }));
  test("leaves a pathway that this request has tried", () =>
    assert.deepEqual(choose([well("a"), well("b")], { tried: new Set(["a"]) }), {
      id: "b",
      reason: "fails-over",
    }));
  test("moves when steering prefers another", () =>
    assert.deepEqual(choose([well("b"), well("a")]), { id: "b", reason: "moves" }));
  test("does not move within the dwell", () =>
    assert.deepEqual(choose([well("b"), well("a")], { lastMoveMs: 7_001 }), {
      id: "a",
      reason: "stays",
    }));
  test("moves again once the dwell is over", () =>
    assert.equal(choose([well("b"), well("a")], { lastMoveMs: 7_000 })?.id, "b"));
  test("the dwell never holds anybody on a failed pathway", () =>
    assert.equal(choose([avoided("a"), well("b")], { lastMoveMs: 9_999 })?.id, "b"));
  test("leaves a pathway that is to be spared", () =>
    assert.deepEqual(choose([spared("a"), well("b")]), { id: "b", reason: "spares" }));
  test("within the dwell not even that one", () =>
    assert.equal(choose([spared("a"), well("b")], { lastMoveMs: 7_001 })?.reason, "stays"));
  test("does not go to one that is to be spared, whatever the order", () =>
    assert.deepEqual(choose([spared("b"), well("a")]), { id: "a", reason: "stays" }));
  test("asks it where nobody else is well", () =>
    assert.deepEqual(choose([avoided("a"), spared("b")]), { id: "b", reason: "fails-over" }));
  test("stays where all are to be spared", () =>
    assert.deepEqual(choose([spared("b"), spared("a")]), { id: "a", reason: "stays" }));
  test("when nothing is well, asks the one whose time is up soonest", () =>
    assert.deepEqual(choose([avoided("a", 9_000), avoided("b", 4_000)]), {
      id: "b",
      reason: "last-resort",
    }));
  test("asks one that is only slow before one that does not serve at all", () =>
    assert.equal(choose([avoided("a", 4_000), avoided("b", 60_000, "too-slow")])?.id, "b"));
  test("knows nobody else once all have been tried", () =>
    assert.equal(choose([well("a")], { tried: new Set(["a"]) }), undefined));
});

test("a request asks every pathway exactly once before it gives up", () => {
  const pathways = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
  fc.assert(
    fc.property(pathways, fc.array(fc.boolean()), (ids, marks) => {
      const ranked = ids.map((id, index) => (marks[index] === true ? well(id) : avoided(id)));
      const tried = new Set<string>();
      for (let next = choose(ranked, { tried }); next; next = choose(ranked, { tried })) {
        assert.ok(!tried.has(next.id));
        tried.add(next.id);
      }
      assert.deepEqual([...tried].toSorted(), ids.toSorted());
    }),
  );
});
