/**
 * Chooses the pathway for the next request: steering's order, vetoed by the viewer's own record.
 *
 * Steering knows the fleet and the viewer knows what just happened, so the order decides among the
 * pathways that are well; one that is to be spared comes after all of them that are not. When none is well, everything that could serve is still asked: first who is only
 * slow, then the one whose time is up soonest. A request never fails while somebody has not been asked.
 */
import type { PathwayHealth } from "./pathway-health.ts";

export type RankedPathway = {
  readonly id: string;
  readonly health: PathwayHealth;
  /** Well, but not to be asked while somebody else is: it said so, or has just recovered. */
  readonly isSpared: boolean;
};

export type PathwayChoice = {
  readonly id: string;
  readonly reason: "stays" | "first-choice" | "fails-over" | "moves" | "spares" | "last-resort";
};

export type ChoiceContext = {
  /** Where playback is now; undefined before the first request. */
  readonly current: string | undefined;
  /** Pathways that this request has asked already. */
  readonly tried: ReadonlySet<string>;
  /** When a healthy pathway was last left for another. */
  readonly lastMoveMs: number | undefined;
  readonly dwellMs: number;
};

/** @param ranked steering's order, best first. Undefined once every pathway has been tried. */
export function choosePathway(
  ranked: readonly RankedPathway[],
  context: ChoiceContext,
  nowMs: number,
): PathwayChoice | undefined {
  const open = ranked.filter(({ id }) => !context.tried.has(id));
  const well = open.filter(({ health }) => health.state === "well");
  const best = well.find(({ isSpared }) => !isSpared) ?? well[0];
  if (best === undefined) return lastResort(open);
  if (context.current === undefined) return { id: best.id, reason: "first-choice" };
  if (best.id === context.current) return { id: best.id, reason: "stays" };

  const current = open.find(({ id }) => id === context.current);
  if (current?.health.state !== "well") return { id: best.id, reason: "fails-over" };
  if (best.isSpared) return { id: current.id, reason: "stays" };
  // At most one voluntary move per dwell: an order that flaps must not drag the viewer about.
  const isTooSoon =
    context.lastMoveMs !== undefined && nowMs - context.lastMoveMs < context.dwellMs;
  if (isTooSoon) return { id: current.id, reason: "stays" };
  return { id: best.id, reason: current.isSpared ? "spares" : "moves" };
}

function lastResort(open: readonly RankedPathway[]): PathwayChoice | undefined {
  const [first] = open.toSorted((a, b) => openUntilMs(a) - openUntilMs(b));
  return first && { id: first.id, reason: "last-resort" };
}

function openUntilMs({ health }: RankedPathway): number {
  return health.state === "avoided" && health.reason !== "too-slow" ? health.untilMs : 0;
}
