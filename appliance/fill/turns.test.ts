import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "./turns.ts";

async function rounds(names: readonly string[]): Promise<string[]> {
  const turns = new Turns(2);
  const taken: string[] = [];
  for (const name of names) {
    turns.add(() => taken.push(name), { hasGotNothing: name.startsWith("new") });
  }
  const seen: string[] = [];
  while (taken.length < names.length) {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(taken.join(" "));
  }
  return seen;
}

test("a few have their turn at a time, in the order in which they came", async () => {
  assert.deepEqual(await rounds(["a", "b", "c"]), ["a b", "a b c"]);
});

test("who has got nothing yet goes first", async () => {
  assert.deepEqual(await rounds(["a", "b", "new 1"]), ["new 1 a", "new 1 a b"]);
});

test("what is added in a turn waits for the next round", async () => {
  const turns = new Turns(10);
  const taken: string[] = [];
  turns.add(
    () => {
      taken.push("a");
      turns.add(() => taken.push("b"), { hasGotNothing: true });
    },
    { hasGotNothing: false },
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(taken, ["a"]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(taken, ["a", "b"]);
});
