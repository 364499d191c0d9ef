import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ribbonWindow, shareOfWindow, spansInWindow } from "./ribbon-window.ts";

const span = (startSeconds: number, endSeconds: number) => ({
  startSeconds,
  endSeconds,
  pathway: "a",
  resumedOn: undefined,
});

describe("ribbonWindow()", () => {
  test("shows all of a film, wherever it is played", () =>
    assert.deepEqual(ribbonWindow(30, 64), { fromSeconds: 0, toSeconds: 64 }));
  test("runs along with what is live", () => {
    assert.deepEqual(ribbonWindow(100, undefined), { fromSeconds: 55, toSeconds: 115 });
    assert.deepEqual(ribbonWindow(101, undefined), { fromSeconds: 56, toSeconds: 116 });
  });
});

describe("shareOfWindow()", () => {
  for (const [seconds, share] of [
    [55, 0],
    [85, 0.5],
    [115, 1],
    [40, -0.25],
    [130, 1.25],
  ] as const) {
    test(`${seconds} s of 55 to 115 s: ${share}`, () =>
      assert.equal(shareOfWindow(seconds, ribbonWindow(100, undefined)), share));
  }
  test("a film of unknown length has everything at its beginning", () =>
    assert.equal(shareOfWindow(5, ribbonWindow(5, 0)), 0));
});

describe("spansInWindow()", () => {
  const view = ribbonWindow(100, undefined);
  for (const [rule, one, isSeen] of [
    ["what has left is not drawn", span(40, 55), false],
    ["what is leaving is", span(40, 56), true],
    ["what is in it is", span(60, 62), true],
    ["what is coming is", span(114, 116), true],
    ["what is to come later is not", span(115, 117), false],
  ] as const) {
    test(rule, () => assert.equal(spansInWindow([one], view).length, isSeen ? 1 : 0));
  }
  test("a film shows all that it has got", () =>
    assert.equal(spansInWindow([span(0, 2), span(62, 64)], ribbonWindow(1, 64)).length, 2));
});
