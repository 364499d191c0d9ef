/**
 * Whether a fault keeps the door of its proxy closed: `refuse` all the time, `flap` in turns.
 *
 * It follows from the time since the fault began and from nothing else, so a loop that comes late
 * shifts no later turn.
 */
import { type FaultRun, isOver } from "./fault-run.ts";

export function isDoorShut(run: FaultRun, nowMs: number): boolean {
  if (isOver(run, nowMs)) return false;
  const { fault, startedAtMs } = run;
  switch (fault.fault) {
    case "refuse":
      return true;
    case "flap": {
      const downMs = fault.downSeconds * 1000;
      const turnMs = downMs + fault.upSeconds * 1000;
      return (nowMs - startedAtMs) % turnMs < downMs;
    }
    default:
      return false;
  }
}
