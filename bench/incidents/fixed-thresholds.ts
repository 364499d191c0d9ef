/**
 * What one would use instead: a threshold for each signal, the same for all nodes at all hours, with the
 * same patience of k bad samples among the last n; and the best such thresholds that there are for
 * some courses.
 *
 * The grid of a signal are thresholds at which more and more of what was measured would be bad, and no
 * threshold at all. The search goes over one signal at a time, in turn until nothing gets better.
 */
import {
  SIGNAL_NAMES,
  SIGNALS,
  type SignalName,
} from "../../steering/core/health/health-signals.ts";
import { badAmong, NO_OUTCOMES, noteOutcome } from "../../steering/core/health/recent-outcomes.ts";
import type { Course } from "./draw-course.ts";
import { type Alarms, f1Of, scoreAlarms, sumScores } from "./score-alarms.ts";

export type Patience = { readonly bad: number; readonly ofLast: number };
export type FixedThresholds = {
  readonly patience: Patience;
  /** Undefined for a signal that is not looked at. */
  readonly limits: Readonly<Partial<Record<SignalName, number>>>;
};

/** The first needs no patience at all. */
export const PATIENCES: readonly Patience[] = [
  { bad: 1, ofLast: 1 },
  { bad: 2, ofLast: 3 },
  { bad: 3, ofLast: 5 },
  { bad: 5, ofLast: 8 },
  { bad: 8, ofLast: 12 },
];
/** Shares of all samples that a threshold may call bad. */
const BAD_SHARES = [
  0.000_05, 0.000_1, 0.000_2, 0.000_3, 0.000_5, 0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015,
  0.02, 0.03, 0.05,
];
const MOST_PASSES = 6;
/** Options from which the search sets out: no threshold, and from strict to lax ones for every signal. */
const STARTS = [0, 3, 6, 9, 12];
const NO_ALARMS: Alarms = new Int32Array(0);

export function alarmsOf(course: Course, { limits, patience }: FixedThresholds): Alarms {
  return SIGNAL_NAMES.reduce<Alarms>((alarms, name) => {
    const limit = limits[name];
    if (limit === undefined) return alarms;
    return eitherOf(alarms, alarmsOfSignal(course, { name, limit, patience }));
  }, NO_ALARMS);
}

/** @returns those of the best F1 that were found. */
export function tuneThresholds(courses: readonly Course[], patience: Patience): FixedThresholds {
  const choices = SIGNAL_NAMES.map((name) => ({
    name,
    options: [undefined, ...limitsOf(courses, name)].map((limit) => ({
      limit,
      alarms: courses.map((course) =>
        limit === undefined ? NO_ALARMS : alarmsOfSignal(course, { name, limit, patience }),
      ),
    })),
  }));
  const climbed = STARTS.map((start) =>
    climb(
      courses,
      choices,
      choices.map(() => start),
    ),
  );
  const best = climbed.reduce((better, each) => (each.f1 > better.f1 ? each : better));
  const limits: Partial<Record<SignalName, number>> = {};
  for (const [index, { name, options }] of choices.entries()) {
    const limit = options[best.chosen[index] ?? 0]?.limit;
    if (limit !== undefined) limits[name] = limit;
  }
  return { patience, limits };
}

type Choice = {
  readonly name: SignalName;
  readonly options: readonly {
    readonly limit: number | undefined;
    /** Of each course. */
    readonly alarms: readonly Alarms[];
  }[];
};

/** Takes the best option of one signal after the other, until nothing gets better. */
function climb(courses: readonly Course[], choices: readonly Choice[], start: readonly number[]) {
  const chosen = [...start];
  let best = -1;
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const before = best;
    for (const [index, { options }] of choices.entries()) {
      const others = courses.map((_, which) =>
        choices
          .filter((_choice, other) => other !== index)
          .map((choice) => choice.options[chosen[choices.indexOf(choice)] ?? 0]?.alarms[which])
          .reduce<Alarms>((sum, alarms) => eitherOf(sum, alarms ?? NO_ALARMS), NO_ALARMS),
      );
      for (const [option, { alarms }] of options.entries()) {
        const scores = courses.map((course, which) =>
          scoreAlarms(course, eitherOf(others[which] ?? NO_ALARMS, alarms[which] ?? NO_ALARMS)),
        );
        const f1 = f1Of(sumScores(scores));
        if (f1 <= best) continue;
        best = f1;
        chosen[index] = option;
      }
    }
    if (best === before) break;
  }
  return { chosen, f1: best };
}

function alarmsOfSignal(
  { nodes, slots, signals }: Course,
  { name, limit, patience }: { name: SignalName; limit: number; patience: Patience },
): Alarms {
  const values = signals[name];
  const isHigherWorse = SIGNALS[name].worse === "higher";
  const alarms: number[] = [];
  for (let node = 0; node < nodes.length; node += 1) {
    let recent = NO_OUTCOMES;
    for (let slot = 0; slot < slots; slot += 1) {
      const value = values[slot * nodes.length + node] ?? Number.NaN;
      const isBad = isHigherWorse ? value > limit : value < limit;
      // Hardly any is bad, and to note good ones after good ones changes nothing.
      if (!Number.isNaN(value) && (isBad || recent.bits !== 0)) {
        recent = noteOutcome(recent, isBad, patience.ofLast);
      }
      if (recent.bits !== 0 && badAmong(recent) >= patience.bad) alarms.push(node * slots + slot);
    }
  }
  return Int32Array.from(alarms);
}

function limitsOf(courses: readonly Course[], name: SignalName): number[] {
  const sorted = Float64Array.from(
    courses.flatMap(({ signals }) => Array.from(signals[name].filter((value) => value >= 0))),
  ).sort();
  const isHigherWorse = SIGNALS[name].worse === "higher";
  return BAD_SHARES.map((share) => {
    const bad = Math.floor(share * sorted.length);
    return sorted[isHigherWorse ? sorted.length - 1 - bad : bad] ?? 0;
  });
}

/** Merges two ascending lists. */
function eitherOf(one: Alarms, other: Alarms): Alarms {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const merged = new Int32Array(one.length + other.length);
  let length = 0;
  for (let i = 0, j = 0; i < one.length || j < other.length; length += 1) {
    const a = one[i] ?? Number.POSITIVE_INFINITY;
    const b = other[j] ?? Number.POSITIVE_INFINITY;
    merged[length] = Math.min(a, b);
    if (a <= b) i += 1;
    if (b <= a) j += 1;
  }
  return merged.subarray(0, length);
}
