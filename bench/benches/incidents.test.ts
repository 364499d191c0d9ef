import assert from "node:assert/strict";
import { test } from "node:test";
import type { StudyContext } from "./bench.ts";
import { studyIncidents } from "./incidents.ts";

test("both families are studied, and every figure has its column", async () => {
  const context = {
    wishes: { seed: 1, runs: 1 },
    progress: () => {},
    signal: AbortSignal.timeout(60_000),
  } as unknown as StudyContext;
  const findings = await studyIncidents(context, 2 * 3_600);
  assert.deepEqual(
    findings.map(({ unit }) => [unit["family"], unit["days"], unit["nodes"], unit["incidents"]]),
    [
      ["sudden", 1, 12, 12],
      ["creeping", 1, 12, 12],
    ],
  );
  for (const { columns, runs, claims, notes } of findings) {
    assert.deepEqual(
      runs.map(({ system }) => system),
      ["understudy", "understudy, forecast alone", "understudy, peers alone", "fixed thresholds"],
    );
    const figures = new Set(columns.map(({ figure }) => figure));
    for (const run of runs) {
      for (const name of Object.keys(run)) assert.ok(name === "system" || figures.has(name), name);
    }
    assert.equal(claims?.length, 1);
    assert.match(notes?.[0] ?? "", /thresholds were/);
  }
});
