import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { closeAnswer, DRY, type Flow, forgetPace, openAnswer, paceOf, takeBytes } from "./flow.ts";

const WINDOW_MS = 1_000;
const STEP_MS = 100;

/** One mark a tenth of a second: `(` an answer opens, `)` one ends, a digit: so many kB; `.` nothing. */
function flowAfter(marks: string, flow: Flow = DRY, fromMs = 0): Flow {
  return Array.from(marks).reduce((before, mark, index) => {
    const nowMs = fromMs + index * STEP_MS;
    if (mark === "(") return openAnswer(before, nowMs, WINDOW_MS);
    if (mark === ")") return closeAnswer(before, nowMs, WINDOW_MS);
    if (mark === ".") return before;
    return takeBytes(before, Number(mark) * 1_000, nowMs, WINDOW_MS);
  }, flow);
}

/** Kilobytes per second and the receiving time, at the end of the marks. */
function paceAfter(marks: string): readonly [number, number] {
  const { bytesPerSecond, overMs } = paceOf(flowAfter(marks), marks.length * STEP_MS, WINDOW_MS);
  return [Math.round(bytesPerSecond / 1_000), overMs];
}

describe("a host's pace", () => {
  for (const [rule, marks, pace] of [
    ["is its bytes over the time of receiving", "(5.5.", [20, 500]],
    ["does not count the time between answers", "(55)......(55)", [33, 600]],
    ["counts the time of answers that overlap once", "((5555))", [29, 700]],
    ["goes on counting while nothing comes", "(9........", [9, 1_000]],
    ["forgets what is older than the window", "(999911111111111", [9, 1_000]],
    ["is nothing before anything came", "..", [0, 0]],
  ] as const) {
    test(`${rule}: ${marks}`, () => assert.deepEqual(paceAfter(marks), pace));
  }

  test("is not known of what it was once it is forgotten, but goes on", () => {
    const forgotten = forgetPace(flowAfter("(9999"), 500);
    assert.equal(paceOf(forgotten, 500, WINDOW_MS).bytes, 0);
    const later = flowAfter("11", forgotten, 600);
    assert.deepEqual(paceOf(later, 800, WINDOW_MS).overMs, 300);
  });

  test("over a part of the window is that of the newest bytes", () => {
    const flow = flowAfter("(9999111111");
    assert.ok(paceOf(flow, 1_000, WINDOW_MS / 2).bytesPerSecond <= 12_000);
  });

  test("does not take a long wait together with what came before it", () => {
    const quick = takeBytes(openAnswer(DRY, 0, WINDOW_MS), 500_000, 30, WINDOW_MS);
    const trickle = takeBytes(quick, 4_000, 530, WINDOW_MS);
    assert.equal(paceOf(trickle, 530, WINDOW_MS / 2).bytesPerSecond, 8_000);
  });

  test("never holds more than the window needs", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("(", ")", ".", "1", "9"), { maxLength: 300 }),
        (marks) => {
          const { slices } = flowAfter(marks.join(""));
          assert.ok(slices.length <= (2 * WINDOW_MS) / STEP_MS + 2, `${slices.length} slices`);
        },
      ),
    ));
});
