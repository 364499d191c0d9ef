import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { StudyContext } from "../benches/bench.ts";
import { measurePolicies } from "./measure-policies.ts";
import { POLICIES } from "./policies-study.ts";
import { gapClosed } from "./replay-score.ts";
import { type Trace, TraceBuilder, workingSetBytes } from "./trace.ts";

/** Two viewers of one title, one behind the other, and some that nobody follows. */
function smallTrace(): Trace {
  const builder = new TraceBuilder();
  const read = (atMs: number, title: string, number: number) =>
    builder.ask(atMs, builder.objectIndex(`/vod/${title}/v1/segment-${number}.m4s`, 1_000));
  for (let step = 1; step <= 60; step += 1) {
    read(step * 6_000, "pair", step);
    if (step > 5) read(step * 6_000 + 1, "pair", step - 5);
    for (let loner = 0; loner < 5; loner += 1) read(step * 6_000 + 2, `loner-${loner}`, step);
  }
  return builder.build();
}

const contextFor = (trace: string, signal = AbortSignal.timeout(60_000)) =>
  ({ wishes: { trace, seed: 1 }, progress: () => {}, signal }) as unknown as StudyContext;

describe("measurePolicies()", () => {
  test("measures every policy at every size, and each admission at one", async () => {
    const scores = await measurePolicies(smallTrace(), { signal: AbortSignal.timeout(60_000) });
    // Belady and five policies at three sizes, and two more admissions for the five.
    assert.equal(scores.length, 3 * 6 + 2 * 5);
    assert.ok(scores.every(({ score }) => score.requests === smallTrace().asked.length));
  });

  test("nobody misses fewer bytes than Belady", async () => {
    const scores = await measurePolicies(smallTrace(), { signal: AbortSignal.timeout(60_000) });
    for (const { cacheShare, score, eviction } of scores) {
      const offline = scores.find(
        (each) => each.eviction === "belady" && each.cacheShare === cacheShare,
      );
      assert.ok(score.missedBytes >= (offline?.score.missedBytes ?? 0), eviction);
    }
  });

  test("stops when it is asked to", () =>
    assert.rejects(measurePolicies(smallTrace(), { signal: AbortSignal.abort() }), {
      name: "AbortError",
    }));
});

describe("POLICIES", () => {
  test("replays a trace from a file", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "understudy-policies-"));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "trace.csv");
    await writeFile(file, Array.from({ length: 200 }, (_, at) => `${at},${at % 30},10`).join("\n"));
    const [finding, ...others] = await POLICIES.run(contextFor(file));
    assert.deepEqual(others, []);
    assert.equal(finding?.unit["requests"], 200);
    assert.deepEqual(
      finding?.runs.slice(0, 3).map(({ system }) => system),
      ["belady (offline)", "lru", "sieve"],
    );
    const figures = new Set(finding?.columns.map(({ figure }) => figure));
    for (const run of finding?.runs ?? []) {
      for (const name of Object.keys(run)) assert.ok(name === "system" || figures.has(name), name);
    }
    assert.deepEqual(
      finding?.claims?.map(({ holds }) => holds),
      [true],
    );
  });
});

test("a trace counts each object once in its working set", () =>
  assert.equal(workingSetBytes(smallTrace()), (60 + 5 * 60) * 1_000));

describe("gapClosed()", () => {
  const score = (missedBytes: number) => ({
    requests: 1,
    missedRequests: 1,
    bytes: 100,
    missedBytes,
    writtenBytes: 0,
  });
  for (const [missedBytes, expected] of [
    [80, 0],
    [60, 0.5],
    [40, 1],
    [90, -0.25],
  ] as const) {
    test(`${missedBytes} bytes between LRU's 80 and Belady's 40: ${expected}`, () =>
      assert.equal(gapClosed(score(missedBytes), score(80), score(40)), expected));
  }
  test("where there is no gap nothing is closed", () =>
    assert.equal(gapClosed(score(80), score(80), score(80)), 0));
});
