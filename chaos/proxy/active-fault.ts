/** The fault of one target: at most one, from its beginning to its end, and what it has touched. */
import type { FastifyBaseLogger } from "fastify";
import type { Fault, RunningFault } from "../contract/faults.ts";
import type { Draw } from "../core/conversation.ts";
import { drawFault } from "../core/draw-fault.ts";
import {
  beginRun,
  type FaultRun,
  type FilledFault,
  fillIn,
  isOver,
  parametersOf,
  secondsLeft,
} from "../core/fault-run.ts";

export type ActiveFaultOptions = {
  readonly target: string;
  /** Monotonic, for durations. */
  readonly now: () => number;
  /** The time of day, for what leaves the process. */
  readonly wallNow: () => number;
  readonly drawSeed: () => string;
  readonly log: Pick<FastifyBaseLogger, "debug" | "info">;
  /** What is under way has to be drawn anew. */
  readonly onChange: (draw: Draw) => void;
};

export class ActiveFault {
  readonly #options: ActiveFaultOptions;
  #run: FaultRun | undefined;
  #startedAtWallMs = 0;

  constructor(options: ActiveFaultOptions) {
    this.#options = options;
  }

  /** Replaces the one that runs, if any. */
  begin(fault: Fault): RunningFault {
    const { target, now, wallNow, drawSeed, log, onChange } = this.#options;
    this.#end("replaced");
    const filled = fillIn(fault, drawSeed());
    this.#run = beginRun(filled, now());
    this.#startedAtWallMs = wallNow();
    log.info({ target, ...filled }, "fault begins");
    onChange(this.draw);
    return this.#describe(this.#run);
  }

  heal(): void {
    this.#end("asked");
    this.#options.onChange(this.draw);
  }

  /** Ends the one whose time is over: it touches nothing more, however late the loop comes. */
  isRunning(): boolean {
    if (this.#run === undefined) return false;
    if (!isOver(this.#run, this.#options.now())) return true;
    this.#end("time-is-over");
    this.#options.onChange(this.draw);
    return false;
  }

  readonly draw: Draw = (path) => {
    if (this.#run === undefined) return undefined;
    const { run, decision } = drawFault(this.#run, path);
    this.#run = run;
    const { target, log } = this.#options;
    log.debug({ target, path, fault: run.fault.fault, ...decision }, "request drawn");
    return decision.action === "touch" ? run.fault : undefined;
  };

  /** What an earlier fault kept back may come to its turn under a later one: it counts for neither. */
  countTouched(fault: FilledFault): void {
    if (this.#run === undefined || this.#run.fault !== fault) return;
    this.#run = { ...this.#run, touchedRequests: this.#run.touchedRequests + 1 };
  }

  view(): RunningFault | null {
    this.isRunning();
    return this.#run === undefined ? null : this.#describe(this.#run);
  }

  #end(reason: "asked" | "replaced" | "time-is-over"): void {
    if (this.#run === undefined) return;
    const { fault, touchedRequests } = this.#run;
    this.#run = undefined;
    const { target, log } = this.#options;
    log.info({ target, fault: fault.fault, reason, touchedRequests }, "fault ends");
  }

  #describe(run: FaultRun): RunningFault {
    return {
      target: this.#options.target,
      fault: run.fault.fault,
      parameters: parametersOf(run.fault),
      startedAt: new Date(this.#startedAtWallMs).toISOString(),
      endsAt: new Date(this.#startedAtWallMs + run.fault.seconds * 1000).toISOString(),
      secondsLeft: secondsLeft(run, this.#options.now()),
      touchedRequests: run.touchedRequests,
    };
  }
}
