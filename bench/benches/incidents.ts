/** Who notices that a node is ill, and who cries wolf: prediction and peers against fixed thresholds. */
import { setImmediate } from "node:timers/promises";
import { HEALTH_PROFILES, type HealthPolicy } from "../../steering/core/health/health-policy.ts";
import { OURS } from "../contract/bench-result.ts";
import type { StudyColumn, StudyRun } from "../contract/study-result.ts";
import { median } from "../core/summarise-rounds.ts";
import { type Course, drawCourse } from "../incidents/draw-course.ts";
import { FAMILIES, type Family } from "../incidents/draw-incidents.ts";
import {
  alarmsOf,
  type FixedThresholds,
  PATIENCES,
  tuneThresholds,
} from "../incidents/fixed-thresholds.ts";
import {
  type AlarmScore,
  f1Of,
  precisionOf,
  recallOf,
  scoreAlarms,
  sumScores,
} from "../incidents/score-alarms.ts";
import { watchCourse } from "../incidents/watch-course.ts";
import type { Study, StudyContext, StudyFindings } from "./bench.ts";

const TRAINING_DAYS = 5;
const TEST_DAYS = 4;
const FIXED = "fixed thresholds";

export const INCIDENTS: Study = {
  kind: "study",
  name: "incidents",
  question:
    "Which ill nodes are noticed, how soon, and how often is a healthy one accused, by steering's forecast and comparison with peers beside fixed thresholds?",
  notes: [
    "Days of a made-up fleet of twelve nodes in three regions: nodes differ, load follows the hour, everybody is slower at the peak, regions have bad half-hours, nodes wander and restart. None of that is an incident. The incidents are drawn from the seed, and creeping ones grow from nothing.",
    "An incident is noticed if an alarm of its node begins while it lasts. An alarm that begins while nothing is wrong is false. Precision is what was noticed by that and the false alarms; recall is what was noticed by all incidents.",
    "Ours is the code that steering runs, with the policy that production has: an alarm is a signal that deviates. Beside it are its two halves by themselves.",
    `The fixed thresholds are those of the best F1 that a search found on ${TRAINING_DAYS} training days of the same kind, over a grid for each signal and the patiences ${PATIENCES.map(({ bad, ofLast }) => `${bad} of ${ofLast}`).join(", ")}. Ours was tuned on the same training days. Nobody was tuned on the days that are shown here: their seeds are others.`,
    "Made-up days are no proof for a real fleet. They show what each rule can tell apart.",
  ],
  run: (context) => studyIncidents(context),
};

/** @param seconds of each course, instead of a day. */
export async function studyIncidents(
  context: StudyContext,
  seconds?: number,
): Promise<readonly StudyFindings[]> {
  const findings: StudyFindings[] = [];
  for (const family of FAMILIES) findings.push(await studyFamily(family, context, seconds));
  return findings;
}

type Watcher = {
  readonly name: string;
  readonly watch: (course: Course) => Promise<AlarmScore>;
};

async function studyFamily(
  family: Family,
  { wishes, progress, signal }: StudyContext,
  seconds: number | undefined,
): Promise<StudyFindings> {
  const days = wishes.runs ?? TEST_DAYS;
  progress(`${family}: tuning fixed thresholds on ${TRAINING_DAYS} other days`);
  const training = daysOf(TRAINING_DAYS, (day) => drawCourse(family, `train ${day}`, seconds));
  const tuned = await tunePatience(training, signal);
  const tests = daysOf(days, (day) => drawCourse(family, `test ${wishes.seed} ${day}`, seconds));

  const scores = new Map<string, AlarmScore>();
  for (const { name, watch } of watchersOf(tuned, signal)) {
    progress(`${family}: ${name}`);
    const each: AlarmScore[] = [];
    for (const course of tests) each.push(await watch(course));
    scores.set(name, sumScores(each));
  }
  const incidents = tests.reduce((sum, course) => sum + course.incidents.length, 0);
  return {
    unit: { family, days, nodes: tests[0]?.nodes.length ?? 0, incidents, seed: wishes.seed },
    columns: COLUMNS,
    runs: Array.from(scores, ([name, score]) => runOf(name, score)),
    claims: [claimOf(scores)],
    notes: [`${family}: ${describeThresholds(tuned)}`],
  };
}

function watchersOf(tuned: FixedThresholds, signal: AbortSignal): Watcher[] {
  const policy = HEALTH_PROFILES.production;
  const ours = (name: string, variant: HealthPolicy): Watcher => ({
    name,
    watch: async (course) => scoreAlarms(course, await watchCourse(course, variant, signal)),
  });
  return [
    ours(OURS, policy),
    ours(`${OURS}, forecast alone`, withForecast(policy, { habit: { apartFactor: UNREACHED } })),
    ours(`${OURS}, peers alone`, withForecast(policy, { forecast: { noiseFactor: UNREACHED } })),
    { name: FIXED, watch: async (course) => scoreAlarms(course, alarmsOf(course, tuned)) },
  ];
}

/** No noise, however small, times this is ever exceeded. */
const UNREACHED = 1e9;

function withForecast(
  policy: HealthPolicy,
  changes: {
    readonly habit?: Partial<HealthPolicy["forecast"]["habit"]>;
    readonly forecast?: Partial<HealthPolicy["forecast"]["forecast"]>;
  },
): HealthPolicy {
  const { forecast } = policy;
  return {
    ...policy,
    forecast: {
      ...forecast,
      habit: { ...forecast.habit, ...changes.habit },
      forecast: { ...forecast.forecast, ...changes.forecast },
    },
  };
}

async function tunePatience(
  training: readonly Course[],
  signal: AbortSignal,
): Promise<FixedThresholds> {
  let best: { readonly f1: number; readonly tuned: FixedThresholds } | undefined;
  for (const patience of PATIENCES) {
    // It takes a second: somebody may have asked to stop.
    await setImmediate();
    signal.throwIfAborted();
    const tuned = tuneThresholds(training, patience);
    const f1 = f1Of(
      sumScores(training.map((course) => scoreAlarms(course, alarmsOf(course, tuned)))),
    );
    if (best === undefined || f1 > best.f1) best = { f1, tuned };
  }
  if (best === undefined) throw new TypeError("There is no patience to tune with");
  return best.tuned;
}

const COLUMNS: StudyColumn[] = [
  { figure: "precision", title: "precision", as: "share", better: "more" },
  { figure: "recall", title: "recall", as: "share", better: "more" },
  { figure: "falseAlarms", title: "false alarms a node and day", as: "figure", better: "less" },
  { figure: "secondsToDetect", title: "noticed after, s (median)", as: "figure" },
  { figure: "detected", title: "noticed", as: "count" },
];

function runOf(system: string, score: AlarmScore): StudyRun {
  const { secondsToDetect } = score;
  return {
    system,
    precision: precisionOf(score),
    recall: recallOf(score),
    falseAlarms: score.falseAlarms / score.nodeDays,
    detected: score.detected,
    ...(secondsToDetect.length > 0 && { secondsToDetect: median(secondsToDetect) }),
  };
}

function claimOf(scores: ReadonlyMap<string, AlarmScore>) {
  const ours = scores.get(OURS);
  const fixed = scores.get(FIXED);
  if (ours === undefined || fixed === undefined) throw new TypeError("Somebody was not watched");
  return {
    claim: `precision and recall are both better than those of the ${FIXED}`,
    holds: precisionOf(ours) > precisionOf(fixed) && recallOf(ours) > recallOf(fixed),
  };
}

function describeThresholds({ limits, patience }: FixedThresholds): string {
  const each = Object.entries(limits).map(([name, limit]) => `${name} ${limit.toPrecision(3)}`);
  return `the ${FIXED} were ${each.join(", ")}, for ${patience.bad} of ${patience.ofLast} samples.`;
}

function daysOf<T>(count: number, draw: (day: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => draw(index + 1));
}
