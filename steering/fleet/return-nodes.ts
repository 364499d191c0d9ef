/**
 * Brings viewers back to a node by and by: when it is up again, its most wanted titles are filled, then
 * the share of the viewers that it admits grows.
 */
import type { HealthState } from "../contract/fleet-view.ts";
import {
  type AdmissionRamp,
  admittedShares,
  beginRamp,
  endWarming,
  type RampPolicy,
  rampShare,
} from "../core/ranking/admission-ramp.ts";
import { isUsable } from "../core/ranking/ranked-node.ts";
import type { NewEvent } from "../history/open-history.ts";
import type { NodeWarmer, WarmingOutcome } from "../warming/warm-nodes.ts";
import { type FleetNode, urlOf } from "./fleet-node.ts";

export type ReturningOptions = {
  readonly policy: RampPolicy;
  readonly nodes: () => Iterable<FleetNode>;
  readonly warmer: Pick<NodeWarmer, "begin" | "giveUp">;
  /** The playlists that it should have, the most wanted first. */
  readonly choosePaths: (id: string) => readonly string[];
  readonly tell: (event: NewEvent) => void;
  readonly onChange: (kind: "calm" | "urgent") => void;
  readonly now: () => number;
};

/** In which a share grows. */
const STEPS = 100;
/** A fleet that comes back as a whole is not weighed anew for each of its nodes. */
const LEAST_BETWEEN_MS = 100;

export function returnNodes(options: ReturningOptions) {
  const { policy, nodes, warmer, choosePaths, tell, onChange, now } = options;
  const ramps = new Map<string, AdmissionRamp>();
  let settledAtMs = Number.NEGATIVE_INFINITY;
  let isDue = false;

  function begin(node: FleetNode): void {
    const nowMs = now();
    ramps.set(node.id, beginRamp(nowMs));
    // A CDN of somebody else's cannot be told to fill itself.
    const paths = node.standing.kind === "appliance" ? choosePaths(node.id) : [];
    if (paths.length > 0) {
      tell({
        kind: "warming",
        subject: node.id,
        from: "cold",
        to: "warming",
        reason: "up-again",
        details: { paths },
      });
    }
    warmer.begin({ id: node.id, url: urlOf(node) }, paths, nowMs);
    // At once: else the first manifests would send it everybody.
    if (nowMs - settledAtMs >= LEAST_BETWEEN_MS) settle(nowMs);
    else holdBack(node, nowMs);
  }

  /** Until all are weighed against each other, with the next step. */
  function holdBack(node: FleetNode, nowMs: number): void {
    node.admittedShare = rampShare(ramps.get(node.id), policy, nowMs);
    isDue = true;
  }

  /** Gives every node the share that it admits now. */
  function settle(nowMs: number): void {
    settledAtMs = nowMs;
    isDue = false;
    const all = Array.from(nodes());
    const ramped = all.map((node) => ({
      ramp: ramps.get(node.id),
      isUsable: isUsable({ state: node.health.state, override: node.override?.action }),
      weight: 1,
    }));
    for (const [index, share] of admittedShares(ramped, policy, nowMs).entries()) {
      const node = all[index];
      if (node === undefined || node.admittedShare === share) continue;
      node.admittedShare = share;
      onChange("calm");
    }
    for (const [id, ramp] of ramps) if (rampShare(ramp, policy, nowMs) === 1) ramps.delete(id);
  }

  /** Whatever it admitted till then: it begins anew when it is up again. */
  function giveUp(node: FleetNode): void {
    if (ramps.delete(node.id)) warmer.giveUp(node.id);
    node.admittedShare = 1;
  }

  return {
    /**
     * One that merely drained has kept its cache, and its viewers may come at once: as many as it
     * admits by then, if it drained while it was still on its way back.
     */
    onStateChange(node: FleetNode, from: HealthState | "unknown"): void {
      const { state } = node.health;
      if (state === "up") {
        if (from === "recovering") begin(node);
      } else if (state !== "draining") {
        giveUp(node);
      }
    },

    onWarmed(id: string, { outcome, reason, ...figures }: WarmingOutcome): void {
      const ramp = ramps.get(id);
      if (ramp === undefined) return;
      ramps.set(id, endWarming(ramp, now()));
      if (reason === "nothing-wanted") return;
      tell({
        kind: "warming",
        subject: id,
        from: "warming",
        to: outcome,
        reason,
        details: { ...figures },
      });
    },

    /** As time goes by: a slow ramp need not be looked at with every tick. */
    settle(nowMs: number): void {
      const sinceMs = nowMs - settledAtMs;
      const isWanted = isDue ? sinceMs >= LEAST_BETWEEN_MS : sinceMs >= policy.rampMs / STEPS;
      if (ramps.size > 0 && isWanted) settle(nowMs);
    },
  };
}
