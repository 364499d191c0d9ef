/**
 * Finds a place for each viewer, and remembers of all of them only how many were sent where.
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
  /** Where the viewer is now; undefined for one that has just begun. */
  readonly from: string | undefined;
  readonly to: string;
  /** For how long this holds until the viewer asks again. */
  readonly ttlMs: number;
};

export type ViewerPlacing = ReturnType<typeof placeViewers>;

export function placeViewers(options: {
  readonly board: Pick<RankingBoard, "current" | "noteArrival">;
  readonly policy: LedgerPolicy;
  readonly now: () => number;
}) {
  const { board, now } = options;
  const ledger = openViewerLedger(options.policy);
  return {
    rank: (viewer: Viewer): Ranking => rankViewer(board.current(), viewer),
    notePlacement({ from, to, ttlMs }: Placement): void {
      noteManifest(ledger, { node: to, ttlMs }, now());
      board.noteArrival(from, to);
    },
    viewersOn: (id: string): number => viewersOn(ledger, id, now()),
  };
}
