/** Plain numbers by outcome: what the hot path adds to, and what is read when metrics are asked for. */
export type OutcomeCounts<Outcome extends string = string> = Record<Outcome, number>;

/** All at nothing, so that Prometheus knows each outcome before it happens for the first time. */
export function newOutcomeCounts<const Outcome extends string>(
  outcomes: readonly Outcome[],
): OutcomeCounts<Outcome> {
  return Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as OutcomeCounts<Outcome>;
}
