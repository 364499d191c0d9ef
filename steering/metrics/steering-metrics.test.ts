import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { LatencyBuckets } from "../../chassis/latency-buckets.ts";
import { newServiceApp } from "../../chassis/service-app.ts";
import type { HealthState } from "../contract/fleet-view.ts";
import { happening, openHistoryRig } from "../history/history.rig.ts";
import { countNodes } from "./count-nodes.ts";
import { addMetricsRoute } from "./metrics-route.ts";
import { newOutcomeCounts } from "./outcome-counts.ts";
import { newSteeringMetrics } from "./steering-metrics.ts";

type Node = { readonly state: HealthState; readonly grade: number; readonly viewers: number };

function openRig(t: TestContext) {
  const { history } = openHistoryRig(t);
  const nodes: Node[] = [];
  let nowMs = 1;
  let scrapes = 0;
  const outcomes = {
    plays: newOutcomeCounts(["played", "unknown-source"]),
    manifests: newOutcomeCounts(["session", "anonymous"]),
    registrations: newOutcomeCounts(["accepted"]),
    heartbeats: newOutcomeCounts(["accepted", "stale-sequence"]),
    probes: newOutcomeCounts(["well", "timeout"]),
    reports: newOutcomeCounts(["believed", "unsigned"]),
  };
  const compilations = new LatencyBuckets();
  const mood = { isFailOpen: false, isPreservingItself: false, isPathwayFileBroken: false };
  const registry = newSteeringMetrics({
    states() {
      scrapes += 1;
      return new Map(
        nodes.map(({ state }) => [state, nodes.filter((node) => node.state === state).length]),
      );
    },
    nodes: () => countNodes(nodes),
    outcomes,
    compilations,
    history: history.stats,
    listeners: () => 3,
    isFailOpen: () => mood.isFailOpen,
    isPreservingItself: () => mood.isPreservingItself,
    isPathwayFileBroken: () => mood.isPathwayFileBroken,
  });
  const app = newServiceApp({ notFoundCode: "NOT_FOUND" });
  addMetricsRoute(app, { registry, now: () => nowMs });
  t.after(() => app.close());
  return {
    app,
    history,
    nodes,
    outcomes,
    compilations,
    mood,
    /** How often they were counted. */
    scrapes: () => scrapes,
    pass(ms: number): void {
      nowMs += ms;
    },
    /** One sample as it is at this moment. */
    async metric(name: string): Promise<number | undefined> {
      nowMs += 1_000;
      const { payload } = await app.inject("/v1/metrics");
      const line = payload.split("\n").find((text) => text.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    },
  };
}

describe("the metrics", () => {
  test("are text for Prometheus, with those of the process", async (t) => {
    const { app, metric } = openRig(t);
    const response = await app.inject("/v1/metrics");
    assert.equal(response.statusCode, 200);
    assert.match(String(response.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
    assert.ok(Number(await metric("process_resident_memory_bytes")) > 0);
    for (const line of response.payload.split("\n")) {
      assert.match(line, /^$|^# (HELP|TYPE) |^[a-z_\d]+(\{[^}]*\})? \S+$/);
    }
  });
  test("are written once a second, however many ask", async (t) => {
    const { app, scrapes, outcomes, pass } = openRig(t);
    const ask = async () => (await app.inject("/v1/metrics")).payload;
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, ask));
    outcomes.manifests.session += 1;
    pass(999);
    assert.deepEqual(new Set([...others, await ask()]), new Set([first]));
    assert.equal(scrapes(), 1);
    pass(1);
    assert.notEqual(await ask(), first);
    assert.equal(scrapes(), 2);
  });
  test("count by outcome, from nothing on", async (t) => {
    const { metric, outcomes } = openRig(t);
    for (const subject of Object.keys(outcomes)) {
      const [outcome] = Object.keys(outcomes[subject as keyof typeof outcomes]);
      const name = `understudy_steering_${subject}_total{outcome="${outcome}"}`;
      assert.equal(await metric(name), 0, name);
    }
    outcomes.manifests.session += 3;
    outcomes.heartbeats["stale-sequence"] += 1;
    const total = (subject: string, outcome: string) =>
      metric(`understudy_steering_${subject}_total{outcome="${outcome}"}`);
    assert.equal(await total("manifests", "session"), 3);
    assert.equal(await total("heartbeats", "stale-sequence"), 1);
    assert.equal(await total("manifests", "session"), 3, "and not twice");
  });
  test("show nodes by state and grade, and where viewers are", async (t) => {
    const { metric, nodes } = openRig(t);
    nodes.push(
      { state: "up", grade: 1, viewers: 10 },
      { state: "up", grade: 0.49, viewers: 5 },
      { state: "down", grade: 0, viewers: 0 },
    );
    assert.equal(await metric('understudy_steering_nodes{state="up"}'), 2);
    assert.equal(await metric('understudy_steering_nodes{state="down"}'), 1);
    assert.equal(await metric('understudy_steering_nodes{state="gone"}'), 0);
    for (const [from, count] of [
      ["0", 1],
      ["0.25", 1],
      ["0.5", 0],
      ["0.75", 0],
      ["1", 1],
    ] as const) {
      assert.equal(await metric(`understudy_steering_node_grades{grade_from="${from}"}`), count);
    }
    assert.equal(await metric("understudy_steering_viewers"), 15);
    nodes.length = 0;
    assert.equal(await metric('understudy_steering_nodes{state="up"}'), 0);
  });
  test("show the moods of the fleet", async (t) => {
    const { metric, mood } = openRig(t);
    assert.equal(await metric("understudy_steering_fail_open"), 0);
    mood.isFailOpen = true;
    mood.isPreservingItself = true;
    assert.equal(await metric("understudy_steering_fail_open"), 1);
    assert.equal(await metric("understudy_steering_self_preservation"), 1);
    assert.equal(await metric("understudy_steering_pathway_file_broken"), 0);
    mood.isPathwayFileBroken = true;
    assert.equal(await metric("understudy_steering_pathway_file_broken"), 1);
  });
  test("show the history", async (t) => {
    const { metric, history } = openRig(t);
    history.record(happening("a"));
    assert.equal(await metric('understudy_steering_events_total{kind="state"}'), 1);
    assert.equal(await metric('understudy_steering_history_rows{what="queued"}'), 1);
    history.noteNode("a", {});
    history.flush();
    assert.equal(await metric('understudy_steering_history_rows{what="queued"}'), 0);
    assert.equal(await metric('understudy_steering_history_rows{what="events"}'), 1);
    assert.equal(await metric('understudy_steering_history_rows{what="revisions"}'), 1);
    assert.equal(await metric("understudy_steering_history_persistent"), 0);
    assert.equal(await metric("understudy_steering_listeners"), 3);
  });
  test("show how long the ranking takes to compile", async (t) => {
    const { metric, compilations } = openRig(t);
    compilations.add(2);
    compilations.add(40);
    assert.equal(await metric('understudy_steering_compilation_seconds_bucket{le="0.0025"}'), 1);
    assert.equal(await metric("understudy_steering_compilation_seconds_count"), 2);
    assert.equal(await metric("understudy_steering_compilation_seconds_sum"), 0.042);
  });
});
