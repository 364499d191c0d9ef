/**
 * A fault that runs: what it is, from when to when, and what it has touched so far.
 *
 * What the caller left open is filled in at the start, so that everything later reads one value and
 * `GET /v1/faults` can say what would repeat it.
 */
import { type Fault, TRICKLE_BYTES_PER_SECOND } from "../contract/faults.ts";

type Filled<Any> = Any & {
  readonly share: number;
  readonly paths: readonly string[];
  readonly seed: string;
} & (Any extends { fault: "trickle" } ? { readonly bytesPerSecond: number } : unknown);
type FillEach<Any> = Any extends Fault ? Filled<Any> : never;
export type FilledFault = FillEach<Fault>;

export type FaultRun = {
  readonly fault: FilledFault;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  /** Requests to the fault's paths since its start: the draw of a request follows from its number. */
  readonly numberedRequests: number;
  readonly touchedRequests: number;
};

export function beginRun(fault: FilledFault, nowMs: number): FaultRun {
  return {
    fault,
    startedAtMs: nowMs,
    endsAtMs: nowMs + fault.seconds * 1000,
    numberedRequests: 0,
    touchedRequests: 0,
  };
}

/** A fault ends at its time, however late somebody looks. */
export function isOver(run: FaultRun, nowMs: number): boolean {
  return nowMs >= run.endsAtMs;
}

export function secondsLeft(run: FaultRun, nowMs: number): number {
  return Math.max(0, run.endsAtMs - nowMs) / 1000;
}

/** @param drawnSeed used where the caller named none. */
export function fillIn(fault: Fault, drawnSeed: string): FilledFault {
  const scope = {
    share: fault.share ?? 1,
    paths: fault.paths ?? ["*"],
    seed: fault.seed ?? drawnSeed,
  };
  if (fault.fault !== "trickle") return { ...fault, ...scope };
  const { bytesPerSecond = TRICKLE_BYTES_PER_SECOND } = fault;
  return { ...fault, ...scope, bytesPerSecond };
}

/** What `GET /v1/faults` calls the parameters: all but the name and the duration. */
export function parametersOf(fault: FilledFault): Record<string, unknown> {
  const { fault: _name, seconds: _seconds, ...parameters } = fault;
  return parameters;
}
