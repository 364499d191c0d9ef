/**
 * Forecasts how soon a segment will be wanted, in uses per millisecond: what a byte of it earns while
 * it is kept.
 *
 * A viewer three segments behind will want it in three segments' time, unless they leave or move to
 * another rendition first. A viewer who has not come yet has the way from the beginning still to go.
 * After Dan and Sitaram, "Interval Caching" (1996), who keep the shortest intervals between viewers of
 * a title; here an interval is worth what is likely to come of it.
 */
import type { Rendition, Viewer, WatchedTitle } from "./watched-title.ts";
import type { WatchedTitles } from "./watched-titles.ts";

export type ForecastPolicy = {
  /** Those further behind are left out: the nearest tell nearly all. */
  readonly maxViewersAsked: number;
  /** Nothing is more certain than to be wanted within this time. */
  readonly soonestMs: number;
  /** How many reads of its own a title needs to outweigh what viewers of others choose. */
  readonly ownReadsWeight: number;
  /** How many arrivals a title is credited with before anybody came: it may be a new one. */
  readonly arrivalsCredit: number;
  /** Who joins a live channel begins so many segments behind its edge, or fewer. */
  readonly liveStartSegments: number;
};

/** The number is that in its name; where names are times, the rendition knows which place that is. */
export type Place = {
  readonly rendition: Rendition;
  readonly number: number;
  readonly isLive: boolean;
};

export type View = {
  readonly titles: WatchedTitles;
  readonly policy: ForecastPolicy;
  readonly nowMs: number;
};

export function forecastUse(place: Place, view: View): number {
  const share = shareOfRendition(place.rendition, view);
  return forecastByViewers(place, share, view) + forecastByArrivals(place, share, view);
}

/** The time until somebody comes for a title, or for what a share of all viewers chooses of it. */
export function forecastArrivalMs(
  title: WatchedTitle,
  share: number,
  { titles, policy: { arrivalsCredit }, nowMs }: View,
): number {
  // Few have come to most titles, so the estimate leans on what is usual (gamma-Poisson).
  const countedMs = titles.countedMs(nowMs) + 1;
  const usualPerMs = (titles.arrivals.at(nowMs) + 1) / (titles.size + 1) / countedMs;
  const arrivals = share * (title.arrivals.at(nowMs) + arrivalsCredit);
  return (countedMs + arrivalsCredit / usualPerMs) / arrivals;
}

/** Uses per millisecond by viewers who have yet to come. */
function forecastByArrivals(
  { rendition, number, isLive }: Place,
  share: number,
  view: View,
): number {
  const { title, step } = rendition;
  const place = step.placeOf(number);
  if (isLive && place < title.lastNumber - view.policy.liveStartSegments) return 0;
  const way = isLive ? 0 : Math.max(0, place - title.firstNumber);
  const reachedInMs = forecastArrivalMs(title, share, view) + way * title.paceMs;
  return view.titles.leaving.chanceToGoOn(0, way) / reachedInMs;
}

function forecastByViewers(
  { rendition, number }: Place,
  share: number,
  { titles, policy, nowMs }: View,
): number {
  const { leaving, logOfStaying } = titles;
  const { title, step } = rendition;
  const place = step.placeOf(number);
  let usesPerMs = 0;
  let asked = 0;
  const ask = (viewer: Viewer): boolean => {
    const way = place - viewer.number;
    const keepsTo = Math.exp(way * logOfStaying);
    const willBeOnIt = (viewer.rendition === rendition ? keepsTo : 0) + (1 - keepsTo) * share;
    const arrivesInMs = Math.max(0, viewer.atMs + way * title.paceMs - nowMs);
    const comes = willBeOnIt * leaving.chanceToGoOn(viewer.watchedSegments, way);
    usesPerMs += comes / (arrivesInMs + policy.soonestMs);
    asked += 1;
    return asked < policy.maxViewersAsked;
  };
  title.visitViewersBefore(place, nowMs, ask, ({ watchedSegments }) =>
    leaving.onLeft(watchedSegments),
  );
  return usesPerMs;
}

/** The chance that somebody who moves, or has yet to come, will be on this rendition. */
function shareOfRendition(
  rendition: Rendition,
  { titles, policy: { ownReadsWeight } }: View,
): number {
  const { title, reads } = rendition;
  return (reads + ownReadsWeight * titles.shareOfName(rendition)) / (title.reads + ownReadsWeight);
}
