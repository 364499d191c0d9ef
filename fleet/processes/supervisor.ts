/**
 * Holds the processes of a fleet and carries out what the core decides for each.
 *
 * One loop looks after all of them; everything else is an answer to something that happened: an act
 * of the operator, a process that listens, one that died.
 */
import type { FleetProcess, ProcessAct } from "../contract/process-control.ts";
import type { Change } from "../core/fleet-news.ts";
import type { PlannedProcess } from "../core/fleet-plan.ts";
import {
  NEVER_STARTED,
  type Step,
  type StepReason,
  type Supervised,
  type SupervisionEvent,
  type SupervisionPolicy,
  supervise,
} from "../core/supervision.ts";
import type { ChildProgram, ChildProgramOptions } from "./child-program.ts";

export type SupervisorOptions = {
  readonly planned: readonly PlannedProcess[];
  readonly policy: SupervisionPolicy;
  readonly tickMs: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly spawn: (
    process: PlannedProcess,
    on: Pick<ChildProgramOptions, "onListening" | "onExit">,
  ) => ChildProgram;
  /** Told of every change of state, once. */
  readonly onChange: (change: Change) => void;
};

export type ActResult =
  | { readonly kind: "done"; readonly process: FleetProcess }
  | { readonly kind: "unknown-process" }
  | { readonly kind: "refused"; readonly reason: "is-up" | "is-down" };

type Held = {
  readonly planned: PlannedProcess;
  supervised: Supervised;
  child: ChildProgram | undefined;
  lastLine: string;
};

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #held: ReadonlyMap<string, Held>;
  readonly #waiting = new Set<() => void>();
  #loop: NodeJS.Timeout | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#held = new Map(
      options.planned.map((planned) => [
        planned.name,
        { planned, supervised: NEVER_STARTED, child: undefined, lastLine: "" },
      ]),
    );
  }

  startLoop(): void {
    this.#loop = setInterval(() => this.tick(), this.#options.tickMs);
  }

  stopLoop(): void {
    clearInterval(this.#loop);
  }

  tick(): void {
    for (const held of this.#held.values()) this.#apply(held, { kind: "tick" });
  }

  act(name: string, act: ProcessAct): ActResult {
    const held = this.#held.get(name);
    if (held === undefined) return { kind: "unknown-process" };
    const step = this.#apply(held, { kind: "act", act });
    if (step.kind === "refuse") return { kind: "refused", reason: step.reason };
    return { kind: "done", process: describe(held) };
  }

  list(): FleetProcess[] {
    return Array.from(this.#held.values(), describe);
  }

  /** At once, whatever their state: for the end of patience. */
  killAll(): void {
    for (const { child } of this.#held.values()) child?.send("SIGKILL");
  }

  /**
   * Waits until `holds` is true of the processes; false if that took longer than `limitMs`.
   *
   * Looks whenever one of them changes, so nothing is polled.
   */
  async waitUntil(
    holds: (processes: readonly FleetProcess[]) => boolean,
    limitMs: number,
  ): Promise<boolean> {
    if (holds(this.list())) return true;
    return new Promise((resolve) => {
      const finish = (result: boolean) => {
        clearTimeout(limit);
        this.#waiting.delete(look);
        resolve(result);
      };
      const look = () => {
        if (holds(this.list())) finish(true);
      };
      const limit = setTimeout(() => finish(false), limitMs);
      this.#waiting.add(look);
    });
  }

  #apply(held: Held, event: SupervisionEvent): Step {
    const { policy, now, random } = this.#options;
    const step = supervise(held.supervised, event, { policy, nowMs: now(), random });
    if (step.kind === "refuse") return step;

    const from = held.supervised.phase.state;
    held.supervised = step.process;
    switch (step.command) {
      case "spawn":
        this.#spawn(held);
        break;
      case "SIGTERM":
      case "SIGKILL":
        held.child?.send(step.command);
        break;
      case undefined:
        break;
    }
    const to = step.process.phase.state;
    if (from !== to || step.command === "spawn") this.#tell(held, from, step.reason);
    return step;
  }

  #spawn(held: Held): void {
    const child: ChildProgram = this.#options.spawn(held.planned, {
      onListening: () => {
        if (held.child === child) this.#apply(held, { kind: "listening" });
      },
      onExit: (exit, lastLine) => {
        held.child = undefined;
        held.lastLine = lastLine;
        this.#apply(held, { kind: "exited", exit });
      },
    });
    held.child = child;
  }

  #tell(held: Held, from: FleetProcess["state"], reason: StepReason): void {
    const { name, state: to, lastExit } = describe(held);
    this.#options.onChange({ name, from, to, reason, lastExit, lastLine: held.lastLine });
    for (const look of [...this.#waiting]) look();
  }
}

function describe({ planned, supervised, child }: Held): FleetProcess {
  const { name, role, region, url } = planned;
  const { phase, restarts, lastExit } = supervised;
  return {
    name,
    role,
    region,
    url,
    state: phase.state,
    pid: child?.pid ?? null,
    restarts,
    lastExit,
  };
}
