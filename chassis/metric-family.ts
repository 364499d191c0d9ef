/**
 * Puts counts that somebody else keeps into a registry of prom-client: they are read when the metrics are
 * asked for, and cost nothing before.
 *
 * prom-client's own counters look their labels up with every increment, which at the edge would cost more
 * than all the rest of the counting; here the hot path adds to plain numbers.
 */
import { Counter, Gauge, type Registry } from "prom-client";
import { LATENCY_BOUNDS_MS, type LatencyBuckets } from "./latency-buckets.ts";

export type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: Labels, value: number];

export type Family = {
  readonly name: string;
  readonly help: string;
  readonly read: () => readonly Sample[];
};

/** @param labelNames of every sample that `read` gives. */
export function addCounter(
  registry: Registry,
  labelNames: readonly string[],
  { name, help, read }: Family,
): void {
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc({ ...labels }, value);
    },
  });
}

export function addGauge(
  registry: Registry,
  labelNames: readonly string[],
  { name, help, read }: Family,
): void {
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.set({ ...labels }, value);
    },
  });
}

export type LatencyFamily = {
  readonly name: string;
  readonly help: string;
  readonly read: () => readonly (readonly [labels: Labels, buckets: LatencyBuckets])[];
};

/** In seconds, as Prometheus has it. */
export function addLatencies(registry: Registry, { name, help, read }: LatencyFamily): void {
  const family = {
    name,
    get: async () => ({
      name,
      help,
      type: "histogram",
      aggregator: "sum",
      values: read().flatMap(([labels, buckets]) => samplesOf(name, labels, buckets)),
    }),
  };
  // A registry needs no more of a metric than this; the type lists prom-client's own classes.
  registry.registerMetric(family as unknown as Parameters<Registry["registerMetric"]>[0]);
}

function samplesOf(name: string, labels: Labels, { counts, sumMs }: LatencyBuckets) {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    const bound = LATENCY_BOUNDS_MS[index];
    const le = bound === undefined ? "+Inf" : String(bound / 1000);
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumMs / 1000 },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
