import assert from "node:assert/strict";
import { test } from "node:test";
import { WELL } from "../core/ranking/any-fleet.rig.ts";
import { RANKING_POLICY } from "../core/ranking/ranking-policy.ts";
import { openRankingBoard } from "./ranking-board.ts";

/** A clock that each compilation moves on by what it costs. */
function openRig(costMs: number) {
  const rig = { nowMs: 1, compilations: 0 };
  const board = openRankingBoard({
    nodes: () => {
      rig.compilations += 1;
      rig.nowMs += costMs;
      return [{ ...WELL, id: "a" }];
    },
    ranking: RANKING_POLICY,
    policy: { settleMs: 250, calmShare: 0.05, urgentShare: 0.25 },
    now: () => rig.nowMs,
  });
  /** How often it compiles while it is asked every 10 ms with such a change before each. */
  const compilationsOver = (ms: number, change: "calm" | "urgent" | undefined): number => {
    board.current();
    const before = rig.compilations;
    for (const end = rig.nowMs + ms; rig.nowMs < end; rig.nowMs += 10) {
      if (change !== undefined) board.noteChange(change);
      board.current();
    }
    return rig.compilations - before;
  };
  return { rig, board, compilationsOver };
}

test("nothing changed, nothing compiled", () =>
  assert.equal(openRig(1).compilationsOver(5_000, undefined), 0));
test("an urgent change is in the next ranking", () => {
  const { rig, board } = openRig(0);
  board.current();
  board.noteChange("urgent");
  board.current();
  assert.equal(rig.compilations, 2);
});
test("a calm one waits, and comes along with an urgent one", () => {
  const { rig, board } = openRig(0);
  board.current();
  board.noteChange("calm");
  board.current();
  assert.equal(rig.compilations, 1);
  board.noteChange("urgent");
  board.noteChange("calm");
  board.current();
  assert.equal(rig.compilations, 2);
});
test("however much changes, a small fleet compiles a few times a second", () =>
  assert.equal(openRig(1).compilationsOver(1_000, "calm"), 3));
test("and a large one takes a twentieth of the time", () => {
  const compilations = openRig(50).compilationsOver(20_000, "calm");
  assert.ok(compilations >= 18 && compilations <= 20, `${compilations}`);
});
test("a storm of urgent changes takes a quarter of it at most", () => {
  const compilations = openRig(50).compilationsOver(20_000, "urgent");
  assert.ok(compilations >= 70 && compilations <= 100, `${compilations}`);
});
