/**
 * How patient steering is, in two measures: `production` is what an operator would accept, `demo`
 * shows in seconds what production shows in minutes.
 */

import type { DependencyPolicy } from "./core/dependencies/dependency-ledger.ts";
import type { EjectionPolicy } from "./core/health/choose-ejections.ts";
import { HEALTH_PROFILES, type HealthPolicy } from "./core/health/health-policy.ts";
import type { ManifestPolicy } from "./core/hls/steering-manifest.ts";
import type { SchedulePolicy } from "./core/probe/probe-schedule.ts";
import type { RampPolicy } from "./core/ranking/admission-ramp.ts";
import type { WarmingPolicy as WarmingChoicePolicy } from "./core/ranking/choose-warming.ts";
import type { DistancePolicy } from "./core/ranking/network-distance.ts";
import { RANKING_POLICY, type RankingPolicy } from "./core/ranking/ranking-policy.ts";
import type { RegistryPolicy } from "./core/registry/registry.ts";
import type { ReportPolicy } from "./core/reports/report-ledger.ts";
import type { CopyPolicy } from "./core/source/stored-playlist.ts";
import type { BoardPolicy } from "./fleet/ranking-board.ts";
import type { WantedTitlesPolicy } from "./fleet/wanted-titles.ts";
import type { HistoryPolicy } from "./history/open-history.ts";
import type { ProbePolicy } from "./probe/probe-node.ts";
import type { EventsPolicy } from "./routes/event-routes.ts";
import type { LiveWitnessPolicy } from "./source/live-witnesses.ts";
import type { WarmingPolicy } from "./warming/warm-nodes.ts";

export type SteeringPolicy = {
  readonly registry: RegistryPolicy;
  readonly health: HealthPolicy;
  readonly ejection: EjectionPolicy;
  readonly reports: ReportPolicy;
  readonly probe: ProbePolicy;
  readonly probing: SchedulePolicy;
  readonly live: LiveWitnessPolicy;
  readonly ranking: RankingPolicy;
  readonly distances: DistancePolicy;
  readonly board: BoardPolicy;
  readonly ramp: RampPolicy;
  readonly warming: WarmingPolicy & WarmingChoicePolicy;
  readonly wanted: WantedTitlesPolicy;
  readonly events: EventsPolicy;
  readonly dependencies: DependencyPolicy;
  /** Audiences of which the order is told. */
  readonly maxAudiences: number;
  readonly manifest: ManifestPolicy;
  readonly copies: CopyPolicy;
  readonly history: HistoryPolicy;
  readonly session: { readonly lifetimeSeconds: number };
  /** More pathways than this make the playlist long and help no viewer. */
  readonly maxPathways: number;
  readonly tickEveryMs: number;
  /** How often everything that is known of everybody is weighed. */
  readonly judgeEveryMs: number;
  readonly lookAtFileEveryMs: number;
};

export type ProfileName = "demo" | "production";

const DAY_MS = 24 * 60 * 60 * 1000;
const MEBIBYTE = 1024 * 1024;

const SHARED = {
  probe: { timeoutMs: 1_500, rangeBytes: 65_536, floorBitsPerSecond: 1_000_000 },
  distances: { farthestMs: 200, minSamples: 50, maxPairs: 256 },
  board: { settleMs: 250, calmShare: 0.05, urgentShare: 0.25 },
  copies: {
    shortestMs: 1_000,
    longestMs: 60_000,
    refreshBehindMs: 30_000,
    refreshBehindLiveMs: 1_000,
  },
  history: {
    maxEvents: 50_000,
    maxRevisions: 50_000,
    maxAgeMs: 7 * DAY_MS,
    maxFileBytes: 256 * MEBIBYTE,
    maxQueued: 10_000,
    pruneEveryMs: 600_000,
    pruneEveryRows: 1_000,
    maxChangedPaths: 50,
    maxChangedNodes: 1_000,
    clock: { toleranceMs: 60_000, steadyAfterMs: 600_000 },
    aliveEveryMs: 5_000,
    retryFileEveryMs: 60_000,
  },
  wanted: { maxTitles: 5_000, halfLifeMs: 600_000 },
  events: { maxListeners: 200, heartbeatMs: 15_000, reconnectMs: 2_000 },
  dependencies: { maxEdges: 2_000, forgetAfterMs: 600_000 },
  maxAudiences: 64,
  session: { lifetimeSeconds: 12 * 60 * 60 },
  maxPathways: 6,
  tickEveryMs: 100,
  lookAtFileEveryMs: 2_000,
} as const;

const REGISTRY = {
  rememberGoneMs: 600_000,
  maxAppliances: 20_000,
} as const;

/** Eureka's share. */
const SELF_PRESERVATION = { minMembers: 4, minSilent: 2, renewingShare: 0.85 } as const;

const REPORTS: Omit<ReportPolicy, "minSessions" | "windowMs"> = {
  badErrorRatio: 0.2,
  slowShare: 0.5,
  slowLinkBitsPerSecond: 1_500_000,
  minAnswered: 2,
  aloneWeight: 0.5,
  badShare: 0.4,
  goodShare: 0.1,
  judgeEveryMs: 1_000,
  maxSessions: 20_000,
  maxReportsPerSession: 300,
};

/** Whom a sweep may take down, and how many may be sick at once for the ranking. */
const EJECTION = {
  demo: { maxShare: 0.34, everyMs: 1_000 },
  production: { maxShare: 0.2, everyMs: 5_000 },
} as const;

const LIVE = { aheadSegments: 2, maxWitnesses: 4, forgetAfterMs: 600_000 } as const;

export const PROFILES: Readonly<Record<ProfileName, SteeringPolicy>> = {
  demo: {
    ...SHARED,
    registry: {
      ...REGISTRY,
      heartbeatMs: 1_000,
      leaseMs: 3_000,
      flapping: { maxRegistrations: 20, windowMs: 60_000 },
      eviction: { maxShare: 0.2, everyMs: 1_000 },
      selfPreservation: { ...SELF_PRESERVATION, preserveForMs: 15_000 },
    },
    health: HEALTH_PROFILES.demo,
    ejection: EJECTION.demo,
    ranking: { ...RANKING_POLICY, maxSickShare: EJECTION.demo.maxShare },
    reports: { ...REPORTS, minSessions: 3, windowMs: 10_000 },
    probing: { everyMs: 1_000, urgentEveryMs: 250, maxInFlight: 16, maxPerSecond: 200 },
    live: { ...LIVE, staleAfterTargets: 0.5, askSourceEveryMs: 250 },
    ramp: { warmLimitMs: 1_000, rampMs: 600, leastOpenShare: 0.5 },
    warming: {
      limitMs: 1_500,
      pollEveryMs: 200,
      timeoutMs: 1_000,
      maxTitles: 3,
      maxConsidered: 100,
    },
    manifest: {
      ttlSeconds: 2,
      hurriedTtlSeconds: 1,
      hurriedForMs: 10_000,
      jitterShare: 0,
      clonesAmongFirst: 3,
    },
    judgeEveryMs: 1_000,
  },
  production: {
    ...SHARED,
    registry: {
      ...REGISTRY,
      heartbeatMs: 10_000,
      leaseMs: 30_000,
      flapping: { maxRegistrations: 5, windowMs: 300_000 },
      eviction: { maxShare: 0.15, everyMs: 10_000 },
      selfPreservation: { ...SELF_PRESERVATION, preserveForMs: 300_000 },
    },
    health: HEALTH_PROFILES.production,
    ejection: EJECTION.production,
    ranking: { ...RANKING_POLICY, maxSickShare: EJECTION.production.maxShare },
    reports: { ...REPORTS, minSessions: 10, windowMs: 30_000 },
    probing: { everyMs: 5_000, urgentEveryMs: 1_000, maxInFlight: 64, maxPerSecond: 100 },
    live: { ...LIVE, staleAfterTargets: 1.5, askSourceEveryMs: 2_000 },
    ramp: { warmLimitMs: 120_000, rampMs: 300_000, leastOpenShare: 0.5 },
    warming: {
      limitMs: 120_000,
      pollEveryMs: 2_000,
      timeoutMs: 3_000,
      maxTitles: 20,
      maxConsidered: 1_000,
    },
    manifest: {
      ttlSeconds: 20,
      hurriedTtlSeconds: 5,
      hurriedForMs: 30_000,
      jitterShare: 0.1,
      clonesAmongFirst: 3,
    },
    judgeEveryMs: 5_000,
  },
};
