import assert from "node:assert/strict";
import { test } from "node:test";
import { countWantedTitles } from "./wanted-titles.ts";

function openRig() {
  const rig = { nowMs: 1 };
  const wanted = countWantedTitles({ maxTitles: 2, halfLifeMs: 1_000 }, () => rig.nowMs);
  const counts = () => Object.fromEntries(wanted.list().map(({ title, asks }) => [title, asks]));
  return { rig, wanted, counts };
}

test("what is asked for is counted", () => {
  const { wanted, counts } = openRig();
  for (const title of ["a", "b", "a"]) wanted.noteAsked(title);
  assert.deepEqual(counts(), { a: 2, b: 1 });
});
test("what was asked for a while ago counts less", () => {
  const { rig, wanted, counts } = openRig();
  for (let ask = 0; ask < 8; ask += 1) wanted.noteAsked("a");
  rig.nowMs += 2_500;
  wanted.noteAsked("b");
  assert.deepEqual(counts()["a"], 2);
});
test("of many titles those asked for last are remembered", () => {
  const { wanted, counts } = openRig();
  for (const title of ["a", "b", "c"]) wanted.noteAsked(title);
  assert.deepEqual(Object.keys(counts()).sort(), ["b", "c"]);
});
test("the most wanted come first, and a list is good for a second", () => {
  const { rig, wanted } = openRig();
  for (const title of ["a", "b", "b"]) wanted.noteAsked(title);
  const list = wanted.list();
  assert.deepEqual(
    list.map(({ title }) => title),
    ["b", "a"],
  );
  for (let ask = 0; ask < 5; ask += 1) wanted.noteAsked("a");
  rig.nowMs += 999;
  assert.equal(wanted.list(), list, "a whole region that comes back has it sorted once");
  rig.nowMs += 1;
  assert.deepEqual(
    wanted.list().map(({ title }) => title),
    ["a", "b"],
  );
});
