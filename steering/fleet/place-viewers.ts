/**
 * Finds a place for each viewer, and remembers of all of them only how many were sent where.
 *
 * A session counts once per time to live, however often it asks: else one player with a bug, or one
 * that wants to push others away, would look like a crowd.
 */
import { rankViewer } from "../core/ranking/rank-viewer.ts";
import type { Viewer } from "../core/ranking/ranked-node.ts";
import type { Ranking } from "../core/ranking/ranked-place.ts";
import {
  type LedgerPolicy,
  noteManifest,
  openViewerLedger,
  viewersOn,
} from "../core/ranking/viewer-ledger.ts";
import type { RankingBoard } from "./ranking-board.ts";

export type Placement = {
  readonly sessionId: string;
  /** Where the viewer is now; undefined for one that has just begun. */
  readonly from: string | undefined;
  readonly to: string;
  /** For how long this holds until the viewer asks again. */
  readonly ttlMs: number;
};

export type ViewerPlacing = ReturnType<typeof placeViewers>;

/** Players ask a little before their time is up. */
const EARLY_SHARE = 0.75;
/** Beyond it sessions are counted as they ask. */
const MAX_REMEMBERED = 200_000;

export function placeViewers(options: {
  readonly board: Pick<RankingBoard, "current" | "noteArrival">;
  readonly policy: LedgerPolicy;
  readonly now: () => number;
}) {
  const { board, now } = options;
  const ledger = openViewerLedger(options.policy);
  /** Who was counted where, about in the order in which it ends. */
  const counted = new Map<string, { readonly to: string; readonly untilMs: number }>();

  function forgetOldest(nowMs: number): void {
    for (const [sessionId, { untilMs }] of counted) {
      if (untilMs > nowMs && counted.size <= MAX_REMEMBERED) return;
      counted.delete(sessionId);
    }
  }

  return {
    rank: (viewer: Viewer): Ranking => rankViewer(board.current(), viewer),
    notePlacement({ sessionId, from, to, ttlMs }: Placement): void {
      const nowMs = now();
      const before = counted.get(sessionId);
      if (before !== undefined && before.to === to && nowMs < before.untilMs) return;
      forgetOldest(nowMs);
      counted.delete(sessionId);
      counted.set(sessionId, { to, untilMs: nowMs + ttlMs * EARLY_SHARE });
      noteManifest(ledger, { node: to, ttlMs }, nowMs);
      board.noteArrival(from, to);
    },
    viewersOn: (id: string): number => viewersOn(ledger, id, now()),
  };
}
