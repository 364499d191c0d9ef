/**
 * What a play is made of beyond the requests that are under way, so that another transport can go on
 * where one was ended: a service worker is stopped whenever its browser sees fit.
 *
 * Times are those of a clock that ends with its owner, so they move to the next one's together.
 */
import type { PlayerSnapshot } from "../../contract/player-events.ts";
import type { PathwayHealth } from "../host/pathway-health.ts";
import type { Whereabouts } from "./whereabouts.ts";

export type HealthRecord = {
  readonly byHost: ReadonlyMap<string, PathwayHealth>;
  /** Hosts that have ever been avoided. */
  readonly hadFailed: readonly string[];
};

export type PlayCounts = Omit<PlayerSnapshot["counts"], "requests">;

/** A multivariant playlist or MPD as it came. */
export type ReceivedManifest = {
  readonly text: string;
  /** After redirects. */
  readonly url: string;
  /** Which of the page's sources it was asked of. */
  readonly source: string;
};

export type SavedPlay = {
  /** The one that the play began with; undefined before any. */
  readonly manifest: ReceivedManifest | undefined;
  /** A steered one that came later; see `place/adopt-presentation.ts`. */
  readonly adopted: Omit<ReceivedManifest, "source"> | undefined;
  readonly order: readonly string[];
  readonly health: HealthRecord;
  readonly whereabouts: Whereabouts;
  readonly counts: PlayCounts;
  readonly servedBy: string | undefined;
};

/** The same play on a clock that shows `byMs` more. */
export function moveClock(play: SavedPlay, byMs: number): SavedPlay {
  const { byHost, hadFailed } = play.health;
  const { leftAtMs, lastMoveMs } = play.whereabouts;
  return {
    ...play,
    health: {
      byHost: new Map(Array.from(byHost, ([host, health]) => [host, moveHealth(health, byMs)])),
      hadFailed,
    },
    whereabouts: {
      ...play.whereabouts,
      leftAtMs: new Map(Array.from(leftAtMs, ([id, atMs]) => [id, atMs + byMs])),
      lastMoveMs: moved(lastMoveMs, byMs),
    },
  };
}

function moveHealth(health: PathwayHealth, byMs: number): PathwayHealth {
  if (health.state === "well") {
    const { sinceMs, returnAtMs } = health;
    return { ...health, sinceMs: moved(sinceMs, byMs), returnAtMs: returnAtMs + byMs };
  }
  return {
    ...health,
    sinceMs: health.sinceMs + byMs,
    untilMs: health.untilMs + byMs,
    goodSinceMs: moved(health.goodSinceMs, byMs),
  };
}

function moved(atMs: number | undefined, byMs: number): number | undefined {
  return atMs === undefined ? undefined : atMs + byMs;
}
