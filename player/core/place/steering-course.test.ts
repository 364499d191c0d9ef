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
  for (const written of ["http://", "javascript:alert(1)", "data:,", 7, null]) {
    test(`ignores a RELOAD-URI of ${written}`, () =>
      assert.equal(manifest({ "RELOAD-URI": written }).reloadUri, SERVER));
  }
  test("429 is not asked again a moment earlier than it said, whatever the jitter", () => {
    const late = { nowMs: 10_000, random: () => 0.99 };
    assert.equal(observeSteering(START, answered(undefined, 429, 30), late).nextLoadMs, 40_000);
  });

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

describe("observeSteering() with clones", () => {
  const clone = (id: string, base = "a", host = id) => ({
    "BASE-ID": base,
    ID: id,
    "URI-REPLACEMENT": { HOST: host },
  });
  const clones = (list: unknown, priority: readonly string[], course?: SteeringCourse) =>
    observe(
      answered({ VERSION: 1, TTL: 5, "PATHWAY-PRIORITY": priority, "PATHWAY-CLONES": list }),
      course,
    );

  test("a clone takes its place in the order", () =>
    assert.deepEqual(clones([clone("d")], ["d", "b"]).order, ["d", "b", "a", "c"]));
  test("one that the order leaves out stands behind", () =>
    assert.deepEqual(clones([clone("d")], ["b"]).order, ["b", "a", "c", "d"]));
  test("a clone of a clone, whichever stands first", () => {
    const { order, clones: defined } = clones([clone("e", "d"), clone("d")], ["e"]);
    assert.deepEqual(order, ["e", "a", "b", "c", "d"]);
    assert.deepEqual([...defined.keys()], ["d", "e"], "bases first");
  });
  test("a clone of what is unknown is none", () =>
    assert.deepEqual(clones([clone("d", "x")], ["d", "b"]).order, ["b", "a", "c"]));
  test("a clone by the name of a listed pathway is none", () =>
    assert.equal(clones([clone("b")], ["b"]).clones.size, 0));
  test("the first definition holds", () => {
    const first = clones([clone("d", "a", "one"), clone("d", "a", "two")], ["d"]);
    const second = clones([clone("d", "b", "three")], ["d"], first);
    assert.equal(second.clones.get("d")?.host, "one");
  });
  test("only the latest manifest's can be chosen", () => {
    const first = clones([clone("d")], ["d"]);
    assert.deepEqual(clones([], ["d", "b"], first).order, ["b", "a", "c"]);
    assert.deepEqual(clones([clone("d")], ["d"], clones([], ["b"], first)).order[0], "d");
  });
  test("a failure keeps them", () => {
    const first = clones([clone("d")], ["d"]);
    assert.deepEqual(observe({ kind: "no-answer" }, first).order, first.order);
  });
  const crowd = (turn: number) =>
    Array.from({ length: 60 }, (_, index) => clone(`d${turn}-${index}`));
  test("a thousand are not kept for ever, and the next one is accepted nevertheless", () => {
    let course = START;
    for (let turn = 0; turn < 40; turn += 1) {
      course = clones(crowd(turn), [`d${turn}-7`], course);
      assert.equal(course.order[0], `d${turn}-7`);
      assert.ok(course.clones.size <= 256);
    }
  });
  test("what is offered is not forgotten, nor what it is a clone of", () => {
    let course = clones([clone("f", "e"), clone("e", "d"), clone("d")], ["f"]);
    for (let turn = 0; turn < 40; turn += 1) {
      course = clones([...crowd(turn), clone("f", "a", "another")], ["f"], course);
    }
    assert.deepEqual([...course.clones.keys()].slice(0, 3), ["d", "e", "f"]);
    assert.equal(course.clones.get("f")?.host, "f");
  });
  test("clones of clones of clones are too many at some point, too", () => {
    let course = START;
    for (let turn = 0, base = "a"; turn < 10; turn += 1) {
      const chain = Array.from({ length: 60 }, (_, index) => `d${turn}-${index}`);
      const list = chain.map((id, index) => clone(id, chain[index - 1] ?? base));
      course = clones(list, ["a"], course);
      base = chain.at(-1) ?? base;
      assert.ok(course.clones.size <= 256);
    }
  });
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
  test("leaves the server's own parameters as they were written", () => {
    const reloadUri = "http://steering/hls?session=a+b%2f&~#part";
    assert.equal(
      steeringQuestion({ ...START, reloadUri }, "a&b", undefined),
      "http://steering/hls?session=a+b%2f&~&_HLS_pathway=a%26b",
    );
  });
  test("adds a query where there is none", () =>
    assert.equal(
      steeringQuestion({ ...START, reloadUri: "http://steering/hls" }, "a", 7),
      "http://steering/hls?_HLS_pathway=a&_HLS_throughput=7",
    ));
});
