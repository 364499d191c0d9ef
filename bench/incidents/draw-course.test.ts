import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SIGNAL_NAMES, type SignalName } from "../../steering/core/health/health-signals.ts";
import { median } from "../core/summarise-rounds.ts";
import { type Course, drawCourse, SLOT_SECONDS } from "./draw-course.ts";
import { FAMILIES, type Incident } from "./draw-incidents.ts";

const HOURS = 3_600;

/** What was measured of a node in these seconds. */
function measured(course: Course, name: SignalName, node: number, [from, until]: [number, number]) {
  const values: number[] = [];
  for (let slot = Math.floor(from / SLOT_SECONDS); slot < until / SLOT_SECONDS; slot += 1) {
    const value = course.signals[name][slot * course.nodes.length + node] ?? Number.NaN;
    if (!Number.isNaN(value)) values.push(value);
  }
  return values;
}

describe("drawCourse()", () => {
  for (const family of FAMILIES) {
    test(`${family}: the same seed draws the same course, another one another`, () => {
      assert.deepEqual(drawCourse(family, "a", HOURS * 3), drawCourse(family, "a", HOURS * 3));
      assert.notDeepEqual(drawCourse(family, "a", HOURS * 3), drawCourse(family, "b", HOURS * 3));
    });
  }
  const course = drawCourse("sudden", "a", 6 * HOURS);

  test("what is measured can be measured", () => {
    for (const name of SIGNAL_NAMES) {
      for (const value of course.signals[name]) {
        assert.ok(Number.isNaN(value) || (value >= 0 && Number.isFinite(value)));
      }
    }
  });
  test("heartbeats come half as often as probes", () => {
    const whole: [number, number] = [0, 6 * HOURS];
    const beats = measured(course, "egress", 0, whole).length;
    const probes = measured(course, "first-byte", 0, whole).length;
    assert.ok(Math.abs(beats - probes / 2) < probes / 50);
  });
  test("of a node that restarts nothing is measured", () => {
    assert.ok(course.isUp.includes(0));
    for (const [at, isUp] of course.isUp.entries()) {
      assert.equal(Number.isNaN(course.signals["first-byte"][at] ?? 0), isUp === 0);
    }
  });
  test("an incident shows in the signals of its node, and in no other's", () => {
    const told: Readonly<Record<string, SignalName>> = {
      "latency step": "first-byte",
      "throughput collapse": "probe-throughput",
      "error burst": "players-errors",
      "egress drop": "egress",
    };
    const change = (node: number, { kind, fromSecond }: Incident) => {
      const name = told[kind] ?? assert.fail(kind);
      const before = median(measured(course, name, node, [fromSecond - 120, fromSecond]));
      const during = median(measured(course, name, node, [fromSecond + 30, fromSecond + 120]));
      return Math.abs(Math.log((during + 1e-3) / (before + 1e-3)));
    };
    const ill = course.incidents.map((incident) => change(incident.node, incident));
    const well = course.incidents.map((incident) =>
      change((incident.node + 1) % course.nodes.length, incident),
    );
    assert.ok(Math.min(...ill) > 0.5, `${ill}`);
    assert.ok(median(well) < 0.3, `${well}`);
  });
});
