/** Workloads of viewers who choose from a library: what they differ in is a table. */
import type { Random } from "../../../kernel/seeded-random.ts";
import { type Trace, TraceBuilder } from "../trace.ts";
import { type Arrivals, drawArrivals } from "./draw-arrivals.ts";
import { type LibraryPlan, TitleLibrary } from "./title-library.ts";
import { type Habits, watch } from "./watch.ts";
import type { Workload } from "./workload.ts";

const HOUR_MS = 3_600_000;

export const LIBRARY: LibraryPlan = {
  titles: 400,
  zipfExponent: 0.9,
  shortestSegments: 200,
  longestSegments: 900,
};

export const FAITHFUL: Habits = {
  browserShare: 0,
  leaveChance: 0.0005,
  resumeShare: 0,
  skipChance: 0,
  pauseChance: 0,
  slipChance: 0,
  hearsSound: false,
};
export const RESTLESS: Habits = {
  ...FAITHFUL,
  browserShare: 0.35,
  leaveChance: 0.003,
  resumeShare: 0.15,
  skipChance: 0.002,
  pauseChance: 0.001,
};
export const CLIMBING: Habits = { ...RESTLESS, slipChance: 0.02 };

/** Which title a viewer takes who arrives then. */
export type TitleChoice = (library: TitleLibrary, atMs: number, random: Random) => number;

const byRank: TitleChoice = (library, _atMs, random) => library.drawRank(random);

export type Audience = {
  readonly arrivals: Arrivals;
  readonly habits: Habits;
  readonly choose: TitleChoice;
};

export function seatAudience(audience: Audience, builder: TraceBuilder, random: Random): void {
  const { arrivals, habits, choose } = audience;
  const library = new TitleLibrary(LIBRARY, builder, random);
  for (const fromMs of drawArrivals(arrivals, random)) {
    const { title, segments } = library.at(choose(library, fromMs, random));
    const untilMs = arrivals.durationMs;
    watch({ title, fromMs, untilMs, firstNumber: 1, lastNumber: segments }, habits, random);
  }
}

function drawAudience(audience: Audience): (random: Random) => Trace {
  return (random) => {
    const builder = new TraceBuilder();
    seatAudience(audience, builder, random);
    return builder.build();
  };
}

export const TITLES: Workload = {
  name: "titles",
  audience: "Viewers choose one of 400 titles by Zipf's law and watch it, mostly to its end.",
  isStationary: true,
  draw: drawAudience({
    arrivals: { durationMs: 4 * HOUR_MS, perMinute: 4 },
    habits: FAITHFUL,
    choose: byRank,
  }),
};

export const ABANDONMENT: Workload = {
  name: "abandonment",
  audience:
    "A third only looks in, the others leave after half an hour; some resume, skip or pause.",
  isStationary: true,
  draw: drawAudience({
    arrivals: { durationMs: 4 * HOUR_MS, perMinute: 10 },
    habits: RESTLESS,
    choose: byRank,
  }),
};

export const LADDER_MOVES: Workload = {
  name: "ladder",
  audience: "The same viewers climb a ladder of five renditions, and slip down it now and then.",
  isStationary: true,
  draw: drawAudience({
    arrivals: { durationMs: 4 * HOUR_MS, perMinute: 10 },
    habits: CLIMBING,
    choose: byRank,
  }),
};

const RELEASE_AT_MS = 1.5 * HOUR_MS;
/** A title from the tail of the library, which nobody knew until then. */
const RELEASED_TITLE = LIBRARY.titles - 1;
const releaseShareAt = (atMs: number) =>
  atMs < RELEASE_AT_MS ? 0 : 0.6 * Math.exp(-(atMs - RELEASE_AT_MS) / (1.5 * HOUR_MS));

/** An audience that comes for one title, on top of the usual one. */
export const chooseRelease: TitleChoice = (library, atMs, random) =>
  random() < releaseShareAt(atMs) ? RELEASED_TITLE : library.drawRank(random);

export const RELEASE_DAY: Workload = {
  name: "release-day",
  audience:
    "After an hour and a half a title is released that draws 60 % of all who come, and ebbs.",
  isStationary: false,
  draw: drawAudience({
    arrivals: {
      durationMs: 4 * HOUR_MS,
      perMinute: 20,
      shareAt: (atMs) => 0.4 / (1 - releaseShareAt(atMs)),
    },
    habits: CLIMBING,
    choose: chooseRelease,
  }),
};

const DRIFT_STEP_MS = 10 * 60_000;
/** What was at rank n moves to rank n + 3: new titles come in at the top. */
const RANKS_PER_STEP = 3;

export const chooseDrifting: TitleChoice = (library, atMs, random) => {
  const steps = Math.floor(atMs / DRIFT_STEP_MS);
  return library.drawRank(random) + LIBRARY.titles - ((steps * RANKS_PER_STEP) % LIBRARY.titles);
};

export const DRIFT: Workload = {
  name: "drift",
  audience: "Every ten minutes three new titles become the most popular ones.",
  isStationary: false,
  draw: drawAudience({
    arrivals: { durationMs: 4 * HOUR_MS, perMinute: 10 },
    habits: CLIMBING,
    choose: chooseDrifting,
  }),
};

const DAY_MS = 24 * HOUR_MS;
/** A tenth in the small hours, everybody in the evening. */
export const eveningShareAt = (atMs: number): number =>
  0.1 + 0.9 * ((1 - Math.cos((2 * Math.PI * (atMs - 0.1 * DAY_MS)) / DAY_MS)) / 2) ** 2;

export const DIURNAL: Workload = {
  name: "diurnal",
  audience: "A day and a night: ten times as many viewers in the evening as in the small hours.",
  isStationary: true,
  draw: drawAudience({
    arrivals: { durationMs: DAY_MS, perMinute: 4, shareAt: eveningShareAt },
    habits: CLIMBING,
    choose: byRank,
  }),
};
