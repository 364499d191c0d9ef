import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { placeMenu } from "./menu-place.ts";

const SCREEN = { width: 1_000, height: 800 };
const MENU = { width: 320, height: 300 };
const opener = (left: number, top: number) => ({ left, top, width: 80, height: 40 });

describe("placeMenu()", () => {
  for (const [rule, button, menu, place] of [
    ["below, right edges in line", opener(600, 100), MENU, { left: 360, top: 144 }],
    ["below, if it fits exactly", opener(600, 448), MENU, { left: 360, top: 492 }],
    ["above, if it does not fit below", opener(600, 449), MENU, { left: 360, top: 145 }],
    ["within the left edge", opener(20, 100), MENU, { left: 8, top: 144 }],
    ["within the right edge", opener(960, 100), MENU, { left: 672, top: 144 }],
    [
      "where there is more room, if it fits nowhere",
      opener(600, 500),
      { width: 320, height: 900 },
      { left: 360, top: 96 },
    ],
  ] as const) {
    test(rule, () => {
      const { left, top } = placeMenu(button, menu, SCREEN);
      assert.deepEqual({ left, top }, place);
    });
  }
  test("leaves half of the window free where it opens upwards", () => {
    const tall = { width: 320, height: 900 };
    assert.equal(placeMenu(opener(600, 700), tall, SCREEN).maxHeight, 400);
    assert.equal(placeMenu(opener(600, 300), tall, SCREEN).maxHeight, 448);
  });
  test("never taller than its room", () => {
    assert.equal(placeMenu(opener(600, 100), MENU, SCREEN).maxHeight, 648);
    assert.equal(placeMenu(opener(600, 350), MENU, { ...SCREEN, height: 500 }).maxHeight, 250);
  });
});
