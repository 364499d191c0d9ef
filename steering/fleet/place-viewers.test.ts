import assert from "node:assert/strict";
import { test } from "node:test";
import { NEWCOMER, WELL } from "../core/ranking/any-fleet.rig.ts";
import { RANKING_POLICY } from "../core/ranking/ranking-policy.ts";
import { placeViewers } from "./place-viewers.ts";
import { openRankingBoard } from "./ranking-board.ts";

function openRig() {
  const rig = { nowMs: 1 };
  const now = () => rig.nowMs;
  const placing = placeViewers({
    board: openRankingBoard({
      nodes: () => ["a", "b"].map((id) => ({ ...WELL, id, viewers: placing.viewersOn(id) })),
      ranking: RANKING_POLICY,
      policy: { settleMs: 0, calmShare: 1, urgentShare: 1 },
      now,
    }),
    policy: { windowMs: 2_000, buckets: 8 },
    now,
  });
  const note = (sessionId: string, to: string, from?: string, ttlMs = 2_000) =>
    placing.notePlacement({ sessionId, from, to, ttlMs });
  const pass = (ms: number) => {
    rig.nowMs += ms;
  };
  return { placing, note, pass };
}

test("each session is a viewer where its manifest sent it", () => {
  const { placing, note } = openRig();
  for (const session of ["1", "2", "3"]) note(session, "a");
  note("4", "b");
  assert.deepEqual(["a", "b"].map(placing.viewersOn), [3, 1]);
});
test("one that asks ten times as often as it was told is still one", () => {
  const { placing, note, pass } = openRig();
  for (let ask = 0; ask < 40; ask += 1) {
    note("1", "a", "a");
    pass(200);
  }
  assert.ok(placing.viewersOn("a") < 1.5, `${placing.viewersOn("a")}`);
  assert.ok(placing.viewersOn("a") > 0.5);
});
test("one that has just begun counts for as long as its first manifest says", () => {
  const { placing, note, pass } = openRig();
  note("1", "a", undefined, 500);
  pass(100);
  note("1", "a", "a");
  pass(1_000);
  const viewers = placing.viewersOn("a");
  assert.ok(viewers >= 1 && viewers < 1.1, `${viewers}`);
});
test("one that has itself sent to and fro a thousand times is still one", () => {
  const { placing, note, pass } = openRig();
  for (let ask = 0; ask < 1_000; ask += 1) {
    const [to, from] = ask % 2 === 0 ? ["a", "b"] : ["b", "a"];
    note("1", to ?? "", from);
    pass(2);
  }
  const viewers = placing.viewersOn("a") + placing.viewersOn("b");
  assert.ok(viewers > 0.5 && viewers < 2.1, `${viewers}`);
});
test("one that asks no more is gone after its time to live", () => {
  const { placing, note, pass } = openRig();
  note("1", "a");
  pass(2_500);
  assert.equal(placing.viewersOn("a"), 0);
});
test("where one was counted is known as long as it counts", () => {
  const { placing, note, pass } = openRig();
  assert.equal(placing.placeOf("1"), undefined);
  note("1", "a");
  assert.equal(placing.placeOf("1"), "a");
  pass(1_999);
  note("1", "b", "a");
  assert.equal(placing.placeOf("1"), "b");
  pass(2_000);
  assert.equal(placing.placeOf("1"), undefined);
});
test("one that is sent elsewhere is counted there at once", () => {
  const { placing, note, pass } = openRig();
  note("1", "a");
  pass(100);
  note("1", "b", "a");
  assert.equal(placing.viewersOn("b"), 1);
  assert.ok(placing.viewersOn("a") < 0.1, "and no more where it was");
});
test("a crowd of newcomers is spread before the next compilation", () => {
  const { placing, note } = openRig();
  const firsts = new Map<string, number>();
  for (let viewer = 0; viewer < 40; viewer += 1) {
    const sessionId = `s-${viewer}`;
    const to = placing.rank({ ...NEWCOMER, sessionId }).places[0]?.id ?? assert.fail();
    firsts.set(to, (firsts.get(to) ?? 0) + 1);
    note(sessionId, to);
  }
  assert.ok(Math.max(...firsts.values()) <= 25, JSON.stringify([...firsts]));
});
