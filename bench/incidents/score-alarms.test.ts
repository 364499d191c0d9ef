import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Course, drawCourse, SLOT_SECONDS } from "./draw-course.ts";
import type { Incident } from "./draw-incidents.ts";
import {
  type AlarmScore,
  f1Of,
  precisionOf,
  recallOf,
  scoreAlarms,
  sumScores,
} from "./score-alarms.ts";

const EMPTY = drawCourse("sudden", "none", 7_200);
const [SOME = assert.fail("no incident")] = EMPTY.incidents;
const incident = (node: number, fromSlot: number, untilSlot: number): Incident => ({
  ...SOME,
  node,
  fromSecond: fromSlot * SLOT_SECONDS,
  untilSecond: untilSlot * SLOT_SECONDS,
});
/** Node 0 is ill in slots 100 to 119, node 1 in slots 500 to 519. */
const COURSE: Course = { ...EMPTY, incidents: [incident(0, 100, 120), incident(1, 500, 520)] };

/** Alarms of a node ring from one slot to before another. */
function scoreOf(...alarms: readonly (readonly [node: number, from: number, until: number])[]) {
  const at = alarms.flatMap(([node, from, until]) =>
    Array.from({ length: until - from }, (_, index) => node * COURSE.slots + from + index),
  );
  return scoreAlarms(COURSE, Int32Array.from(at).sort());
}
const counts = ({ detected, falseAlarms }: AlarmScore) => `${detected} right, ${falseAlarms} false`;

describe("scoreAlarms()", () => {
  for (const [what, alarms, expected] of [
    ["silence", [], "0 right, 0 false"],
    ["an alarm while it lasts", [[0, 105, 110]], "1 right, 0 false"],
    ["an alarm of another node", [[2, 105, 110]], "0 right, 1 false"],
    ["an alarm that rang before", [[0, 50, 115]], "0 right, 1 false"],
    ["an alarm for ever", [[0, 0, 1_440]], "0 right, 1 false"],
    ["one in its last slot", [[0, 119, 130]], "1 right, 0 false"],
    ["one in the moment after it", [[0, 121, 125]], "0 right, 0 false"],
    ["one long after it", [[0, 160, 170]], "0 right, 1 false"],
    [
      "a short pause",
      [
        [2, 10, 15],
        [2, 20, 25],
      ],
      "0 right, 1 false",
    ],
    [
      "a long pause",
      [
        [2, 10, 15],
        [2, 40, 45],
      ],
      "0 right, 2 false",
    ],
    [
      "two alarms in one incident",
      [
        [0, 101, 102],
        [0, 116, 118],
      ],
      "1 right, 0 false",
    ],
    [
      "the last alarm of one node and the first of the next",
      [
        [2, 1_439, 1_440],
        [3, 0, 1],
      ],
      "0 right, 2 false",
    ],
    [
      "both found",
      [
        [0, 105, 106],
        [1, 505, 506],
      ],
      "2 right, 0 false",
    ],
  ] as const) {
    test(`${what}: ${expected}`, () => assert.equal(counts(scoreOf(...alarms)), expected));
  }
  test("time is counted from the begin of the incident to the end of the slot", () =>
    assert.deepEqual(scoreOf([0, 100, 101], [1, 504, 505]).secondsToDetect, [5, 25]));
  test("nothing is wrong with nothing said", () => {
    assert.equal(precisionOf(scoreOf()), 1);
    assert.equal(recallOf(scoreOf()), 0);
    assert.equal(f1Of(scoreOf()), 0);
  });
  test("precision, recall and F1 are what they are called", () => {
    const score = scoreOf([0, 105, 106], [2, 10, 11], [2, 900, 901]);
    assert.equal(precisionOf(score), 1 / 3);
    assert.equal(recallOf(score), 1 / 2);
    assert.ok(Math.abs(f1Of(score) - 0.4) < 1e-9);
  });
  test("scores add up", () => {
    const sum = sumScores([scoreOf([0, 105, 106]), scoreOf([2, 10, 11])]);
    assert.equal(counts(sum), "1 right, 1 false");
    assert.equal(sum.incidents, 4);
    assert.equal(sum.nodeDays, 2);
  });
});
