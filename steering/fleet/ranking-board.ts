/**
 * Keeps the compiled ranking of the fleet up to date, at a bounded cost.
 *
 * What viewers are told must follow a death at once and may follow a load by and by. So a change is
 * either urgent or not, and however many there are, compiling takes no more than a share of the time:
 * a large fleet is compiled less often than a small one.
 */

import { compileFleet } from "../core/ranking/compile-fleet.ts";
import { type CompiledFleet, noteArrival as countArrival } from "../core/ranking/compiled-fleet.ts";
import type { RegionDistances } from "../core/ranking/network-distance.ts";
import type { RankedNode } from "../core/ranking/ranked-node.ts";
import type { RankingPolicy } from "../core/ranking/ranking-policy.ts";

export type BoardPolicy = {
  /** What is not urgent waits so long. */
  readonly settleMs: number;
  /** Compiling takes at most this share of the time while all is calm … */
  readonly calmShare: number;
  /** … and this share while urgent changes come in a row. */
  readonly urgentShare: number;
};

export type RankingBoardOptions = {
  /** The nodes as they are now. */
  readonly nodes: (nowMs: number) => readonly RankedNode[];
  readonly ranking: RankingPolicy;
  readonly policy: BoardPolicy;
  readonly now: () => number;
  readonly onCompiled?: (durationMs: number) => void;
};

export type RankingBoard = ReturnType<typeof openRankingBoard>;

export function openRankingBoard(options: RankingBoardOptions) {
  const { nodes, ranking, policy, now, onCompiled } = options;
  let compiled: CompiledFleet | undefined;
  let distances: RegionDistances | undefined;
  let pending: "nothing" | "calm" | "urgent" = "urgent";
  let compiledAtMs = Number.NEGATIVE_INFINITY;
  let costMs = 0;

  function mayCompile(nowMs: number): boolean {
    const sinceMs = nowMs - compiledAtMs;
    if (pending === "urgent") return sinceMs >= costMs / policy.urgentShare;
    return pending === "calm" && sinceMs >= Math.max(policy.settleMs, costMs / policy.calmShare);
  }

  function compile(nowMs: number): CompiledFleet {
    compiled = compileFleet(nodes(nowMs), ranking, {
      ...(distances === undefined ? {} : { distances }),
      ...(compiled === undefined ? {} : { previous: compiled }),
    });
    pending = "nothing";
    costMs = now() - nowMs;
    compiledAtMs = nowMs + costMs;
    onCompiled?.(costMs);
    return compiled;
  }

  return {
    /** The fleet to rank by. */
    current(): CompiledFleet {
      const nowMs = now();
      return compiled === undefined || mayCompile(nowMs) ? compile(nowMs) : compiled;
    },
    noteChange(kind: "calm" | "urgent"): void {
      if (pending !== "urgent") pending = kind;
    },
    useDistances(next: RegionDistances | undefined): void {
      distances = next;
      pending = "urgent";
    },
    /** A viewer is sent from one node to another; the next compilation counts afresh. */
    noteArrival(from: string | undefined, to: string): void {
      if (compiled !== undefined) countArrival(compiled, { from, to });
    },
  };
}
