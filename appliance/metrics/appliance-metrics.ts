/**
 * What Prometheus is told of an appliance. Every name and label is here, and none of the labels grows
 * with what viewers ask for.
 */
import { Registry } from "prom-client";
import {
  addCounter,
  addGauge,
  addLatencies,
  type Family,
  type Labels,
  type Sample,
} from "../../chassis/metric-family.ts";
import type { ApplianceStatus } from "../contract/appliance-status.ts";
import type { TrafficMeter } from "../edge/traffic-meter.ts";
import type { ConnectionCounts } from "../listen/edge-server.ts";

export type MetricSources = {
  readonly status: () => ApplianceStatus;
  readonly meter: TrafficMeter;
  readonly connections: () => ConnectionCounts;
  readonly evictions: () => { readonly ram: number; readonly disk: number };
  readonly originBytes: () => number;
  readonly purged: () => { readonly hard: number; readonly soft: number };
  /** Requests refused because the appliance was at its capacity, and whether it refuses now. */
  readonly shedding: () => { readonly refused: number; readonly isShedding: boolean };
  /** Pieces of bodies that wait for their turn to be sent. */
  readonly paced: () => number;
};

const DISK_STATES = ["ok", "recovering", "slow", "unavailable"] as const;
const BREAKER_STATES = ["closed", "half-open", "open"] as const;
const NONE: Labels = {};

export function newApplianceMetrics(sources: MetricSources): Registry {
  const registry = new Registry();
  addRequests(registry, sources);
  addFills(registry, sources);
  addUpstreams(registry, sources);
  addTiers(registry, sources);
  addLoad(registry, sources);
  return registry;
}

function addRequests(registry: Registry, { meter, purged }: MetricSources): void {
  addCounter(registry, ["tier", "reason", "status"], {
    name: "understudy_edge_requests_total",
    help: "Answers by where they came from, the reason in Cache-Status, and class of status",
    read: () =>
      meter.tally.rows().map(({ source, reason, statusClass, count }) => {
        return [{ tier: source, reason, status: `${statusClass}xx` }, count];
      }),
  });
  addCounter(registry, ["outcome"], {
    name: "understudy_edge_outcomes_total",
    help: "Requests by outcome: hits, misses, collapsed, passed, errors",
    read: () => Object.entries(meter.counts()).map(([outcome, count]) => [{ outcome }, count]),
  });
  counter(registry, "understudy_edge_collapsed_requests_total", {
    help: "Requests answered by a fill that another request had begun",
    read: () => meter.counts().collapsed,
  });
  counter(registry, "understudy_edge_aborted_requests_total", {
    help: "Requests of which the client left before the end of the answer",
    read: () => meter.aborted,
  });
  counter(registry, "understudy_edge_sent_bytes_total", {
    help: "Bytes of bodies sent to clients",
    read: () => meter.totalBytes,
  });
  const latencies = (which: "firstByte" | "total") => () =>
    [
      [{ cache: "hit" }, meter.hitLatencies[which]],
      [{ cache: "miss" }, meter.missLatencies[which]],
    ] as const;
  addLatencies(registry, {
    name: "understudy_edge_first_byte_seconds",
    help: "From the request to the head of the answer",
    read: latencies("firstByte"),
  });
  addLatencies(registry, {
    name: "understudy_edge_request_seconds",
    help: "From the request to the last byte handed over, of answers that were taken whole",
    read: latencies("total"),
  });
  addCounter(registry, ["mode"], {
    name: "understudy_edge_purged_entries_total",
    help: "Entries removed or made stale by purges",
    read: () => Object.entries(purged()).map(([mode, count]) => [{ mode }, count]),
  });
}

function addFills(registry: Registry, { status, originBytes }: MetricSources): void {
  counter(registry, "understudy_edge_fills_started_total", {
    help: "Questions to upstream begun",
    read: () => status().fills.started,
  });
  counter(registry, "understudy_edge_fills_failed_total", {
    help: "Questions to upstream that broke",
    read: () => status().fills.failed,
  });
  gauge(registry, "understudy_edge_fills_active", {
    help: "Questions to upstream under way",
    read: () => status().fills.active,
  });
  addCounter(registry, ["outcome"], {
    name: "understudy_edge_prefetched_segments_total",
    help: "Segments fetched ahead of viewers: all, those used, and those that nobody wanted",
    read: () => {
      const { prefetched, used, wasted } = status().prefetch;
      return [
        [{ outcome: "all" }, prefetched],
        [{ outcome: "used" }, used],
        [{ outcome: "wasted" }, wasted],
      ];
    },
  });
  counter(registry, "understudy_edge_origin_bytes_total", {
    help: "Bytes of bodies received from upstream",
    read: originBytes,
  });
}

function addUpstreams(registry: Registry, { status }: MetricSources): void {
  const upstreams = () => status().upstreams;
  addGauge(registry, ["upstream", "role", "state"], {
    name: "understudy_edge_breaker_state",
    help: "1 for the state that an upstream's breaker is in",
    read: () =>
      upstreams().flatMap(({ url, role, breaker }) =>
        oneHot(BREAKER_STATES, breaker, { upstream: url, role }),
      ),
  });
  addCounter(registry, ["upstream", "kind"], {
    name: "understudy_edge_upstream_failures_total",
    help: "Calls to an upstream that failed, by kind",
    read: () =>
      upstreams().flatMap(({ url, failures }) =>
        Object.entries(failures).map(([kind, count]): Sample => [{ upstream: url, kind }, count]),
      ),
  });
  addCounter(registry, ["upstream"], {
    name: "understudy_edge_upstream_calls_total",
    help: "Calls to an upstream begun",
    read: () => upstreams().map(({ url, calls }) => [{ upstream: url }, calls]),
  });
  addCounter(registry, ["upstream"], {
    name: "understudy_edge_upstream_resumes_total",
    help: "Bodies that broke off and went on at an upstream",
    read: () => upstreams().map(({ url, resumes }) => [{ upstream: url }, resumes]),
  });
  addGauge(registry, ["upstream"], {
    name: "understudy_edge_upstream_queue",
    help: "Calls that wait for their turn",
    read: () => upstreams().map(({ url, queued }) => [{ upstream: url }, queued]),
  });
}

function addTiers(registry: Registry, { status, evictions }: MetricSources): void {
  const tiers = () => {
    const { ram, disk } = status().report;
    return [["ram", ram] as const, ["disk", disk] as const];
  };
  addGauge(registry, ["tier"], {
    name: "understudy_edge_tier_objects",
    help: "Objects held",
    read: () => tiers().map(([tier, { objects }]) => [{ tier }, objects]),
  });
  addGauge(registry, ["tier"], {
    name: "understudy_edge_tier_used_bytes",
    help: "Bytes held, with what is being written or unlinked",
    read: () => tiers().map(([tier, { usedBytes }]) => [{ tier }, usedBytes]),
  });
  addGauge(registry, ["tier"], {
    name: "understudy_edge_tier_limit_bytes",
    help: "Bytes that may be held",
    read: () => tiers().map(([tier, { limitBytes }]) => [{ tier }, limitBytes]),
  });
  addCounter(registry, ["tier"], {
    name: "understudy_edge_evictions_total",
    help: "Objects forgotten for want of room",
    read: () => Object.entries(evictions()).map(([tier, count]) => [{ tier }, count]),
  });
  addGauge(registry, ["state"], {
    name: "understudy_edge_disk_state",
    help: "1 for the state that the disk tier is in",
    read: () => oneHot(DISK_STATES, status().report.disk.health.state, NONE),
  });
  counter(registry, "understudy_edge_disk_scrubbed_objects_total", {
    help: "Objects of which the checksum was looked at in the background",
    read: () => status().diskWork?.scrubbed ?? 0,
  });
  counter(registry, "understudy_edge_disk_damaged_objects_total", {
    help: "Objects found by the scrubber that were not as they had been written",
    read: () => status().diskWork?.damaged ?? 0,
  });
  counter(registry, "understudy_edge_disk_overdue_reads_total", {
    help: "Reads so slow that the origin was asked instead",
    read: () => status().diskWork?.overdueReads ?? 0,
  });
  gauge(registry, "understudy_edge_disk_recovery_seconds", {
    help: "How long it took to find what was on disk at the start; 0 until it is known",
    read: () => (status().diskWork?.recoveredInMs ?? 0) / 1000,
  });
}

function addLoad(registry: Registry, sources: MetricSources): void {
  const { status, connections, shedding, paced, meter } = sources;
  const report = () => status().report;
  gauge(registry, "understudy_edge_active_requests", {
    help: "Requests being answered now",
    read: () => meter.active,
  });
  gauge(registry, "understudy_edge_connections", {
    help: "Connections open now",
    read: () => connections().open,
  });
  counter(registry, "understudy_edge_refused_connections_total", {
    help: "Connections turned away because there were too many",
    read: () => connections().refused,
  });
  counter(registry, "understudy_edge_slow_clients_total", {
    help: "Clients cut off because they read too slowly",
    read: () => connections().cutOff,
  });
  counter(registry, "understudy_edge_shed_requests_total", {
    help: "Requests of new sessions refused at capacity",
    read: () => shedding().refused,
  });
  gauge(registry, "understudy_edge_shedding", {
    help: "1 while new sessions are refused",
    read: () => Number(shedding().isShedding),
  });
  gauge(registry, "understudy_edge_paced_pieces", {
    help: "Pieces of bodies that wait for their turn to be sent",
    read: paced,
  });
  gauge(registry, "understudy_edge_egress_bits_per_second", {
    help: "Sent over the last few seconds",
    read: () => report().egressBitsPerSecond,
  });
  gauge(registry, "understudy_edge_capacity_bits_per_second", {
    help: "What it may send",
    read: () => report().capacityBitsPerSecond,
  });
  gauge(registry, "understudy_edge_event_loop_delay_seconds", {
    help: "p99 since the last heartbeat",
    read: () => report().eventLoopDelayMs / 1000,
  });
  gauge(registry, "understudy_edge_draining", {
    help: "1 while it drains",
    read: () => Number(report().state === "draining"),
  });
}

type Single = { readonly help: string; readonly read: () => number };

function counter(registry: Registry, name: string, single: Single): void {
  addCounter(registry, [], familyOf(name, single));
}

function gauge(registry: Registry, name: string, single: Single): void {
  addGauge(registry, [], familyOf(name, single));
}

function familyOf(name: string, { help, read }: Single): Family {
  return { name, help, read: () => [[NONE, read()]] };
}

function oneHot(states: readonly string[], current: string, labels: Labels): readonly Sample[] {
  return states.map((state) => [{ ...labels, state }, Number(state === current)]);
}
