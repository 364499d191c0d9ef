/**
 * Probes every appliance in its turn: in parallel, a bounded number at a time, never two of one.
 */
import type { ProbeReference } from "../core/health/judge-probe.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";
import type { ProbingPolicy } from "../profiles.ts";
import type { Prober } from "./probe-appliance.ts";

export type FleetProberOptions = {
  readonly fleet: Fleet;
  readonly prober: Prober;
  readonly probePath: string;
  /** Base URL of the origin whose bytes are the measure. */
  readonly referenceUrl: string;
  readonly policy: ProbingPolicy;
  readonly random: () => number;
};

/** How long the origin's bytes are the measure before they are asked for again. */
const REFERENCE_MS = 60_000;
const REFERENCE_RETRY_MS = 5_000;

export function openFleetProber(options: FleetProberOptions) {
  const { fleet, prober, probePath, referenceUrl, policy, random } = options;
  const dueAtMs = new Map<string, number>();
  const inFlight = new Set<string>();
  let reference: ProbeReference | undefined;
  let referenceDueAtMs = Number.NEGATIVE_INFINITY;

  async function learnReference(nowMs: number): Promise<void> {
    referenceDueAtMs = nowMs + REFERENCE_RETRY_MS;
    const learned = await prober.fetchReference({ url: referenceUrl, path: probePath });
    if (learned === undefined) return;
    reference = learned;
    referenceDueAtMs = nowMs + REFERENCE_MS;
  }

  async function probe(target: ReturnType<Fleet["probeTargets"]>[number]): Promise<void> {
    inFlight.add(target.id);
    try {
      const outcome = await prober.probe({ url: target.url, path: probePath, reference });
      fleet.observeProbe(target.id, target.incarnation, outcome);
    } finally {
      inFlight.delete(target.id);
    }
  }

  /** Resolves when the probes that it began have ended. */
  return async function probeDue(nowMs: number): Promise<void> {
    const targets = fleet.probeTargets();
    const names = new Set(targets.map(({ id, incarnation }) => `${id} ${incarnation}`));
    for (const name of dueAtMs.keys()) if (!names.has(name)) dueAtMs.delete(name);

    const begun: Promise<void>[] = [];
    if (nowMs >= referenceDueAtMs) begun.push(learnReference(nowMs));
    for (const target of targets.toSorted((a, b) => dueOf(a) - dueOf(b))) {
      if (inFlight.size >= policy.maxInFlight) break;
      if (inFlight.has(target.id) || dueOf(target) > nowMs) continue;
      const everyMs = target.isOnTrial ? policy.onTrialEveryMs : policy.everyMs;
      // A tenth of jitter, so that the probes of a large fleet spread by themselves.
      dueAtMs.set(nameOf(target), nowMs + everyMs * (0.95 + 0.1 * random()));
      begun.push(probe(target));
    }
    await Promise.all(begun);
  };

  function dueOf(target: { id: string; incarnation: string }): number {
    return dueAtMs.get(nameOf(target)) ?? Number.NEGATIVE_INFINITY;
  }
}

function nameOf({ id, incarnation }: { id: string; incarnation: string }): string {
  return `${id} ${incarnation}`;
}
