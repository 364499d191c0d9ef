/**
 * Runs the HTTP cache suite for a person at a terminal: the suite's own server as the origin, a cache
 * before it with the flags that it has by default, and the suite's own client before that.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { ConformanceResult, FailedTest } from "../contract/conformance-result.ts";
import { choosePinning } from "../core/choose-pinning.ts";
import { conformanceTable } from "../core/conformance-table.ts";
import { scoreConformance, type Unpassed } from "../core/score-conformance.ts";
import { BenchError } from "../errors.ts";
import { allowedProcessors, describeCommit } from "../measure/machine.ts";
import type { Stage } from "../processes/stage.ts";
import { onStage, untilStopped } from "../processes/until-stopped.ts";
import { checkReportFiles } from "../report-files.ts";
import type { Terminal } from "../terminal.ts";
import { type ConformanceConfig, SUITE_LIMIT_MS } from "./config.ts";
import { findSuite, type Suite } from "./find-suite.ts";
import { KNOWN_FAILURES } from "./known-failures.ts";
import { startCacheUnderTest, startSuiteServer } from "./start-suite.ts";
import type { SuiteJob, SuiteMessage } from "./suite-messages.ts";

export type ConformanceOptions = ConformanceConfig & { readonly searchPath: string };

/** @returns the exit code, which tells whether the suite ran and not how it came out. */
export function runConformance(options: ConformanceOptions): Promise<number> {
  return untilStopped(async ({ terminal, stopped }) => {
    const suite = findSuite(options.suite);
    checkReportFiles(options);
    const pinning = choosePinning({ hasTaskset: false, processors: allowedProcessors() });
    const { searchPath, json, peer } = options;
    const result = await onStage({ pinning, searchPath, stopped }, (stage) =>
      testCache(stage, suite, { peer, terminal }),
    );
    process.stdout.write(`\n${conformanceTable(result)}\n`);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
    // Another checkout may ask for the opposite, as the list itself says.
    if (peer === undefined && options.suite === undefined) terminal.sayLine(strangersOf(result));
  });
}

async function testCache(
  stage: Stage,
  suite: Suite,
  { peer, terminal }: { readonly peer: ConformanceConfig["peer"]; readonly terminal: Terminal },
): Promise<ConformanceResult> {
  const startedAt = new Date().toISOString();
  const origin = await startSuiteServer(stage, suite);
  const { system, version, server } = await startCacheUnderTest(stage, origin, peer);
  terminal.sayLine(`${suite.title} against ${system} ${version}; it pauses a good deal.`);
  const job: SuiteJob = { folder: suite.folder, baseUrl: server.url };
  const { tests, outcomes } = await Promise.race([
    runClient(stage, job, terminal),
    ...[origin, server].map(({ ended }) => ended.then(failed)),
    delay(SUITE_LIMIT_MS, undefined, { ref: false }).then(() =>
      failed(`The suite did not end within ${SUITE_LIMIT_MS / 1000} s`),
    ),
  ]);
  const { unpassed, ...score } = scoreConformance(tests, outcomes);
  return {
    ...score,
    groups: [...score.groups],
    failed: unpassed.map((each) => explain(each, peer === undefined ? KNOWN_FAILURES : {})),
    system,
    version,
    suite: suite.title,
    commit: describeCommit(),
    startedAt,
  };
}

async function runClient(
  stage: Stage,
  job: SuiteJob,
  terminal: Terminal,
): Promise<Extract<SuiteMessage, { kind: "finished" }>> {
  const client = stage.startWorker({
    name: "the suite's client",
    program: "bench/run-suite-client.ts",
    part: "other",
  });
  const finished = new Promise<Extract<SuiteMessage, { kind: "finished" }>>((resolve) => {
    client.child.on("message", (message: SuiteMessage) => {
      if (message.kind === "finished") return resolve(message);
      if (message.begun % 50 === 0 || message.begun === message.total) {
        terminal.sayLine(`  ${message.begun} of ${message.total} tests begun`);
      }
    });
  });
  client.child.send(job);
  return Promise.race([finished, client.ended.then(failed)]);
}

/** A test that depends on another fails for the other's reason. */
function explain({ test, said, root }: Unpassed, known: typeof KNOWN_FAILURES): FailedTest {
  const { id, kind, group } = test;
  const reason = known[id] ?? known[root];
  return { id, kind, group, said, root, reason: reason ?? said, explained: reason !== undefined };
}

/** What is in our list and passes, or is not in the suite: the list must not outlive its reasons. */
function strangersOf({ failed: tests }: ConformanceResult): string {
  const ids = new Set(tests.map(({ id }) => id));
  const strangers = Object.keys(KNOWN_FAILURES).filter((id) => !ids.has(id));
  if (strangers.length === 0) return "Every known failure is one.";
  return `Named as known failures, but not failing here: ${strangers.join(", ")}.`;
}

function failed(reason: string): never {
  throw new BenchError(reason);
}
