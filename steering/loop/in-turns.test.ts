import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurns } from "./in-turns.ts";

test("others have their turn between two pieces", async () => {
  const done: string[] = [];
  function* pieces() {
    for (const piece of ["one", "two", "three"]) {
      done.push(piece);
      // Whoever asks during a piece is answered after it.
      setImmediate(() => done.push(`answer after ${piece}`));
      yield;
    }
  }
  await inTurns(pieces());
  assert.deepEqual(done, [
    ...["one", "answer after one"],
    ...["two", "answer after two"],
    ...["three", "answer after three"],
  ]);
});

test("what is left once it is over stays undone", async () => {
  const done: string[] = [];
  function* pieces() {
    for (const piece of ["one", "two", "three"]) {
      done.push(piece);
      yield;
    }
  }
  await inTurns(pieces(), () => done.length === 2);
  assert.deepEqual(done, ["one", "two"]);
});

test("a piece that fails ends the job, and says so", async () => {
  const done: string[] = [];
  function* pieces() {
    yield done.push("one");
    throw new TypeError("no");
  }
  await assert.rejects(inTurns(pieces()), { message: "no" });
  assert.deepEqual(done, ["one"]);
});
