/**
 * How patient steering is, in two measures: `production` is what an operator would accept, `demo`
 * shows in seconds what production shows in minutes.
 */
import type { HealthPolicy } from "./core/health/appliance-health.ts";
import type { EjectionPolicy } from "./core/health/choose-ejections.ts";
import type { ManifestPolicy } from "./core/hls/steering-manifest.ts";
import type { RegistryPolicy } from "./core/registry/registry.ts";
import type { CopyPolicy } from "./core/source/stored-playlist.ts";
import type { ProbePolicy } from "./probe/probe-appliance.ts";

export type SteeringPolicy = {
  readonly registry: RegistryPolicy;
  readonly health: HealthPolicy;
  readonly ejection: EjectionPolicy;
  readonly probe: ProbePolicy;
  readonly probing: ProbingPolicy;
  readonly manifest: ManifestPolicy;
  readonly copies: CopyPolicy;
  readonly session: { readonly lifetimeSeconds: number };
  /** More pathways than this make the playlist long and help no viewer. */
  readonly maxPathways: number;
  readonly tickEveryMs: number;
};

export type ProbingPolicy = {
  readonly everyMs: number;
  /** While it decides whether an appliance may serve, steering asks more often. */
  readonly onTrialEveryMs: number;
  readonly maxInFlight: number;
};

export type ProfileName = "demo" | "production";

const SHARED = {
  probe: { timeoutMs: 1_500, rangeBytes: 65_536 },
  copies: { shortestMs: 1_000, longestMs: 60_000, refreshBehindMs: 30_000 },
  session: { lifetimeSeconds: 12 * 60 * 60 },
  maxPathways: 6,
  tickEveryMs: 100,
} as const;

const HEALTH: HealthPolicy = {
  downAfter: 2,
  upAfter: 2,
  busyFrom: 0.8,
  busyUntil: 0.6,
  slowFirstByteMs: 1_000,
};

/** Eureka's share. */
const SELF_PRESERVATION = { minMembers: 4, minSilent: 2, renewingShare: 0.85 } as const;

export const PROFILES: Readonly<Record<ProfileName, SteeringPolicy>> = {
  demo: {
    ...SHARED,
    registry: {
      heartbeatMs: 1_000,
      leaseMs: 3_000,
      rememberGoneMs: 600_000,
      maxAppliances: 100,
      flapping: { maxRegistrations: 10, windowMs: 60_000 },
      eviction: { maxShare: 0.2, everyMs: 1_000 },
      selfPreservation: { ...SELF_PRESERVATION, preserveForMs: 15_000 },
    },
    health: HEALTH,
    ejection: { maxShare: 0.34, everyMs: 1_000 },
    probing: { everyMs: 1_000, onTrialEveryMs: 250, maxInFlight: 16 },
    manifest: { ttlSeconds: 2, hurriedTtlSeconds: 1, hurriedForMs: 10_000, jitterShare: 0 },
  },
  production: {
    ...SHARED,
    registry: {
      heartbeatMs: 10_000,
      leaseMs: 30_000,
      rememberGoneMs: 600_000,
      maxAppliances: 1_000,
      flapping: { maxRegistrations: 5, windowMs: 300_000 },
      eviction: { maxShare: 0.15, everyMs: 10_000 },
      selfPreservation: { ...SELF_PRESERVATION, preserveForMs: 300_000 },
    },
    health: { ...HEALTH, downAfter: 3 },
    ejection: { maxShare: 0.2, everyMs: 5_000 },
    probing: { everyMs: 5_000, onTrialEveryMs: 1_000, maxInFlight: 64 },
    manifest: { ttlSeconds: 20, hurriedTtlSeconds: 5, hurriedForMs: 10_000, jitterShare: 0.1 },
  },
};
