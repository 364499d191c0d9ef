/**
 * Says what keeps the cards behind the picture from being complete, and what to do about it: who does
 * not answer, what is old, and what all boxes suffer from at once.
 */
import type { FleetProcess } from "../../fleet/contract/process-control.ts";
import { durationWords } from "./quantity-words.ts";

/** What a service told is stale when it is older than this. */
const STALE_AFTER_MS = 3_500;

/** How the services behind the picture answer this page. */
export type ServicesHeard = {
  readonly control: "unknown" | "none" | "unreachable" | "viewer" | "operator";
  readonly steering: "unknown" | "answers" | "unreachable";
  /** When steering last told of the boxes; undefined if it never has. */
  readonly judgedAtMs: number | undefined;
  /** When the chaos service last told of faults; undefined if it never has. */
  readonly faultsSeenAtMs: number | undefined;
  readonly failOpen: boolean;
  readonly processes: readonly FleetProcess[];
};

export function isStale(toldAtMs: number | undefined, nowMs: number): toldAtMs is number {
  return toldAtMs !== undefined && nowMs - toldAtMs > STALE_AFTER_MS;
}

/** One sentence or two for each thing to know; none when all is well. */
export function panelNotes(heard: ServicesHeard, nowMs: number): readonly string[] {
  const { control, steering, judgedAtMs, faultsSeenAtMs, failOpen, processes } = heard;
  const notes: string[] = [];
  if (control !== "unknown") notes.push(...CONTROL_NOTES[control]);
  if (isStale(judgedAtMs, nowMs)) {
    const age = durationWords(nowMs - judgedAtMs);
    notes.push(
      `Steering has not answered for ${age}: its figures are that old. The player decides alone.`,
    );
  } else if (judgedAtMs === undefined && steering === "unreachable") {
    notes.push(
      "Steering does not answer, so nothing is known of the boxes' load. The player decides alone.",
    );
  }
  if (isStale(faultsSeenAtMs, nowMs) && control !== "unreachable") {
    const age = durationWords(nowMs - faultsSeenAtMs);
    notes.push(
      `The chaos service has not answered for ${age}: what is said of faults is that old. Each of them ends by itself.`,
    );
  }
  if (failOpen) {
    notes.push("Every appliance looks bad to steering, so it names them all rather than none.");
  }
  // The boxes answer with errors then, and nothing about them says whose.
  if (processes.some(isDeadOrigin)) {
    notes.push(
      "The origin is down: until it is back, only what the appliances have kept can be served.",
    );
  }
  return notes;
}

function isDeadOrigin({ role, state }: FleetProcess): boolean {
  return role === "origin" && (state === "stopped" || state === "backing-off");
}

const CONTROL_NOTES: Readonly<
  Record<Exclude<ServicesHeard["control"], "unknown">, readonly string[]>
> = {
  operator: [],
  viewer: [
    "Killing, reviving and breaking is for the operator. Open the operator link that npm start printed.",
  ],
  none: ["No fleet supervises these boxes, so they cannot be killed, revived or broken from here."],
  unreachable: [
    "The fleet's control does not answer, so nothing can be killed, revived or broken until it does.",
  ],
};
