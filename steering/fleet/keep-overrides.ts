/**
 * What operators have said of nodes, each word until its own end: of those that are there, and of those
 * that are not, for whoever returns in time.
 */
import { type Override, overrideAt } from "../core/ranking/override.ts";
import type { NewEvent } from "../history/open-history.ts";
import type { FleetNode } from "./fleet-node.ts";

export type OverridesOptions = {
  readonly nodes: ReadonlyMap<string, FleetNode>;
  readonly tell: (event: NewEvent) => void;
  /** Viewers must be told at once. */
  readonly onChange: () => void;
};

export function keepOverrides({ nodes, tell, onChange }: OverridesOptions) {
  const awaited = new Map<string, Override>();

  function set(node: FleetNode, override: Override | undefined, reason: string): void {
    const from = node.override?.action ?? null;
    node.override = override;
    tell({ kind: "override", subject: node.id, from, to: override?.action ?? null, reason });
    onChange();
  }

  return {
    set,

    /** An operator takes back what was said, if anything. False for a node of which nobody knows. */
    lift(id: string): boolean {
      const node = nodes.get(id);
      if (node?.override !== undefined) set(node, undefined, "taken-back");
      const said = awaited.get(id);
      if (node !== undefined || said === undefined) return node !== undefined;
      awaited.delete(id);
      tell({ kind: "override", subject: id, from: said.action, to: null, reason: "taken-back" });
      return true;
    },

    /** Ends those whose time is over. */
    settle(nowMs: number): void {
      for (const node of nodes.values()) {
        if (node.override === undefined || nowMs < node.override.endsAtMs) continue;
        set(node, undefined, "time-is-over");
      }
      for (const [id, { endsAtMs }] of awaited) if (nowMs >= endsAtMs) awaited.delete(id);
    },

    /** Keeps a word for a node that is not there. */
    await(id: string, override: Override | undefined): void {
      if (override !== undefined) awaited.set(id, override);
    },

    /** The word that holds for a node that comes, if any. */
    takeAwaited(id: string, nowMs: number): Override | undefined {
      const override = overrideAt(awaited.get(id), nowMs);
      awaited.delete(id);
      return override;
    },

    awaited: (): ReadonlyMap<string, Override> => awaited,
  };
}
