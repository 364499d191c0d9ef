import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HEALTH_PROFILES } from "../../steering/core/health/health-policy.ts";
import { drawCourse } from "./draw-course.ts";
import { recallOf, scoreAlarms } from "./score-alarms.ts";
import { watchCourse } from "./watch-course.ts";

const POLICY = HEALTH_PROFILES.production;

describe("watchCourse()", () => {
  test("notices most of what jumps, and accuses hardly anybody else", async () => {
    const course = drawCourse("sudden", "watch", 3 * 3_600);
    const score = scoreAlarms(
      course,
      await watchCourse(course, POLICY, AbortSignal.timeout(60_000)),
    );
    assert.ok(recallOf(score) > 0.7);
    assert.ok(score.falseAlarms <= 2);
  });
  test("stops when it is asked to", () =>
    assert.rejects(watchCourse(drawCourse("sudden", "stop", 7_200), POLICY, AbortSignal.abort()), {
      name: "AbortError",
    }));
});
