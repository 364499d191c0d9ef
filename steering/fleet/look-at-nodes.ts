/**
 * Questions about the nodes of the fleet that change nothing: whom to probe, how well they are, and when
 * something last happened to one of them.
 */
import type { HealthState } from "../contract/fleet-view.ts";
import type { ProbeTarget } from "../core/probe/probe-schedule.ts";
import { isUsable } from "../core/ranking/ranked-node.ts";
import { type FleetNode, incarnationOf, regionOf, urlOf } from "./fleet-node.ts";

export function lookAtNodes(nodes: ReadonlyMap<string, FleetNode>) {
  function nodeCalled(id: string): FleetNode {
    const node = nodes.get(id);
    if (node === undefined) throw new RangeError(`No node ${id}`);
    return node;
  }

  return {
    nodeCalled,

    /** Every node looks bad, and viewers are told of all of them. */
    isFailOpen(): boolean {
      if (nodes.size === 0) return false;
      for (const node of nodes.values()) if (isUsableNode(node)) return false;
      return true;
    },

    /** Of a node that was ranked. */
    urlOf: (id: string): string => urlOf(nodeCalled(id)),
    regionOf(id: string): string | undefined {
      const node = nodes.get(id);
      return node === undefined ? undefined : regionOf(node);
    },

    /** How many are in each state. */
    countStates(): ReadonlyMap<HealthState, number> {
      const counts = new Map<HealthState, number>();
      for (const { health } of nodes.values()) {
        counts.set(health.state, (counts.get(health.state) ?? 0) + 1);
      }
      return counts;
    },
    /** To how many a viewer would be sent. */
    countUsable(): number {
      let count = 0;
      for (const node of nodes.values()) if (isUsableNode(node)) count += 1;
      return count;
    },
    /** What decides whether an operator may take one away. */
    judged: () =>
      Array.from(nodes.values(), ({ id, health, override }) => ({
        id,
        state: health.state,
        override: override?.action,
      })),

    /** Those that hold a lease: the others are asked again once they have registered. */
    probeTargets(): ProbeTarget[] {
      const held = Array.from(nodes.values()).filter(
        ({ standing }) => standing.kind === "cdn" || standing.member.lease.state !== "ended",
      );
      return held.map((node) => ({
        id: node.id,
        url: urlOf(node),
        incarnation: incarnationOf(node),
        probePath: node.standing.kind === "cdn" ? node.standing.pathway.probePath : undefined,
        asPage: node.standing.kind === "cdn",
      }));
    },

    /** When one of these last changed its state or fell ill, or an operator's word about it began. */
    lastChangeAtMs(
      concerned: readonly { readonly id: string }[],
      clones: readonly { readonly node: { readonly id: string } }[],
    ): number | undefined {
      let lastMs: number | undefined;
      const look = (id: string) => {
        const node = nodes.get(id);
        if (node === undefined) return;
        const { override, health, fitnessSinceMs } = node;
        const changedMs = Math.max(health.sinceMs, fitnessSinceMs, override?.sinceMs ?? 0);
        if (lastMs === undefined || changedMs > lastMs) lastMs = changedMs;
      };
      for (const { id } of concerned) look(id);
      for (const { node } of clones) look(node.id);
      return lastMs;
    },
  };
}

function isUsableNode({ health, override }: FleetNode): boolean {
  return isUsable({ state: health.state, override: override?.action });
}
