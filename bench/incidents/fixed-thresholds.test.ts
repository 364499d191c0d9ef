import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drawCourse } from "./draw-course.ts";
import { alarmsOf, tuneThresholds } from "./fixed-thresholds.ts";
import { f1Of, scoreAlarms, sumScores } from "./score-alarms.ts";

const COURSES = ["a", "b"].map((seed) => drawCourse("sudden", seed, 4 * 3_600));
const [COURSE = assert.fail()] = COURSES;

describe("alarmsOf()", () => {
  const count = (limit: number, bad = 1, ofLast = 1) =>
    alarmsOf(COURSE, { limits: { "first-byte": limit }, patience: { bad, ofLast } }).length;

  test("rings where enough of the last samples were beyond the limit", () => {
    assert.equal(count(Number.POSITIVE_INFINITY), 0);
    assert.equal(count(-1), COURSE.slots * COURSE.nodes.length);
    const spikes = count(200);
    assert.ok(spikes > 0 && count(200, 3, 3) < spikes);
  });
  test("rings below the limit of a signal of which less is worse", () => {
    const limits = { "players-throughput": Number.POSITIVE_INFINITY };
    const patience = { bad: 1, ofLast: 1 };
    assert.ok(alarmsOf(COURSE, { limits, patience }).length > 0);
  });
  test("takes either signal, once, in order", () => {
    const patience = { bad: 1, ofLast: 1 };
    const one = { "first-byte": 200 };
    const other = { "probe-throughput": 20e6 };
    const both = alarmsOf(COURSE, { limits: { ...one, ...other }, patience });
    const each = [one, other].flatMap((limits) => [...alarmsOf(COURSE, { limits, patience })]);
    assert.deepEqual(
      [...both],
      [...new Set(each)].toSorted((a, b) => a - b),
    );
  });
});

test("tuneThresholds() finds no worse ones than a threshold for errors alone", () => {
  const patience = { bad: 2, ofLast: 3 };
  const f1 = (tuned: ReturnType<typeof tuneThresholds>) =>
    f1Of(sumScores(COURSES.map((course) => scoreAlarms(course, alarmsOf(course, tuned)))));
  const tuned = tuneThresholds(COURSES, patience);
  assert.deepEqual(tuned.patience, patience);
  assert.ok(f1(tuned) >= f1({ patience, limits: { "players-errors": 0.05 } }));
  assert.ok(f1(tuned) > 0.3);
});
