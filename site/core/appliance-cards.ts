/**
 * Joins the views of an appliance into one card: what this player has met with, what steering judges,
 * what the fleet runs, and what the chaos service does to it.
 *
 * They may disagree, and the one nearest to the fact wins: a process that the fleet has stopped is
 * stopped whatever others still believe; what this player has suffered counts before steering's
 * opinion; and what serves this viewer is serving, whatever else is said of it. A fault is no state:
 * it is what was done to the box, and the state is what came of it.
 */
import type { FaultTarget } from "../../chaos/contract/faults.ts";
import type { FleetProcess } from "../../fleet/contract/process-control.ts";
import type { PathwaySnapshot } from "../../player/contract/player-events.ts";
import type { ApplianceView } from "../../steering/contract/fleet-view.ts";
import { judgementLabel } from "./judgement-words.ts";
import { failureLabel } from "./switch-sentence.ts";

/** A promise to the browser stories: the value of `data-state`. */
export type ApplianceState =
  | "serving"
  | "standby"
  | "avoided"
  | "probing"
  | "recovering"
  | "draining"
  | "down"
  | "starting"
  | "stopping"
  | "stopped"
  | "restarting"
  | "unknown";

export type ApplianceCard = {
  readonly id: string;
  readonly region: string | undefined;
  readonly state: ApplianceState;
  /** Why it is in this state, where there is something to say. */
  readonly detail: string | undefined;
  /** Place in steering's order, from 1. */
  readonly place: number | undefined;
  readonly firstByteMs: number | undefined;
  /** Share of its capacity in use, from 0 to 1 and beyond. */
  readonly load: number | undefined;
  /** What the operator may do to it; undefined where no fleet runs it. */
  readonly act: "kill" | "start" | undefined;
  /** The box as the chaos service knows it, with the fault that runs; undefined where it cannot be broken. */
  readonly faultTarget: FaultTarget | undefined;
};

export type ApplianceViews = {
  readonly servedBy: string | undefined;
  readonly pathways: readonly PathwaySnapshot[];
  readonly judged: readonly ApplianceView[];
  readonly processes: readonly FleetProcess[];
  readonly faultTargets: readonly FaultTarget[];
};

/** Sorted by name, so that a card keeps its place while the ranking moves. */
export function describeAppliances(views: ApplianceViews): readonly ApplianceCard[] {
  const processes = views.processes.filter(({ role }) => role === "appliance");
  const ids = new Set([
    ...views.pathways.map(({ id }) => id),
    ...views.judged.map(({ id }) => id),
    ...processes.map(({ name }) => name),
  ]);
  return [...ids].sort(byName).map((id) => {
    const pathway = views.pathways.find((candidate) => candidate.id === id);
    const judged = views.judged.find((candidate) => candidate.id === id);
    const process = processes.find(({ name }) => name === id);
    return {
      id,
      region: judged?.region ?? process?.region ?? undefined,
      ...stateOf({ isServing: views.servedBy === id, pathway, judged, process }),
      ...(isAtWork(process) ? figuresOf(pathway, judged) : NO_FIGURES),
      act: process && actOn(process),
      faultTarget: views.faultTargets.find(({ name }) => name === id),
    };
  });
}

/** `east-2` before `east-10`. */
function byName(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

type Figures = Pick<ApplianceCard, "place" | "firstByteMs" | "load">;

const NO_FIGURES: Figures = { place: undefined, firstByteMs: undefined, load: undefined };

/** What does not run has no figures: the last ones are of another life. Where no fleet runs it, nobody knows. */
function isAtWork(process: FleetProcess | undefined): boolean {
  return process === undefined || process.state === "running" || process.state === "stopping";
}

function figuresOf(
  pathway: PathwaySnapshot | undefined,
  judged: ApplianceView | undefined,
): Figures {
  return {
    place: pathway === undefined ? undefined : pathway.rank + 1,
    firstByteMs: pathway?.firstByteMs ?? judged?.probe?.firstByteMs ?? undefined,
    load: judged && judged.report.egressBitsPerSecond / judged.report.capacityBitsPerSecond,
  };
}

function actOn(process: FleetProcess): "kill" | "start" {
  return process.state === "stopped" || process.state === "backing-off" ? "start" : "kill";
}

type OneAppliance = {
  readonly isServing: boolean;
  readonly pathway: PathwaySnapshot | undefined;
  readonly judged: ApplianceView | undefined;
  readonly process: FleetProcess | undefined;
};

type StateAndDetail = Pick<ApplianceCard, "state" | "detail">;

function stateOf(one: OneAppliance): StateAndDetail {
  return (
    processState(one) ??
    playerState(one) ??
    judgedState(one) ?? { state: "unknown", detail: undefined }
  );
}

function processState({ process }: OneAppliance): StateAndDetail | undefined {
  switch (process?.state) {
    case "stopped":
      return { state: "stopped", detail: exitWords(process) };
    case "backing-off":
      return { state: "restarting", detail: exitWords(process) };
    case "starting":
      return { state: "starting", detail: undefined };
    case "stopping":
      return { state: "stopping", detail: undefined };
    default:
      return undefined;
  }
}

function exitWords({ lastExit }: FleetProcess): string | undefined {
  return lastExit === null ? undefined : `ended with ${lastExit}`;
}

function playerState({ isServing, pathway, judged }: OneAppliance): StateAndDetail | undefined {
  const detail = pathway?.reason && failureLabel(pathway.reason);
  if (pathway?.state === "avoided") return { state: "avoided", detail };
  if (pathway?.state === "probing") return { state: "probing", detail };
  if (!isServing) return undefined;
  return { state: "serving", detail: judged?.health.state === "draining" ? "draining" : undefined };
}

function judgedState({ pathway, judged }: OneAppliance): StateAndDetail | undefined {
  switch (judged?.health.state) {
    case "down":
    case "gone":
      return { state: "down", detail: judgementLabel(judged.health.reason) };
    case "recovering":
      return { state: "recovering", detail: judgementLabel(judged.health.reason) };
    case "draining":
      return { state: "draining", detail: judgementLabel(judged.health.reason) };
    case "up":
      return { state: "standby", detail: undefined };
    case undefined:
      return pathway && { state: "standby", detail: undefined };
  }
}
