import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestKind } from "../contract/conformance-result.ts";
import { type Outcomes, type SuiteTest, scoreConformance } from "./score-conformance.ts";

const FAILED = ["Assertion", "Response 2 does not come from cache"] as const;

/** `required basic <- other`: a test of that kind and name, and what it depends on. */
function testOf(text: string): SuiteTest {
  const [kind = "", id = "", ...dependsOn] = text.split(" ").filter((word) => word !== "<-");
  return { id, group: "freshness", kind: kind as TestKind, dependsOn };
}

const score = (tests: readonly string[], outcomes: Outcomes) =>
  scoreConformance(tests.map(testOf), outcomes);

describe("scoreConformance()", () => {
  test("counts each kind by itself", () => {
    const { required, optimal, check } = score(
      ["required a", "required b", "optimal c", "check d", "check e"],
      { a: true, b: FAILED, c: true, d: true, e: FAILED },
    );
    assert.deepEqual(
      [required, optimal, check],
      [
        { passed: 1, total: 2 },
        { passed: 1, total: 1 },
        { passed: 1, total: 2 },
      ],
    );
  });
  test("does not count a test whose preparation failed", () =>
    assert.equal(score(["required a"], { a: ["Setup", "status is 500"] }).required.passed, 0));
  test("does not count a test that was not run", () =>
    assert.equal(score(["required a"], {}).required.passed, 0));

  for (const [circumstance, tests, outcomes, passed] of [
    ["passes", ["required a", "required b <- a"], { a: true, b: true }, 2],
    ["fails", ["required a", "required b <- a"], { a: FAILED, b: true }, 0],
    [
      "depends on one that fails",
      ["required a", "required b <- a", "required c <- b"],
      { a: FAILED, b: true, c: true },
      0,
    ],
    ["is a question answered with no", ["check a", "required b <- a"], { a: FAILED, b: true }, 0],
    [
      "is one of several, and fails",
      ["required a", "required b", "required c <- a b"],
      { a: true, b: FAILED, c: true },
      1,
    ],
    ["is none that was run", ["required b <- a"], { b: true }, 0],
  ] as const) {
    test(`what a test depends on ${circumstance}: ${passed} passed`, () =>
      assert.equal(score(tests, outcomes).required.passed, passed));
  }

  test("finds the test at the end of the chain, whose failure all the others are", () => {
    const { unpassed } = score(["required a", "required b <- a", "required c <- b"], {
      a: FAILED,
      b: true,
      c: FAILED,
    });
    assert.deepEqual(
      unpassed.map(({ root }) => root),
      ["a", "a", "a"],
    );
  });
  test("says of each that did not pass why, in the suite's words", () => {
    const { unpassed } = score(["required a", "optimal b <- a", "check c"], {
      a: FAILED,
      b: true,
      c: ["Setup", "retry"],
    });
    assert.deepEqual(
      unpassed.map(({ test: { id }, said }) => [id, said]),
      [
        ["a", "Response 2 does not come from cache"],
        ["b", "depends on a, which does not pass"],
        ["c", "could not be prepared: retry"],
      ],
    );
  });
  test("counts each group by itself, in the order of the suite", () => {
    const tests = [testOf("required a"), { ...testOf("optimal b"), group: "partial" }];
    const { groups } = scoreConformance(tests, { a: true, b: FAILED });
    assert.deepEqual(groups, [
      {
        group: "freshness",
        required: { passed: 1, total: 1 },
        optimal: { passed: 0, total: 0 },
        check: { passed: 0, total: 0 },
      },
      {
        group: "partial",
        required: { passed: 0, total: 0 },
        optimal: { passed: 0, total: 1 },
        check: { passed: 0, total: 0 },
      },
    ]);
  });
});
