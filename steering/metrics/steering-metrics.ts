/**
 * What Prometheus is told of steering. Every name and label is here, and none of the labels grows with
 * the fleet or with what viewers ask for: single nodes are to be read at `/v1/fleet`.
 */
import { Registry } from "prom-client";
import type { LatencyBuckets } from "../../chassis/latency-buckets.ts";
import {
  addCounter,
  addGauge,
  addLatencies,
  type Labels,
  type Sample,
} from "../../chassis/metric-family.ts";
import type { HealthState } from "../contract/fleet-view.ts";
import type { HistoryStats } from "../history/open-history.ts";
import { GRADES_FROM, type NodeCounts } from "./count-nodes.ts";
import type { OutcomeCounts } from "./outcome-counts.ts";

export type MetricSources = {
  /** How many nodes are in each state; those in which nobody is may be missing. */
  readonly states: () => ReadonlyMap<HealthState, number>;
  readonly nodes: () => NodeCounts;
  /** Counters by outcome; each is read anew with every scrape. */
  readonly outcomes: {
    readonly plays: OutcomeCounts;
    readonly manifests: OutcomeCounts;
    readonly registrations: OutcomeCounts;
    readonly heartbeats: OutcomeCounts;
    readonly probes: OutcomeCounts;
    readonly reports: OutcomeCounts;
  };
  /** How long each compilation of the fleet for the ranking took. */
  readonly compilations: LatencyBuckets;
  readonly history: () => HistoryStats;
  readonly listeners: () => number;
  readonly isFailOpen: () => boolean;
  readonly isPreservingItself: () => boolean;
  readonly isPathwayFileBroken: () => boolean;
};

const STATES: readonly HealthState[] = ["up", "recovering", "draining", "down", "gone"];
const NONE: Labels = {};
const OUTCOMES: Readonly<Record<keyof MetricSources["outcomes"], string>> = {
  plays: "Multivariant playlists asked for",
  manifests: "Steering manifests given out",
  registrations: "Leases asked for",
  heartbeats: "Heartbeats of appliances",
  probes: "Probes of nodes",
  reports: "Reports of players",
};

export function newSteeringMetrics(sources: MetricSources): Registry {
  const registry = new Registry();
  addOutcomes(registry, sources);
  addNodes(registry, sources);
  addHistory(registry, sources);
  addLatencies(registry, {
    name: "understudy_steering_compilation_seconds",
    help: "Compiling what is known of the fleet for the ranking of viewers",
    read: () => [[NONE, sources.compilations]],
  });
  return registry;
}

function addOutcomes(registry: Registry, { outcomes }: MetricSources): void {
  for (const [subject, help] of Object.entries(OUTCOMES)) {
    addCounter(registry, ["outcome"], {
      name: `understudy_steering_${subject}_total`,
      help: `${help}, by outcome`,
      read: () => samplesOf("outcome", outcomes[subject as keyof typeof outcomes]),
    });
  }
}

function addNodes(registry: Registry, sources: MetricSources): void {
  const { states, nodes } = sources;
  addGauge(registry, ["state"], {
    name: "understudy_steering_nodes",
    help: "Nodes by state of health",
    // Those in which nobody is are told as none, so that a graph has no gaps.
    read: () => {
      const counts = states();
      return STATES.map((state) => [{ state }, counts.get(state) ?? 0]);
    },
  });
  addGauge(registry, ["grade_from"], {
    name: "understudy_steering_node_grades",
    help: "Nodes by grade of health: from this one on, and below the next",
    read: () => {
      const { grades } = nodes();
      return GRADES_FROM.map((from, place) => [{ grade_from: String(from) }, grades[place] ?? 0]);
    },
  });
  gauge(registry, "understudy_steering_viewers", {
    help: "Running sessions, by the manifests of late",
    read: () => nodes().viewers,
  });
  gauge(registry, "understudy_steering_fail_open", {
    help: "1 while every node looks bad and all are listed",
    read: () => Number(sources.isFailOpen()),
  });
  gauge(registry, "understudy_steering_self_preservation", {
    help: "1 while so many heartbeats are missing that no lease is let run out",
    read: () => Number(sources.isPreservingItself()),
  });
  gauge(registry, "understudy_steering_pathway_file_broken", {
    help: "1 while the file of pathways is broken and its last good version is in force",
    read: () => Number(sources.isPathwayFileBroken()),
  });
}

function addHistory(registry: Registry, { history, listeners }: MetricSources): void {
  addCounter(registry, ["kind"], {
    name: "understudy_steering_events_total",
    help: "Events by kind",
    read: () => samplesOf("kind", history().recorded),
  });
  addGauge(registry, ["what"], {
    name: "understudy_steering_history_rows",
    help: "What the history holds: events, revisions of nodes, and what waits to be written",
    read: () => {
      const { events, revisions, queued } = history();
      return samplesOf("what", { events, revisions, queued });
    },
  });
  gauge(registry, "understudy_steering_history_persistent", {
    help: "0 while the history is in memory alone",
    read: () => Number(history().isPersistent),
  });
  gauge(registry, "understudy_steering_listeners", {
    help: "Listeners to the stream of events",
    read: listeners,
  });
}

function gauge(
  registry: Registry,
  name: string,
  { help, read }: { readonly help: string; readonly read: () => number },
): void {
  addGauge(registry, [], { name, help, read: () => [[NONE, read()]] });
}

function samplesOf(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([name, count]) => [{ [label]: name }, count]);
}
