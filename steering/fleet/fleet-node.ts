/**
 * All that is held of one node, and what others see of it: the ranking and whoever looks.
 */
import type { ApplianceReport } from "../../appliance/contract/appliance-status.ts";
import type { ConfiguredPathway } from "../cdn/read-pathway-file.ts";
import type { ApplianceView, CdnView, HealthView, ProbeWarning } from "../contract/fleet-view.ts";
import { recentFalls } from "../core/health/flap-damping.ts";
import {
  complaintAbout,
  FIT_GRADE,
  type Grade,
  gradeOf,
  votesOf,
} from "../core/health/grade-node.ts";
import type { HealthPolicy } from "../core/health/health-policy.ts";
import type { ProbeOutcome } from "../core/health/judge-probe.ts";
import type { NodeHealth } from "../core/health/node-health.ts";
import { doPlayersComplain } from "../core/health/weigh-evidence.ts";
import { type Override, stateUnder } from "../core/ranking/override.ts";
import type { RankedNode } from "../core/ranking/ranked-node.ts";
import type { Member } from "../core/registry/registry.ts";
import type { PathwayNode } from "../core/session/joined-pathways.ts";

export type FleetNode = {
  readonly id: string;
  /** Tells its address from its earlier ones, in sessions that list it. */
  fingerprint: string;
  /** As it was last given to a viewer: made anew only when something about it has changed. */
  pathway: PathwayNode | undefined;
  /** Its lease if it is an appliance of ours, its entry in the file if it is a CDN. */
  standing:
    | { readonly kind: "appliance"; readonly member: Member }
    | { readonly kind: "cdn"; readonly pathway: ConfiguredPathway; readonly incarnation: string };
  health: NodeHealth;
  probe: LastProbe | undefined;
  override: Override | undefined;
  /** 0…1, as of the last compilation. */
  admittedShare: number;
  /** As of the last compilation: crossing the line is an event. */
  isFit: boolean;
  /** When it crossed the line last. */
  fitnessSinceMs: number;
};

export type LastProbe = {
  readonly outcome: ProbeOutcome;
  /** What was asked. */
  readonly url: string;
  readonly warnings: readonly ProbeWarning[];
  readonly atMs: number;
};

/** An appliance of this capacity counts once. */
const ORDINARY_BITS_PER_SECOND = 1_000_000_000;
const LEAST_WEIGHT = 0.05;
const MOST_WEIGHT = 100;
/** What is overdue or looks so is named behind whoever is heard of. */
const OVERDUE_GRADE = FIT_GRADE - 0.1;

export function regionOf({ standing }: FleetNode): string {
  return standing.kind === "cdn" ? standing.pathway.region : standing.member.region;
}

export function urlOf({ standing }: FleetNode): string {
  return standing.kind === "cdn" ? standing.pathway.url : standing.member.url;
}

/** What a viewer's manifest has to know of it. */
export function pathwayOf(node: FleetNode): PathwayNode {
  const { id, fingerprint, health, override, pathway } = node;
  const url = urlOf(node);
  const isTakenAway = override?.action === "exclude" || override?.action === "drain";
  const isUsable = (health.state === "up" || health.state === "recovering") && !isTakenAway;
  if (pathway?.isUsable === isUsable && pathway.url === url) return pathway;
  node.pathway = { id, url, fingerprint, isUsable };
  return node.pathway;
}

export function incarnationOf({ standing }: FleetNode): string {
  return standing.kind === "cdn" ? standing.incarnation : standing.member.incarnation;
}

export function reportOf({ standing }: FleetNode): ApplianceReport | undefined {
  return standing.kind === "cdn" ? undefined : standing.member.report;
}

/** What was asked, where this reason is that of our probes; undefined where others gave it. */
export function probedUrlBehind(reason: string, { health, probe }: FleetNode): string | undefined {
  return reason === health.probes.badReason || GOOD_PROBES.has(reason) ? probe?.url : undefined;
}
const GOOD_PROBES: ReadonlySet<string> = new Set(["probe-good", "probes-good"]);

/** Its grade, lowered where its lease has run out and it was spared. */
export function gradeNow(node: FleetNode, policy: HealthPolicy, nowMs: number): Grade {
  const grade = gradeOf(node.health, policy, nowMs);
  const { standing } = node;
  const isOverdue = standing.kind === "appliance" && standing.member.lease.state === "overdue";
  if (!isOverdue || grade.grade <= OVERDUE_GRADE) return grade;
  return { grade: OVERDUE_GRADE, reason: "lease-overdue" };
}

export function rankedNode(
  node: FleetNode,
  { grade, moment }: { readonly grade: Grade; readonly moment: Moment },
): RankedNode {
  const { nowMs, policy, viewers } = moment;
  const { standing, health, override, admittedShare } = node;
  const report = reportOf(node);
  const capacity = report?.capacityBitsPerSecond ?? ORDINARY_BITS_PER_SECOND;
  return {
    id: node.id,
    kind: standing.kind,
    region: regionOf(node),
    state: stateUnder(override?.action, { state: health.state, isFact: isFact(node) }),
    grade: grade.grade,
    complaint: complaintAbout({ health, grade: grade.grade }, policy, nowMs),
    gradeReason: wordsOf(grade, node),
    isOurWordAlone: !isFact(node) && !doPlayersComplain(health, policy, nowMs),
    load: report === undefined ? 0 : report.egressBitsPerSecond / report.capacityBitsPerSecond,
    isShedding: report?.isSheddingSessions ?? false,
    weight:
      standing.kind === "cdn"
        ? standing.pathway.weight
        : Math.min(MOST_WEIGHT, Math.max(LEAST_WEIGHT, capacity / ORDINARY_BITS_PER_SECOND)),
    viewers,
    cost: standing.kind === "cdn" ? standing.pathway.cost : 0,
    admittedShare,
    override: override?.action,
  };
}

/** For whoever asks why: where a bad probe decides, which address was asked; and what it warns of. */
function wordsOf({ reason }: Grade, node: FleetNode): string {
  const { probe } = node;
  if (probe === undefined) return reason;
  const url = probe.outcome.ok ? undefined : probedUrlBehind(reason, node);
  const warnings = probe.warnings.length === 0 ? "" : ` (${probe.warnings.join(", ")})`;
  return `${reason}${url === undefined ? "" : ` at ${url}`}${warnings}`;
}

/** Known, and not judged: nobody listens there, or its lease has ended. */
function isFact({ health }: FleetNode): boolean {
  return health.state === "gone" || health.reason === "refused";
}

export type Moment = {
  readonly nowMs: number;
  readonly policy: HealthPolicy;
  readonly viewers: number;
};

export function viewOfNode(node: FleetNode, moment: Moment): ApplianceView | CdnView {
  const { nowMs, policy, viewers } = moment;
  const { standing, override, probe } = node;
  const shared = {
    id: node.id,
    region: regionOf(node),
    url: urlOf(node),
    health: healthView(node, policy, nowMs),
    override:
      override === undefined
        ? null
        : {
            action: override.action,
            reason: override.reason,
            since: new Date(override.sinceWallMs).toISOString(),
            endsAt: new Date(override.endsAtWallMs).toISOString(),
            secondsLeft: Math.max(0, override.endsAtMs - nowMs) / 1000,
          },
    viewers,
    admittedShare: node.admittedShare,
    probe:
      probe === undefined
        ? null
        : {
            ok: probe.outcome.ok,
            reason: probe.outcome.reason,
            url: probe.url,
            warnings: [...probe.warnings],
            ageSeconds: (nowMs - probe.atMs) / 1000,
            firstByteMs: probe.outcome.ok ? probe.outcome.firstByteMs : null,
            throughputBitsPerSecond:
              (probe.outcome.ok ? probe.outcome.throughputBitsPerSecond : undefined) ?? null,
          },
  };
  if (standing.kind === "cdn") {
    return { ...shared, cost: standing.pathway.cost, weight: standing.pathway.weight };
  }
  const { lease, reportedAtMs, report } = standing.member;
  const leaseEndMs = lease.state === "ended" ? lease.endedAtMs : lease.endsAtMs;
  return {
    ...shared,
    leaseEndsInSeconds: (leaseEndMs - nowMs) / 1000,
    heartbeatAgeSeconds: (nowMs - reportedAtMs) / 1000,
    report,
  };
}

function healthView(node: FleetNode, policy: HealthPolicy, nowMs: number): HealthView {
  const { health } = node;
  const grade = gradeNow(node, policy, nowMs);
  return {
    state: health.state,
    reason: health.reason,
    grade: grade.grade,
    gradeReason: grade.reason,
    forSeconds: (nowMs - health.sinceMs) / 1000,
    recentFalls: Math.round(recentFalls(health.falls, policy.damping, nowMs)),
    votes: votesOf(health, policy, nowMs),
  };
}
