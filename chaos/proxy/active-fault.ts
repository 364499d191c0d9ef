/**
 * The fault of one target: at most one, from its beginning to its end, and what it has touched. Of those
 * before, the last one is remembered.
 */
import type { FastifyBaseLogger } from "fastify";
import type { EndedFault, Fault, RunningFault } from "../contract/faults.ts";
import type { Draw, Recorded } from "../core/conversation.ts";
import { isDoorShut } from "../core/door-schedule.ts";
import { drawFault } from "../core/draw-fault.ts";
import {
  beginRun,
  type FaultRun,
  fillIn,
  isOver,
  parametersOf,
  secondsLeft,
} from "../core/fault-run.ts";
import type { Touch } from "../core/plan-exchange.ts";
import { FrozenPlaylists, type FrozenPlaylistsPolicy } from "./frozen-playlists.ts";

export type ActiveFaultOptions = {
  readonly target: string;
  readonly policy: FrozenPlaylistsPolicy;
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
  readonly #playlists: FrozenPlaylists;
  #run: FaultRun | undefined;
  #startedAtWallMs = 0;
  #last: EndedFault | null = null;

  constructor(options: ActiveFaultOptions) {
    this.#options = options;
    this.#playlists = new FrozenPlaylists(options.policy);
  }

  /** Replaces the one that runs, if any. */
  begin(fault: Fault): RunningFault {
    const { target, now, wallNow, drawSeed, log, onChange } = this.#options;
    this.isRunning();
    this.#end("replaced");
    const filled = fillIn(fault, drawSeed());
    this.#run = beginRun(filled, now());
    this.#startedAtWallMs = wallNow();
    log.info({ target, ...filled }, "fault begins");
    onChange(this.draw);
    return this.#describe(this.#run);
  }

  /** Answers what it ended; null if nothing ran. */
  heal(): EndedFault | null {
    if (!this.isRunning()) return null;
    this.#end("asked");
    this.#options.onChange(this.draw);
    return this.#last;
  }

  /** Ends the one whose time is over: it touches nothing more, however late the loop comes. */
  isRunning(): boolean {
    if (this.#run === undefined) return false;
    if (!isOver(this.#run, this.#options.now())) return true;
    this.#end("time-is-over");
    this.#options.onChange(this.draw);
    return false;
  }

  readonly draw: Draw = (asked) => {
    if (this.#run === undefined) return undefined;
    const { run, decision } = drawFault(this.#run, asked);
    this.#run = run;
    const { target, log } = this.#options;
    const { action, reason } = decision;
    const path = asked.target;
    log.debug({ target, path, fault: run.fault.fault, action, reason }, "request drawn");
    if (decision.action === "spare") return undefined;
    const { fault, number } = decision;
    return { fault, number, frozen: this.#playlists.find(asked.target) };
  };

  /** Whether at this moment nobody is let in. */
  isDoorShut(nowMs: number): boolean {
    return this.#run !== undefined && isDoorShut(this.#run, nowMs);
  }

  /** Bytes of an answer that are to be kept, as they pass. */
  record(recorded: Recorded, bytes: Buffer): void {
    if (recorded.exchange.touch?.fault === this.#run?.fault) {
      this.#playlists.record(recorded, bytes);
    }
  }

  /** What an earlier fault kept back may come to its turn under a later one: it counts for neither. */
  countTouched({ fault }: Touch): void {
    if (this.#run?.fault === fault) this.countCut(1);
  }

  /** Requests that wait for their answers and lose their connection to this fault. */
  countCut(requests: number): void {
    if (this.#run === undefined) return;
    this.#run = { ...this.#run, touchedRequests: this.#run.touchedRequests + requests };
  }

  view(): RunningFault | null {
    this.isRunning();
    return this.#run === undefined ? null : this.#describe(this.#run);
  }

  /** The one that ended last. */
  last(): EndedFault | null {
    this.isRunning();
    return this.#last;
  }

  #end(reason: EndedFault["reason"]): void {
    if (this.#run === undefined) return;
    const run = this.#run;
    const { target, wallNow, log } = this.#options;
    // It touched nothing after its time, however late somebody found out.
    const endedAtWallMs = Math.min(wallNow(), this.#endsAtWallMs(run));
    this.#last = { ...this.#tell(run), endedAt: new Date(endedAtWallMs).toISOString(), reason };
    this.#run = undefined;
    this.#playlists.clear();
    const { touchedRequests } = run;
    log.info({ target, fault: run.fault.fault, reason, touchedRequests }, "fault ends");
  }

  #describe(run: FaultRun): RunningFault {
    return {
      ...this.#tell(run),
      endsAt: new Date(this.#endsAtWallMs(run)).toISOString(),
      secondsLeft: secondsLeft(run, this.#options.now()),
    };
  }

  #tell({ fault, touchedRequests }: FaultRun) {
    return {
      target: this.#options.target,
      fault: fault.fault,
      parameters: parametersOf(fault),
      startedAt: new Date(this.#startedAtWallMs).toISOString(),
      touchedRequests,
    };
  }

  #endsAtWallMs({ fault }: FaultRun): number {
    return this.#startedAtWallMs + fault.seconds * 1000;
  }
}
