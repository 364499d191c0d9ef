import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type MenuSpot, stepInMenu } from "./menu-steps.ts";

const MENU = { seconds: [10, 20, 60], chosen: 1, faults: ["Black hole", "Trickle", "Tear", "503"] };

/** `s1` is the second of the seconds, `f0` the first of the faults. */
function read(spot: string): MenuSpot {
  return { part: spot.startsWith("s") ? "seconds" : "faults", index: Number(spot.slice(1)) };
}
function written(spot: MenuSpot | undefined): string {
  return spot === undefined ? "-" : `${spot.part.charAt(0)}${spot.index}`;
}

describe("stepInMenu()", () => {
  for (const [from, key, to] of [
    ["f0", "ArrowDown", "f1"],
    ["f3", "ArrowDown", "s1"],
    ["s0", "ArrowDown", "f0"],
    ["f1", "ArrowUp", "f0"],
    ["f0", "ArrowUp", "s1"],
    ["s2", "ArrowUp", "f3"],
    ["f2", "Home", "s1"],
    ["s1", "End", "f3"],
    ["s1", "ArrowRight", "s2"],
    ["s2", "ArrowRight", "s0"],
    ["s0", "ArrowLeft", "s2"],
    ["f0", "ArrowRight", "-"],
    ["f0", "ArrowLeft", "-"],
    ["f0", "t", "f1"],
    ["f1", "t", "f2"],
    ["f2", "T", "f1"],
    ["f1", "b", "f0"],
    ["s0", "b", "f0"],
    ["f0", "5", "f3"],
    ["f0", "x", "-"],
    ["f0", "Enter", "-"],
    ["f0", " ", "-"],
  ] as const) {
    test(`${from} ${key} → ${to}`, () =>
      assert.equal(written(stepInMenu(key, read(from), MENU)), to));
  }
});
