/** What the person at the terminal should know of a process's change of state, as one line. */
import type { FleetProcess } from "../contract/process-control.ts";
import type { StepReason } from "./supervision.ts";

export type Change = {
  readonly name: string;
  readonly from: FleetProcess["state"];
  readonly to: FleetProcess["state"];
  readonly reason: StepReason;
  readonly lastExit: string | null;
  /** What it said last before it ended. */
  readonly lastLine: string;
};

/** Undefined for the ordinary. */
export function newsOf({ name, to, reason, lastExit }: Change): string | undefined {
  switch (reason) {
    case "died-unasked":
      return `${name} died unasked (${lastExit}) and starts again.`;
    case "kept-dying":
      return `${name} keeps dying (${lastExit}) and is given up. Start it by hand once it is mended.`;
    case "too-slow-to-start":
      return `${name} is too slow to start and is killed.`;
    case "too-slow-to-stop":
      return `${name} is too slow to stop and is killed.`;
    case "listening":
      return `${name} runs.`;
    case "ended-as-asked":
      return to === "stopped" ? `${name} is down, as asked (${lastExit}).` : undefined;
    default:
      return undefined;
  }
}

/** Why a fleet did not start: its own words where it left any. */
export function startFailureOf({ name, lastExit, lastLine }: Change, logFile: string): string {
  const cause = lastLine === "" ? `it ended with ${lastExit}.` : lastLine;
  return `Cannot start ${name}: ${cause} Log: ${logFile}`;
}
