/**
 * An operator's word about one node: it outweighs what steering has found out, and ends by itself, so that
 * nobody has to remember it.
 *
 * Taking away the last node that could serve is refused: it is nearly always a mistake, and whoever means
 * it can say so.
 */
import type { HealthState } from "../../contract/fleet-view.ts";
import {
  LONGEST_OVERRIDE_SECONDS,
  type OverrideAction,
  type OverrideRequest,
} from "../../contract/override.ts";
import { isUsable, type RankedNode } from "./ranked-node.ts";

export type Override = {
  readonly action: OverrideAction;
  readonly reason: string;
  readonly sinceMs: number;
  readonly endsAtMs: number;
  /** The same two by the time of day, for whoever reads them and for the next start. */
  readonly sinceWallMs: number;
  readonly endsAtWallMs: number;
};

/** What is written down of it. */
export type StoredOverride = Omit<Override, "sinceMs" | "endsAtMs">;

/** Now, for durations, and by the time of day. */
export type TwoClocks = { readonly nowMs: number; readonly wallMs: number };

export type OverrideDecision =
  | { readonly outcome: "set"; readonly override: Override }
  | { readonly outcome: "refused"; readonly reason: "last-node" };

type JudgedNode = Pick<RankedNode, "id" | "state" | "override">;

/** @param request for the node of this id. */
export function decideOverride(
  nodes: readonly JudgedNode[],
  request: OverrideRequest & { readonly id: string },
  { nowMs, wallMs }: TwoClocks,
): OverrideDecision {
  const { id, action, reason, seconds, force = false } = request;
  if (!force && takesTheLast(nodes, { id, action })) {
    return { outcome: "refused", reason: "last-node" };
  }
  const lastsMs = seconds * 1000;
  return {
    outcome: "set",
    override: {
      action,
      reason,
      sinceMs: nowMs,
      endsAtMs: nowMs + lastsMs,
      sinceWallMs: wallMs,
      endsAtWallMs: wallMs + lastsMs,
    },
  };
}

/** As it stands after a restart: in force until it would have ended. Undefined once that is past. */
export function restoredOverride(
  stored: StoredOverride,
  { nowMs, wallMs }: TwoClocks,
): Override | undefined {
  const leftMs = Math.min(stored.endsAtWallMs - wallMs, LONGEST_OVERRIDE_SECONDS * 1000);
  const agoMs = Math.max(0, wallMs - stored.sinceWallMs);
  if (!(leftMs > 0 && Number.isFinite(agoMs))) return undefined;
  return { ...stored, sinceMs: nowMs - agoMs, endsAtMs: nowMs + leftMs };
}

/** Undefined once its time is up. */
export function overrideAt(override: Override | undefined, nowMs: number): Override | undefined {
  return override !== undefined && nowMs < override.endsAtMs ? override : undefined;
}

/** The state to rank by: trust outweighs a judgement, and never a fact, such as a refused connection. */
export function stateUnder(
  action: OverrideAction | undefined,
  { state, isFact }: { readonly state: HealthState; readonly isFact: boolean },
): HealthState {
  const isJudged = state === "down" || state === "recovering";
  return action === "trust" && isJudged && !isFact ? "up" : state;
}

/** Whoever cannot serve anyway is not the last that could. */
function takesTheLast(
  nodes: readonly JudgedNode[],
  { id, action }: { readonly id: string; readonly action: OverrideAction },
): boolean {
  if (action !== "drain" && action !== "exclude") return false;
  const usable = nodes.filter(isUsable);
  return usable.length === 1 && usable[0]?.id === id;
}
