/**
 * Chooses which of the nodes that deserve it are really taken down in one sweep: at most a share of the
 * fleet, and one at least.
 *
 * When many look bad at once, the likelier culprit is what they share: our own link, the origin, a
 * wrong probe. Taking them down one after the other leaves time for the rest to prove it (Envoy's
 * `max_ejection_percent`, Eureka's self-preservation).
 */
export type EjectionPolicy = { readonly maxShare: number; readonly everyMs: number };

export type EjectionCandidate = {
  readonly id: string;
  /** How much speaks against it (weigh-evidence.ts). */
  readonly evidence: number;
  readonly badProbesInRow: number;
};

/** @returns ids: the one with most evidence first, then the one with the longest row of bad probes. */
export function chooseEjections(
  candidates: readonly EjectionCandidate[],
  {
    fleetSize,
    policy,
  }: { readonly fleetSize: number; readonly policy: Pick<EjectionPolicy, "maxShare"> },
): string[] {
  const limit = mostAtOnce(fleetSize, policy.maxShare);
  return candidates
    .toSorted(
      (a, b) =>
        b.evidence - a.evidence || b.badProbesInRow - a.badProbesInRow || (a.id < b.id ? -1 : 1),
    )
    .slice(0, limit)
    .map(({ id }) => id);
}

/** A share of the fleet, and one at least: one of two may be judged as well as one of twenty. */
export function mostAtOnce(fleetSize: number, maxShare: number): number {
  return Math.max(1, Math.floor(fleetSize * maxShare));
}
