/**
 * The client of the HTTP cache suite as a process: runs the suite that its parent names once, and
 * tells what came out. A process of its own, because the suite keeps its state in its modules.
 */
import { pathToFileURL } from "node:url";
import nodeFetch from "node-fetch";
import { findSuite } from "./conformance/find-suite.ts";
import type { SuiteJob, SuiteMessage } from "./conformance/suite-messages.ts";
import type { Outcomes, SuiteTest } from "./core/score-conformance.ts";

type Fetch = (url: string, init?: { readonly method?: string }) => Promise<unknown>;

/** What we read of the suite's own description of a group and its tests. */
type Group = {
  readonly id: string;
  readonly tests: readonly {
    readonly id: string;
    readonly kind?: SuiteTest["kind"];
    readonly depends_on?: readonly string[];
    readonly browser_only?: boolean;
  }[];
};

type Runner = {
  runTests(
    groups: readonly Group[],
    fetch: Fetch,
    isBrowser: false,
    baseUrl: string,
  ): Promise<void>;
  getResults(): Outcomes;
};

process.on("message", (job: SuiteJob) => void runSuite(job));
process.on("disconnect", () => process.exit(0));

async function runSuite({ folder, baseUrl }: SuiteJob): Promise<void> {
  const suite = findSuite(folder);
  const groups: Group[] = [];
  for (const path of suite.groups) {
    const { default: found } = (await importModule(path)) as { default: Group | Group[] };
    groups.push(...[found].flat());
  }
  const { runTests, getResults } = (await importModule(suite.runner)) as Runner;
  const tests = groups.flatMap(testsOf);
  const send: Fetch = suite.fetch === "node-fetch" ? nodeFetch : fetch;
  let begun = 0;
  await runTests(
    groups,
    (url, init) => {
      // Each test begins by telling the suite's server what to answer.
      if (init?.method === "PUT" && url.startsWith(`${baseUrl}/config/`)) {
        begun += 1;
        tell({ kind: "begun", begun, total: tests.length });
      }
      return send(url, init);
    },
    false,
    baseUrl,
  );
  tell({ kind: "finished", tests, outcomes: getResults() });
}

function importModule(path: string): Promise<unknown> {
  return import(pathToFileURL(path).href);
}

/** Tests for browsers alone are not for a cache that is shared. */
function testsOf({ id: group, tests }: Group): SuiteTest[] {
  return tests
    .filter(({ browser_only: isForBrowsers }) => isForBrowsers !== true)
    .map(({ id, kind = "required", depends_on: dependsOn = [] }) => ({
      id,
      group,
      kind,
      dependsOn,
    }));
}

function tell(message: SuiteMessage): void {
  process.send?.(message);
}
