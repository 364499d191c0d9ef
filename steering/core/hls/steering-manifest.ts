/**
 * Composes the steering manifest for one viewer, for HLS and for DASH, safe for the clients that exist:
 * hls.js stops asking for ever on another VERSION, loops without pause on a TTL of 0, and cannot leave
 * a dead pathway when the list names only one.
 */
export type ManifestPolicy = {
  readonly ttlSeconds: number;
  /** While something is happening to an appliance that the viewer may be on. */
  readonly hurriedTtlSeconds: number;
  readonly hurriedForMs: number;
  /** 0.1 spreads a crowd that began together over 20 % of the TTL. */
  readonly jitterShare: number;
  /**
   * A node that the session's playlist does not list is offered as a clone if it is the best of all, or,
   * where few of the listed ones are well, among the best so many: elsewhere it would only make every
   * manifest longer.
   */
  readonly clonesAmongFirst: number;
};

/** @param random draws from [0, 1). */
export function ttlSeconds(
  {
    lastChangeAtMs,
    nowMs,
  }: { readonly lastChangeAtMs: number | undefined; readonly nowMs: number },
  policy: ManifestPolicy,
  random: () => number,
): number {
  const isHurried = lastChangeAtMs !== undefined && nowMs - lastChangeAtMs < policy.hurriedForMs;
  const seconds = isHurried ? policy.hurriedTtlSeconds : policy.ttlSeconds;
  return Math.max(1, Math.round(seconds * (1 + policy.jitterShare * (2 * random() - 1))));
}

/** Written by hand: clones are JSON already, and of all that steering answers, this must be quick. */
export function writeSteeringManifest(parts: {
  readonly ttlSeconds: number;
  readonly reloadUri: string;
  readonly priority: readonly string[];
  /** Each as JSON. */
  readonly clones: readonly string[];
}): string {
  const { ttlSeconds, reloadUri, priority, clones } = parts;
  const offered = clones.length === 0 ? "" : `,"PATHWAY-CLONES":[${clones.join(",")}]`;
  const head = `{"VERSION":1,"TTL":${ttlSeconds},"RELOAD-URI":${JSON.stringify(reloadUri)}`;
  return `${head},"PATHWAY-PRIORITY":${JSON.stringify(priority)}${offered}}`;
}
