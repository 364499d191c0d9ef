/** The metrics, as Prometheus reads them: what an operator sees move when something happens. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { request } from "undici";
import {
  type ApplianceRig,
  newFolder,
  type RigOptions,
  startAppliance,
  startOrigin,
  startRig,
  TOKEN,
  until,
  wholeBody,
} from "../app.rig.ts";
import { METRICS_PATH } from "../contract/appliance-status.ts";
import { PURGE_PATH } from "../contract/purge.ts";

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)*)\})? (\S+)$/;

/** Every sample of an answer, by its name with its labels in order; throws at what is no sample. */
function samplesIn(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("# HELP ") || line.startsWith("# TYPE ")) continue;
    const [, name, labels, value] = LINE.exec(line) ?? [];
    assert.ok(name !== undefined && value !== undefined, `no sample: ${line}`);
    const sorted = labels === undefined ? "" : `{${labels.split(",").sort().join(",")}}`;
    assert.ok(!samples.has(name + sorted), `told twice: ${line}`);
    samples.set(name + sorted, value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value));
  }
  return samples;
}

async function read(edge: ApplianceRig): Promise<(name: string) => number | undefined> {
  const { status, headers, bytes } = await edge.get(METRICS_PATH);
  assert.equal(status, 200);
  assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  const samples = samplesIn(bytes.toString());
  return (name) => samples.get(`understudy_edge_${name}`);
}

async function startMetricsRig(t: TestContext, options: Partial<RigOptions> = {}) {
  const rig = await startRig(t, options);
  return { ...rig, metric: async (name: string) => (await read(rig.edge))(name) };
}

test("requests are counted by tier, reason and status", async (t) => {
  const { origin, edge } = await startMetricsRig(t);
  origin.on("/missing", (_, response) => response.writeHead(404).end());
  for (const path of ["/a", "/a", "/a", "/missing"]) await edge.get(path);
  await edge.get("/a", { range: "bytes=20000-" });
  const metric = await read(edge);
  assert.equal(metric('requests_total{reason="fresh",status="2xx",tier="ram"}'), 2);
  assert.equal(metric('requests_total{reason="fresh",status="4xx",tier="ram"}'), 1);
  assert.equal(metric('requests_total{reason="uri-miss",status="2xx",tier="origin"}'), 1);
  assert.equal(metric('requests_total{reason="uri-miss",status="4xx",tier="origin"}'), 1);
  assert.equal(metric('outcomes_total{outcome="hits"}'), 3);
  assert.equal(metric("sent_bytes_total"), 30_000);
  assert.equal(metric("origin_bytes_total"), 10_000);
  assert.equal(metric("fills_started_total"), 2);
});

test("what the disk had is told apart from what RAM had", async (t) => {
  const folder = await newFolder(t);
  const origin = await startOrigin(t);
  const first = await startAppliance(t, { origin: origin.url, folder });
  await first.get("/a");
  await until(() => first.appliance.status().report.disk.objects === 1);
  await first.close();
  const second = await startAppliance(t, { origin: origin.url, folder });
  await second.get("/a");
  const metric = await read(second);
  assert.equal(metric('requests_total{reason="fresh",status="2xx",tier="disk"}'), 1);
  assert.equal(metric('tier_objects{tier="disk"}'), 1);
  assert.equal(metric('disk_state{state="ok"}'), 1);
  assert.equal(metric('disk_state{state="unavailable"}'), 0);
});

test("latencies are cumulative, and hits are told apart from misses", async (t) => {
  const { edge } = await startMetricsRig(t);
  await edge.get("/a");
  await edge.get("/a");
  const metric = await read(edge);
  for (const cache of ["hit", "miss"]) {
    for (const name of ["first_byte_seconds", "request_seconds"]) {
      assert.equal(metric(`${name}_count{cache="${cache}"}`), 1);
      assert.equal(metric(`${name}_bucket{cache="${cache}",le="+Inf"}`), 1);
      assert.equal(metric(`${name}_bucket{cache="${cache}",le="0.00025"}`), 1);
      assert.equal(metric(`${name}_sum{cache="${cache}"}`), 0);
    }
  }
});

test("evictions are counted", async (t) => {
  const { origin, edge, metric } = await startMetricsRig(t, { ramBytes: 3_000_000 });
  for (const path of ["/a", "/b", "/c", "/d"]) {
    origin.on(path, wholeBody(1_000_000));
    await edge.get(path);
  }
  assert.equal(await metric('evictions_total{tier="ram"}'), 2);
  assert.equal(await metric('evictions_total{tier="disk"}'), 0);
});

test("purged entries are counted by mode", async (t) => {
  const { edge, metric } = await startMetricsRig(t);
  await edge.get("/a");
  const { body } = await request(edge.url + PURGE_PATH, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: '{"path":"/a"}',
  });
  await body.dump();
  assert.equal(await metric('purged_entries_total{mode="hard"}'), 1);
  assert.equal(await metric('purged_entries_total{mode="soft"}'), 0);
});

test("a failing origin shows in its breaker and its failures", async (t) => {
  const origin = "http://127.0.0.1:1/";
  const edge = await startAppliance(t, { origin });
  const before = await read(edge);
  assert.equal(before(`breaker_state{role="origin",state="closed",upstream="${origin}"}`), 1);
  for (let index = 0; index < 10; index += 1) await edge.get(`/${index}`);
  const metric = await read(edge);
  assert.equal(metric(`breaker_state{role="origin",state="closed",upstream="${origin}"}`), 0);
  assert.equal(metric(`breaker_state{role="origin",state="open",upstream="${origin}"}`), 1);
  assert.ok((metric(`upstream_failures_total{kind="unreachable",upstream="${origin}"}`) ?? 0) >= 5);
  assert.equal(metric('requests_total{reason="breaker-open",status="5xx",tier="origin"}'), 5);
});

test("connections, load and the process itself are told", async (t) => {
  const { edge } = await startMetricsRig(t);
  const metric = await read(edge);
  assert.equal(metric("connections"), 1);
  assert.equal(metric("draining"), 0);
  assert.equal(metric("shedding"), 0);
  assert.equal(metric("capacity_bits_per_second"), 1e9);
  const samples = samplesIn((await edge.get(METRICS_PATH)).bytes.toString());
  assert.ok((samples.get("process_resident_memory_bytes") ?? 0) > 0);
  assert.ok(samples.has("process_cpu_seconds_total"));
  assert.ok(samples.has("nodejs_eventloop_lag_seconds"));
});

test("no path, query or header of a viewer becomes a label", async (t) => {
  const { edge } = await startMetricsRig(t);
  await edge.get("/a-very-special-path?and=query", { "user-agent": "a-special-agent" });
  const text = (await edge.get(METRICS_PATH)).bytes.toString();
  assert.doesNotMatch(text, /special|query/);
});
