/**
 * Decides when the appliance takes no new sessions any more, and who is refused then.
 *
 * A viewer whom it serves already has chosen its rendition by what it got, and suffers when the next one
 * is let in beyond the capacity; the next one has lost nothing yet, and another node may have room. So
 * the running go on and the new are sent away, from a load just below the full to one well below it:
 * were both the same, every viewer who leaves would let in one who does not fit.
 */
export type SheddingPolicy = {
  /** Share of the capacity from which new sessions are refused. */
  readonly fromLoad: number;
  /** Share of the capacity below which they are taken again. */
  readonly untilLoad: number;
};

export type Shedding = { readonly state: "admitting" } | { readonly state: "shedding" };

export type AdmissionQuestion = {
  /** It was served a short while ago. */
  readonly isRunning: boolean;
  /** A playlist, or a few bytes: the next thing that somebody watches, or a probe. */
  readonly isLight: boolean;
};

export type AdmissionDecision =
  | { readonly action: "admit"; readonly reason: "room" | "running" | "light" }
  | { readonly action: "refuse"; readonly reason: "at-capacity" };

export const ADMITTING: Shedding = { state: "admitting" };
const SHEDDING: Shedding = { state: "shedding" };

/** @param load what is sent, as a share of the capacity. */
export function observeLoad(shedding: Shedding, load: number, policy: SheddingPolicy): Shedding {
  const limit = shedding.state === "shedding" ? policy.untilLoad : policy.fromLoad;
  return load >= limit ? SHEDDING : ADMITTING;
}

export function decideAdmission(
  shedding: Shedding,
  { isRunning, isLight }: AdmissionQuestion,
): AdmissionDecision {
  if (shedding.state === "admitting") return { action: "admit", reason: "room" };
  if (isLight) return { action: "admit", reason: "light" };
  if (isRunning) return { action: "admit", reason: "running" };
  return { action: "refuse", reason: "at-capacity" };
}
