import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LoopStep, turnLoop } from "./turn-loop.ts";

/** Each step writes its letter; `!` after one says that it fails. */
function loopOf(steps: readonly LoopStep[], questions: readonly LoopStep[] = []) {
  const failed: string[] = [];
  let isOver = false;
  const turn = turnLoop({
    steps,
    questions,
    isOver: () => isOver,
    now: () => 1,
    onFailure: ({ step }) => failed.push(step),
  });
  return { turn, failed, end: () => (isOver = true) };
}

describe("turnLoop()", () => {
  test("does the steps one after the other", async () => {
    const done: string[] = [];
    const slow = Promise.withResolvers<void>();
    const { turn } = loopOf([
      { name: "a", work: () => slow.promise.then(() => done.push("a")) },
      { name: "b", work: () => done.push("b") },
    ]);
    const turned = turn(1);
    slow.resolve();
    await turned;
    assert.deepEqual(done, ["a", "b"]);
  });
  test("begins all questions before it awaits an answer", async () => {
    const answer = Promise.withResolvers<void>();
    const { turn } = loopOf(
      [],
      [
        { name: "a", work: () => answer.promise },
        { name: "b", work: () => answer.resolve() },
      ],
    );
    await turn(1);
  });
  test("does the others though one fails, and tells of it", async () => {
    const done: string[] = [];
    const { turn, failed } = loopOf([
      { name: "a", work: () => Promise.reject(new RangeError("no")) },
      { name: "b", work: () => done.push("b") },
    ]);
    await turn(1);
    assert.deepEqual([done, failed], [["b"], ["a"]]);
  });
  test("does a step as often as it says, others with each turn", async () => {
    const done: string[] = [];
    const { turn } = loopOf([
      { name: "a", everyMs: 1_000, work: (nowMs) => done.push(`a${nowMs}`) },
      { name: "b", work: (nowMs) => done.push(`b${nowMs}`) },
    ]);
    for (const nowMs of [1, 1_000, 1_001]) await turn(nowMs);
    assert.deepEqual(done, ["a1", "b1", "b1000", "a1001", "b1001"]);
  });
  test("leaves undone what is left when it is over", async () => {
    const done: string[] = [];
    const loop = loopOf([
      { name: "a", work: () => loop.end() },
      { name: "b", work: () => done.push("b") },
    ]);
    await loop.turn(1);
    assert.deepEqual(done, []);
  });
});
