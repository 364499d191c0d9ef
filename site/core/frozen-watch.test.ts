import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { beginWatch, frozenInAllMs, frozenNowMs, lookAt } from "./frozen-watch.ts";

/** One look every 250 ms: `>` the picture has moved, `=` it has not, `.` it is at rest. */
function watched(looks: string) {
  let watch = beginWatch(0);
  let timeSeconds = 0;
  Array.from(looks).forEach((mark, index) => {
    if (mark === ">") timeSeconds += 0.25;
    watch = lookAt(watch, { timeSeconds, isAtRest: mark === "." }, index * 250);
  });
  return { nowMs: frozenNowMs(watch), inAllMs: frozenInAllMs(watch) };
}

describe("a picture that is looked at", () => {
  for (const [rule, looks, nowMs, inAllMs] of [
    ["that moves is not frozen", ">>>>", 0, 0],
    ["may skip a look unnoticed", ">>=>", 0, 0],
    ["stands still from half a second on", ">==", 500, 500],
    ["has stood still since it last moved", ">====", 1_000, 1_000],
    ["is over it when it moves", ">====>>", 0, 1_000],
    ["adds up what is over and what is now", ">====>==", 500, 1_500],
    ["is not frozen while it is paused", ">......", 0, 0],
    ["is not frozen before it has begun", "....>>", 0, 0],
    ["begins to freeze anew after a pause", ">==..==", 500, 1_000],
  ] as const) {
    test(`${rule}: ${looks}`, () => assert.deepEqual(watched(looks), { nowMs, inAllMs }));
  }
});
