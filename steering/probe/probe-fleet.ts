/**
 * Probes the nodes in their turn: in parallel, within a budget, never two of one.
 */
import type { ProbeOutcome, ProbeReference } from "../core/health/judge-probe.ts";
import {
  endProbe,
  newProbeSchedule,
  type ProbeTarget,
  type SchedulePolicy,
  scheduleTargets,
  takeProbes,
} from "../core/probe/probe-schedule.ts";
import type { ProbeFindings } from "../core/probe/probe-warnings.ts";
import type { LiveWitnesses } from "../source/live-witnesses.ts";
import type { LiveQuestion, Prober } from "./probe-node.ts";

/** What probing needs of the fleet. */
export type ProbedFleet = {
  /** Another number whenever somebody came, went or began a new life. */
  membershipVersion(): number;
  probeTargets(): readonly ProbeTarget[];
  /** On trial, or under suspicion. */
  urgentIds(): Iterable<string>;
  observeProbe(target: ProbeTarget, findings: ProbeFindings): void;
};

export type FleetProberOptions = {
  readonly fleet: ProbedFleet;
  readonly prober: Prober;
  readonly witnesses: Pick<LiveWitnesses, "next" | "isGiven" | "judge">;
  readonly probePath: string;
  /** Base URL of the origin whose bytes are the measure. */
  readonly referenceUrl: string;
  /** Whose page a CDN is asked as (the `Origin` field); undefined while that is not known. */
  readonly pageOrigin: () => string | undefined;
  readonly policy: SchedulePolicy;
  readonly now: () => number;
  readonly random: () => number;
  /** Told of each probe: of whom, how it ended, and how long it took. */
  readonly onProbe?: (id: string, outcome: ProbeOutcome, durationMs: number) => void;
};

/** How long the origin's bytes are the measure before they are asked for again. */
const REFERENCE_MS = 60_000;
const REFERENCE_RETRY_MS = 5_000;

export function openFleetProber(options: FleetProberOptions) {
  const { fleet, prober, witnesses, probePath, referenceUrl, policy, now, random } = options;
  const schedule = newProbeSchedule(policy, now());
  let scheduledVersion: number | undefined;
  let reference: ProbeReference | undefined;
  let isAbsentAtSource = false;
  let referenceDueAtMs = Number.NEGATIVE_INFINITY;

  async function learnReference(nowMs: number): Promise<void> {
    referenceDueAtMs = nowMs + REFERENCE_RETRY_MS;
    const learned = await prober.fetchReference({ url: referenceUrl, path: probePath });
    if (learned.kind === "unknown") return;
    isAbsentAtSource = learned.kind === "absent";
    if (learned.kind === "absent" || learned.reference === undefined) return;
    reference = learned.reference;
    referenceDueAtMs = nowMs + REFERENCE_MS;
  }

  function liveQuestion(id: string): LiveQuestion | undefined {
    const path = witnesses.next();
    if (path === undefined) return undefined;
    return {
      path,
      isGiven: () => witnesses.isGiven(path),
      judge: (text) => witnesses.judge(path, { by: id, text }),
    };
  }

  async function probe(target: ProbeTarget): Promise<void> {
    const { id, url, probePath: ownPath, asPage } = target;
    const startedAtMs = now();
    try {
      const probed = await prober.probe({
        url,
        path: ownPath ?? probePath,
        // What a real CDN is probed with need not be an object of the origin.
        reference: ownPath === undefined ? reference : undefined,
        live: liveQuestion(id),
        pageOrigin: asPage ? options.pageOrigin() : undefined,
      });
      fleet.observeProbe(target, {
        ...probed,
        isAbsentAtSource: ownPath === undefined && isAbsentAtSource,
      });
      options.onProbe?.(id, probed.outcome, now() - startedAtMs);
    } finally {
      endProbe(schedule, id);
    }
  }

  /** Resolves when the probes that it began have ended. */
  return async function probeDue(nowMs: number): Promise<void> {
    const version = fleet.membershipVersion();
    if (version !== scheduledVersion) {
      scheduledVersion = version;
      scheduleTargets(schedule, fleet.probeTargets());
    }
    const begun = takeProbes(schedule, fleet.urgentIds(), policy, { nowMs, random }).map(probe);
    if (nowMs >= referenceDueAtMs) begun.push(learnReference(nowMs));
    await Promise.all(begun);
  };
}
