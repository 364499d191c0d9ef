import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  observeSteering,
  type SteeringAnswer,
  type SteeringCourse,
  startSteering,
  steeringQuestion,
} from "./steering-course.ts";

const SERVER = "http://steering/v1/steer?session=s";
const START = startSteering(SERVER, ["a", "b", "c"], 1_000);
const world = { nowMs: 10_000, random: () => 0 };

function answered(body: unknown, status = 200, retryAfterSeconds?: number): SteeringAnswer {
  return { kind: "answer", status, url: SERVER, retryAfterSeconds, body };
}
const observe = (answer: SteeringAnswer, course: SteeringCourse = START) =>
  observeSteering(course, answer, world);
const manifest = (fields: object) =>
  observe(answered({ VERSION: 1, TTL: 5, "PATHWAY-PRIORITY": ["b", "a"], ...fields }));

describe("observeSteering()", () => {
  test("follows the order, and keeps what it leaves out behind it", () => {
    const course = manifest({});
    assert.equal(course.state, "following");
    assert.deepEqual(course.order, ["b", "a", "c"]);
    assert.equal(course.nextLoadMs, 15_000);
  });
  test("skips pathways that it does not know, and repetitions", () =>
    assert.deepEqual(manifest({ "PATHWAY-PRIORITY": ["x", "c", "c", 7, "a"] }).order, [
      "c",
      "a",
      "b",
    ]));
  test("keeps the order when none of the named is known", () =>
    assert.deepEqual(manifest({ "PATHWAY-PRIORITY": ["x"] }).order, ["a", "b", "c"]));
  test("keeps all pathways when one alone is named", () =>
    assert.deepEqual(manifest({ "PATHWAY-PRIORITY": ["c"] }).order, ["c", "a", "b"]));
  test("resolves RELOAD-URI", () =>
    assert.equal(
      manifest({ "RELOAD-URI": "?session=t" }).reloadUri,
      "http://steering/v1/steer?session=t",
    ));
  test("ignores a RELOAD-URI that is none", () =>
    assert.equal(manifest({ "RELOAD-URI": "http://" }).reloadUri, SERVER));

  for (const [what, answer, state, inSeconds] of [
    [
      "TTL 0 is a second",
      answered({ VERSION: 1, TTL: 0, "PATHWAY-PRIORITY": ["b"] }),
      "following",
      1,
    ],
    [
      "no TTL is five minutes",
      answered({ VERSION: 1, "PATHWAY-PRIORITY": ["b"] }),
      "following",
      300,
    ],
    [
      "an endless TTL is an hour",
      answered({ VERSION: 1, TTL: 1e9, "PATHWAY-PRIORITY": ["b"] }),
      "following",
      3_600,
    ],
    [
      "another VERSION is asked again",
      answered({ VERSION: 2, TTL: 9, "PATHWAY-PRIORITY": ["b"] }),
      "unreachable",
      5,
    ],
    ["garbage is asked again", answered("<html>"), "unreachable", 5],
    [
      "a priority that is no list is asked again",
      answered({ VERSION: 1, "PATHWAY-PRIORITY": "b" }),
      "unreachable",
      5,
    ],
    ["a server error is asked again", answered(undefined, 503), "unreachable", 5],
    ["silence is asked again", { kind: "no-answer" }, "unreachable", 5],
    ["429 waits as told", answered(undefined, 429, 30), "unreachable", 30],
    ["429 that says nothing waits one TTL", answered(undefined, 429), "unreachable", 300],
    ["429 with a date in the past waits a second", answered(undefined, 429, -9), "unreachable", 1],
    ["410 is never asked again", answered(undefined, 410), "ended", Number.POSITIVE_INFINITY],
  ] as const) {
    test(what, () => {
      const course = observe(answer);
      assert.equal(course.state, state);
      assert.equal((course.nextLoadMs - 10_000) / 1_000, inSeconds);
    });
  }

  test("no answer, however odd, loses a pathway or asks again within a second", () =>
    fc.assert(
      fc.property(fc.anything(), fc.integer({ min: 200, max: 599 }), (body, status) => {
        const course = observe(answered(body, status));
        assert.deepEqual([...course.order].toSorted(), ["a", "b", "c"]);
        assert.ok(course.nextLoadMs >= 11_000);
      }),
    ));
});

describe("steeringQuestion()", () => {
  for (const [current, throughput, url] of [
    [undefined, undefined, SERVER],
    ["a", undefined, `${SERVER}&_HLS_pathway=a`],
    ["a", 3e9 + 0.4, `${SERVER}&_HLS_pathway=a&_HLS_throughput=3000000000`],
    ["a", Number.NaN, `${SERVER}&_HLS_pathway=a`],
    ["a", -5, `${SERVER}&_HLS_pathway=a`],
  ] as const) {
    test(`on ${current} at ${throughput} bit/s`, () =>
      assert.equal(steeringQuestion(START, current, throughput), url));
  }
});
