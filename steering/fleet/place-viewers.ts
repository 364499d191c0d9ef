/**
 * Finds a place for each viewer, and remembers of all of them only how many were sent where.
 *
 * A session counts for the time that its last manifest gave it, once, however often it asks and wherever
 * it is sent: else one player with a bug, or one that wants to push others away, would look like a crowd.
 */
import { rankViewer } from "../core/ranking/rank-viewer.ts";
import type { Viewer } from "../core/ranking/ranked-node.ts";
import type { Ranking } from "../core/ranking/ranked-place.ts";
import {
  type LedgerEntry,
  type LedgerPolicy,
  noteManifest,
  openViewerLedger,
  takeBack,
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

/** Whoever asks again so early has added nothing worth counting; a quarter of its time has. */
const LEAST_NEW_SHARE = 0.25;
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
  const counted = new Map<string, { readonly entry: LedgerEntry; readonly untilMs: number }>();

  function forgetOldest(nowMs: number): void {
    for (const [sessionId, { untilMs }] of counted) {
      if (untilMs > nowMs && counted.size <= MAX_REMEMBERED) return;
      counted.delete(sessionId);
    }
  }

  return {
    rank: (viewer: Viewer): Ranking => rankViewer(board.current(), viewer),
    /** @returns false for one that asks again so early that it is not counted. */
    notePlacement({ sessionId, from, to, ttlMs }: Placement): boolean {
      const nowMs = now();
      const before = counted.get(sessionId);
      const leftMs = Math.max(0, (before?.untilMs ?? 0) - nowMs);
      const isThere = leftMs > 0 && before?.entry.node === to;
      const newMs = isThere ? ttlMs - leftMs : ttlMs;
      if (isThere && newMs < ttlMs * LEAST_NEW_SHARE) return false;
      if (before !== undefined && !isThere) takeBack(ledger, before.entry, leftMs);
      forgetOldest(nowMs);
      counted.delete(sessionId);
      const entry = noteManifest(ledger, { node: to, ttlMs: newMs }, nowMs);
      counted.set(sessionId, { entry, untilMs: nowMs + ttlMs });
      // What we have counted is surer than what the viewer says.
      board.noteArrival(leftMs > 0 ? before?.entry.node : from, to);
      return true;
    },
    /** Where a session has been counted, while that holds. */
    placeOf(sessionId: string): string | undefined {
      const known = counted.get(sessionId);
      return known !== undefined && known.untilMs > now() ? known.entry.node : undefined;
    },
    viewersOn: (id: string): number => viewersOn(ledger, id, now()),
  };
}
