/**
 * Scores a run of the HTTP cache suite by the suite's own rule: a test counts as passed when it and
 * all that it depends on have passed. A test whose preparation failed has shown nothing, and does not
 * count.
 */
import type { GroupScore, Tally, TestKind } from "../contract/conformance-result.ts";

export type SuiteTest = {
  readonly id: string;
  readonly group: string;
  readonly kind: TestKind;
  readonly dependsOn: readonly string[];
};

/** As the suite tells it: true, or the name of an error with its message. */
export type Outcome = true | readonly [error: string, message: string];
export type Outcomes = Readonly<Record<string, Outcome>>;

export type Unpassed = {
  readonly test: SuiteTest;
  readonly said: string;
  /** The test at the end of the chain of dependencies, whose own failure this is; itself, mostly. */
  readonly root: string;
};

export type ConformanceScore = Readonly<Record<TestKind, Tally>> & {
  readonly groups: readonly GroupScore[];
  readonly unpassed: readonly Unpassed[];
};

export function scoreConformance(
  tests: readonly SuiteTest[],
  outcomes: Outcomes,
): ConformanceScore {
  const byId = new Map(tests.map((test) => [test.id, test]));
  const unpassed = tests.flatMap((test) => {
    const complaint = complaintOf(test, byId, outcomes);
    return complaint === undefined ? [] : [{ test, ...complaint }];
  });
  const failing = new Set(unpassed.map(({ test }) => test));
  const groups = [...new Set(tests.map(({ group }) => group))];
  return {
    ...talliesOf(tests, failing),
    groups: groups.map((group) => ({
      group,
      ...talliesOf(
        tests.filter((test) => test.group === group),
        failing,
      ),
    })),
    unpassed,
  };
}

/** What is wrong with the test, its dependencies first, as the suite itself looks at them. */
function complaintOf(
  test: SuiteTest,
  byId: ReadonlyMap<string, SuiteTest>,
  outcomes: Outcomes,
): Omit<Unpassed, "test"> | undefined {
  const outcome = outcomes[test.id];
  if (outcome === undefined) return { said: "was not run", root: test.id };
  for (const id of test.dependsOn) {
    const dependency = byId.get(id);
    if (dependency === undefined) return { said: `depends on ${id}, which was not run`, root: id };
    const complaint = complaintOf(dependency, byId, outcomes);
    if (complaint === undefined) continue;
    return { said: `depends on ${id}, which does not pass`, root: complaint.root };
  }
  if (outcome === true) return undefined;
  const [error, message] = outcome;
  return { said: error === "Setup" ? `could not be prepared: ${message}` : message, root: test.id };
}

function talliesOf(
  tests: readonly SuiteTest[],
  failing: ReadonlySet<SuiteTest>,
): Record<TestKind, Tally> {
  const tallyOf = (kind: TestKind): Tally => {
    const ofKind = tests.filter((test) => test.kind === kind);
    return { passed: ofKind.filter((test) => !failing.has(test)).length, total: ofKind.length };
  };
  return { required: tallyOf("required"), optimal: tallyOf("optimal"), check: tallyOf("check") };
}
