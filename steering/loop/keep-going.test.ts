import assert from "node:assert/strict";
import { test } from "node:test";
import { keepGoing } from "./keep-going.ts";

function openRig() {
  const rig = { nowMs: 1 };
  const told: string[] = [];
  const attempt = keepGoing({
    now: () => rig.nowMs,
    onFailure: ({ step, error, failures }) => told.push(`${step} ${failures}: ${error}`),
  });
  return { rig, told, attempt };
}
const fail = () => {
  throw new TypeError("no");
};

test("what is done at once is done before it returns", () => {
  const { attempt } = openRig();
  const done: string[] = [];
  void attempt("one", () => done.push("one"));
  assert.deepEqual(done, ["one"]);
});
test("a step that fails is told of and keeps nobody from the next one", async () => {
  const { told, attempt } = openRig();
  const done: string[] = [];
  await attempt("one", fail);
  await attempt("two", () => done.push("two"));
  await attempt("three", () => Promise.reject(new TypeError("late")));
  assert.deepEqual(done, ["two"]);
  assert.deepEqual(told, ["one 1: TypeError: no", "three 1: TypeError: late"]);
});
test("one that fails in every turn is told of once a minute, with how often", async () => {
  const { rig, told, attempt } = openRig();
  for (let turn = 0; turn <= 600; turn += 1) {
    await attempt("one", fail);
    rig.nowMs += 100;
  }
  assert.deepEqual(told, ["one 1: TypeError: no", "one 600: TypeError: no"]);
});
