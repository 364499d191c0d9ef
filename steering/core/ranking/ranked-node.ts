/**
 * What the ranking knows of a node and of a viewer.
 *
 * A node is whatever serves a pathway, an appliance of ours or a CDN of somebody else's, and its id is the
 * pathway's. Whatever says how good it is has been judged before (core/health): here it is only weighed.
 */
import type { HealthState } from "../../contract/fleet-view.ts";
import type { OverrideAction } from "../../contract/override.ts";

export type RankedNode = {
  readonly id: string;
  readonly kind: "appliance" | "cdn";
  /** The larger failure domain; the node itself is the smaller one. */
  readonly region: string;
  readonly state: HealthState;
  /** 0…1 */
  readonly grade: number;
  /** What players alone take from the grade. It keeps others away, and drives out nobody who is there. */
  readonly complaint: number;
  readonly gradeReason: string;
  /** If it is sick or down, then by our judgement: no fact says so, and no players. */
  readonly isOurWordAlone: boolean;
  /** Share of its capacity in use, as it reports. */
  readonly load: number;
  /** It refuses work already. */
  readonly isShedding: boolean;
  /** Relative capacity, above 0; an ordinary appliance has 1. */
  readonly weight: number;
  /** Running sessions that were sent there (viewer-ledger.ts). */
  readonly viewers: number;
  /** Of a byte from there, relative to the others; 0 costs nothing. */
  readonly cost: number;
  /** 0…1: which share of the sessions may be sent there (admission-ramp.ts). */
  readonly admittedShare: number;
  readonly override: OverrideAction | undefined;
};

/** As those see it who are there. */
export function asThere(node: RankedNode): RankedNode {
  const { grade, complaint } = node;
  return complaint > 0 ? { ...node, grade: Math.min(1, grade + complaint), complaint: 0 } : node;
}

export type Viewer = {
  readonly sessionId: string;
  /** Unknown regions prefer none. */
  readonly region: string | undefined;
  /** What is watched: those who watch the same are sent to the same few nodes. */
  readonly title: string;
  /** The pathway that it is on now, by its own word. */
  readonly current: string | undefined;
  /** The pathways that its playlist names, best first as they were when it began. */
  readonly kept: readonly string[];
};

/** Fit to take viewers: up, or on trial, and not taken away by an operator. */
export function isUsable({
  state,
  override,
}: Pick<RankedNode, "state"> & Partial<Pick<RankedNode, "override">>): boolean {
  const isTakenAway = override === "exclude" || override === "drain";
  return (state === "up" || state === "recovering") && !isTakenAway;
}
