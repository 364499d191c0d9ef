/**
 * Scores alarms against what really happened.
 *
 * An incident is detected if an alarm of its node begins while it lasts: one that rang before says
 * nothing new. An alarm that begins while nothing is wrong is false. Further alarms within an incident,
 * or in the moment after it, count neither way; and short pauses of an alarm are no new alarm.
 */
import { type Course, SLOT_SECONDS } from "./draw-course.ts";
import type { Incident } from "./draw-incidents.ts";

/** Where an alarm rings: `node * slots + slot`, ascending. */
export type Alarms = Int32Array;

export type AlarmScore = {
  readonly incidents: number;
  readonly detected: number;
  readonly falseAlarms: number;
  readonly nodeDays: number;
  /** From the begin of each detected incident. */
  readonly secondsToDetect: readonly number[];
};

const PAUSE_SLOTS = 12;
const AFTERMATH_SECONDS = 120;
const DAY_SECONDS = 24 * 60 * 60;

export function scoreAlarms(course: Course, alarms: Alarms): AlarmScore {
  const { nodes, slots, incidents } = course;
  const detectedAt = new Map<Incident, number>();
  let falseAlarms = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const at of alarms) {
    const begins = at - last > PAUSE_SLOTS || node(at) !== node(last);
    last = at;
    if (!begins) continue;
    // What is seen in a slot is known at its end.
    const second = ((at % slots) + 1) * SLOT_SECONDS;
    const incident = incidents.find(
      (each) =>
        each.node === node(at) &&
        second >= each.fromSecond &&
        second < each.untilSecond + AFTERMATH_SECONDS,
    );
    if (incident === undefined) falseAlarms += 1;
    else if (second < incident.untilSecond + SLOT_SECONDS && !detectedAt.has(incident)) {
      detectedAt.set(incident, second - incident.fromSecond);
    }
  }
  return {
    incidents: incidents.length,
    detected: detectedAt.size,
    falseAlarms,
    nodeDays: (nodes.length * slots * SLOT_SECONDS) / DAY_SECONDS,
    secondsToDetect: [...detectedAt.values()],
  };

  function node(at: number): number {
    return Math.floor(at / slots);
  }
}

export function sumScores(scores: readonly AlarmScore[]): AlarmScore {
  return scores.reduce((sum, score) => ({
    incidents: sum.incidents + score.incidents,
    detected: sum.detected + score.detected,
    falseAlarms: sum.falseAlarms + score.falseAlarms,
    nodeDays: sum.nodeDays + score.nodeDays,
    secondsToDetect: [...sum.secondsToDetect, ...score.secondsToDetect],
  }));
}

/** Of what was said, how much was so. Who says nothing says nothing wrong. */
export function precisionOf({ detected, falseAlarms }: AlarmScore): number {
  return detected + falseAlarms === 0 ? 1 : detected / (detected + falseAlarms);
}

export function recallOf({ detected, incidents }: AlarmScore): number {
  return incidents === 0 ? 1 : detected / incidents;
}

export function f1Of(score: AlarmScore): number {
  const precision = precisionOf(score);
  const recall = recallOf(score);
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}
