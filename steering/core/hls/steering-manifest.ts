/**
 * Composes the steering manifest for one viewer, safe for the clients that exist: hls.js stops
 * asking for ever on another VERSION, loops without pause on a TTL of 0, and cannot leave a dead
 * pathway when the list names only one.
 */
import type { SteeringManifest } from "../../contract/steering-manifest.ts";
import { isUsable, type Place, type RankedNode } from "../ranking/rank-pathways.ts";
import type { ViewerSession } from "../session/viewer-session.ts";

export type ManifestPolicy = {
  readonly ttlSeconds: number;
  /** While something is happening to an appliance that the viewer may be on. */
  readonly hurriedTtlSeconds: number;
  readonly hurriedForMs: number;
  /** 0.1 spreads a crowd that began together over 20 % of the TTL. */
  readonly jitterShare: number;
};

/** The order of pathways for a viewer, and what the manifest says of each of them. */
export type PriorityInput = {
  readonly session: ViewerSession;
  readonly places: readonly Place[];
  readonly nodes: readonly RankedNode[];
  /** The pathway that the player says it is on. */
  readonly current: string | undefined;
  /** True just after a start, while appliances that are well may not have registered yet. */
  readonly isSettling: boolean;
};

export function pathwayPriority(input: PriorityInput): readonly string[] {
  const { session, places, isSettling } = input;
  const ranked = places.map(({ id }) => id);
  if (session.kind === "anonymous") return anonymousPriority(input, ranked);
  const listed = session.pathways;
  if (isSettling) return priorityWhileSettling(input, listed);
  const known = ranked.filter((id) => listed.includes(id));
  // Those that we have forgotten stay on the list: the player may know better.
  return [...known, ...listed.filter((id) => !known.includes(id))];
}

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

export function steeringManifest(parts: {
  readonly ttlSeconds: number;
  readonly reloadUri: string;
  readonly priority: readonly string[];
}): SteeringManifest {
  return {
    VERSION: 1,
    TTL: parts.ttlSeconds,
    "RELOAD-URI": parts.reloadUri,
    "PATHWAY-PRIORITY": [...parts.priority],
  };
}

/**
 * Before the appliances have had the time to register again, an unknown one is not a bad one: the
 * order of the session stands, except that what is known to be bad goes to its end.
 */
function priorityWhileSettling({ nodes }: PriorityInput, listed: readonly string[]): string[] {
  const isBad = (id: string) => nodes.some((node) => node.id === id && !isUsable(node));
  return [...listed.filter((id) => !isBad(id)), ...listed.filter(isBad)];
}

/** An empty list is no manifest, so with nobody known a viewer stays where it is. */
function anonymousPriority({ current, isSettling }: PriorityInput, ranked: readonly string[]) {
  const isUnknown = current !== undefined && !ranked.includes(current);
  if (isUnknown && (isSettling || ranked.length === 0)) return [current, ...ranked];
  return ranked.length === 0 ? [DEFAULT_PATHWAY_ID] : ranked;
}

/** The pathway of a player that names none. */
const DEFAULT_PATHWAY_ID = ".";
