/**
 * Lets viewers return by and by to a node that is new or has recovered: to none while its cache is being
 * warmed, then to a share that grows evenly, so that a cold box does not meet its whole audience at once.
 *
 * That presumes others who carry the viewers meanwhile. Where too few of them are left, everybody is
 * admitted: a cold cache is better than a crushed neighbour.
 */
export type RampPolicy = {
  /** Warming that takes longer is not waited for. */
  readonly warmLimitMs: number;
  readonly rampMs: number;
  /** The share of the usable capacity that must be fully open, or nobody is held back. */
  readonly leastOpenShare: number;
};

export type AdmissionRamp = {
  readonly beganMs: number;
  /** Undefined while its cache is being warmed. */
  readonly warmMs: number | undefined;
};

/** A node on its way back has a ramp; one that has long been there has none. */
export type RampedNode = {
  readonly ramp: AdmissionRamp | undefined;
  readonly isUsable: boolean;
  readonly weight: number;
};

export function beginRamp(nowMs: number): AdmissionRamp {
  return { beganMs: nowMs, warmMs: undefined };
}

/** Its cache is warm, or need not be warmed. What was said before stands. */
export function endWarming(ramp: AdmissionRamp, nowMs: number): AdmissionRamp {
  return ramp.warmMs === undefined ? { ...ramp, warmMs: nowMs } : ramp;
}

/** From 0 to 1, never less as time goes on. */
export function rampShare(
  ramp: AdmissionRamp | undefined,
  policy: RampPolicy,
  nowMs: number,
): number {
  if (ramp === undefined) return 1;
  const latestMs = ramp.beganMs + policy.warmLimitMs;
  const growsFromMs = Math.min(ramp.warmMs ?? latestMs, latestMs);
  if (nowMs < growsFromMs) return 0;
  return policy.rampMs > 0 ? Math.min(1, (nowMs - growsFromMs) / policy.rampMs) : 1;
}

/** The share of the sessions that each node of a fleet admits, in their order. */
export function admittedShares(
  nodes: readonly RampedNode[],
  policy: RampPolicy,
  nowMs: number,
): number[] {
  const shares = nodes.map(({ ramp }) => rampShare(ramp, policy, nowMs));
  let usable = 0;
  let open = 0;
  for (const [index, { isUsable, weight }] of nodes.entries()) {
    if (!isUsable) continue;
    usable += weight;
    if (shares[index] === 1) open += weight;
  }
  const isHeldBack = open > 0 && open >= policy.leastOpenShare * usable;
  return isHeldBack ? shares : shares.map(() => 1);
}
