/**
 * A fault that runs: what it is, from when to when, and what it has touched so far.
 *
 * What the caller left open is filled in at the start, so that everything later reads one value and
 * `GET /v1/faults` can say what would repeat it.
 */
import { FAULT_DEFAULTS, type Fault } from "../contract/faults.ts";

/** The one parameter that means something by its absence. */
type Absent = "retryAfterSeconds";
type Filled<Any> = Any extends Fault
  ? Readonly<Required<Omit<Any, Absent>> & Pick<Any, Extract<keyof Any, Absent>>>
  : never;
export type FilledFault = Filled<Fault>;

/** Those that close the door of a proxy: nobody has asked for anything yet. */
export type DoorFault = Extract<FilledFault, { readonly fault: "refuse" | "flap" }>;
/** Those that touch requests, by their share and paths. */
export type RequestFault = Exclude<FilledFault, DoorFault>;

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
  const scope = isOfRequests(fault) ? { share: 1, paths: ["*"], seed: drawnSeed } : {};
  // That every parameter is there now is more than the compiler can tell of a union.
  return { ...scope, ...FAULT_DEFAULTS[fault.fault], ...fault } as FilledFault;
}

export function isOfRequests<Any extends Fault | FilledFault>(
  fault: Any,
): fault is Exclude<Any, { readonly fault: "refuse" | "flap" }> {
  return fault.fault !== "refuse" && fault.fault !== "flap";
}

/** What `GET /v1/faults` calls the parameters: all but the name and the duration. */
export function parametersOf(fault: FilledFault): Record<string, unknown> {
  const { fault: _name, seconds: _seconds, ...parameters } = fault;
  return parameters;
}
