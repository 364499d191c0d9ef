/**
 * Decides what becomes of one supervised process: when it is started, stopped, killed, started again.
 *
 * What dies unasked starts again after a growing pause; what somebody stopped stays down until
 * somebody starts it. A process that keeps dying is given up after `maxFailuresInRow`, because one
 * that has never worked will not mend itself, and the reason must stay on the screen.
 */
import { type BackoffPolicy, backoffMs } from "../../kernel/backoff.ts";
import type { ProcessAct } from "../contract/process-control.ts";

export type Supervised = {
  readonly phase: Phase;
  /** How often it was started again unasked. */
  readonly restarts: number;
  /** Deaths since it last ran steadily. */
  readonly failuresInRow: number;
  readonly lastExit: string | null;
};

export type Phase =
  | { readonly state: "starting"; readonly killAtMs: number }
  | { readonly state: "running"; readonly sinceMs: number }
  | { readonly state: "stopping"; readonly killAtMs: number; readonly next: "stopped" | "starting" }
  | { readonly state: "stopped"; readonly reason: "never-started" | "asked" | "kept-dying" }
  | { readonly state: "backing-off"; readonly startAtMs: number };

export type SupervisionEvent =
  | { readonly kind: "act"; readonly act: ProcessAct }
  | { readonly kind: "listening" }
  /** @param exit such as `SIGKILL` or `code 1`. */
  | { readonly kind: "exited"; readonly exit: string }
  | { readonly kind: "tick" };

export type SupervisionPolicy = {
  /** A process that does not listen by then is killed. */
  readonly startLimitMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly stopLimitMs: number;
  /** Having run so long, earlier deaths are forgotten. */
  readonly steadyAfterMs: number;
  readonly maxFailuresInRow: number;
  readonly backoff: BackoffPolicy;
};

export type Command = "spawn" | "SIGTERM" | "SIGKILL";

export type Step =
  | {
      readonly kind: "go-on";
      readonly process: Supervised;
      readonly command?: Command;
      readonly reason: StepReason;
    }
  | { readonly kind: "refuse"; readonly reason: "is-up" | "is-down" };

export type StepReason =
  | ProcessAct
  | "listening"
  | "died-unasked"
  | "kept-dying"
  | "ended-as-asked"
  | "pause-over"
  | "too-slow-to-start"
  | "too-slow-to-stop"
  | "nothing-to-do";

export type Surroundings = {
  readonly policy: SupervisionPolicy;
  readonly nowMs: number;
  readonly random: () => number;
};

export const NEVER_STARTED: Supervised = {
  phase: { state: "stopped", reason: "never-started" },
  restarts: 0,
  failuresInRow: 0,
  lastExit: null,
};

export function supervise(
  process: Supervised,
  event: SupervisionEvent,
  around: Surroundings,
): Step {
  switch (event.kind) {
    case "act":
      return obey(process, event.act, around);
    case "listening":
      return settle(process, around);
    case "exited":
      return mourn({ ...process, lastExit: event.exit }, around);
    case "tick":
      return lookAfter(process, around);
  }
}

function obey(process: Supervised, act: ProcessAct, around: Surroundings): Step {
  const isDown = process.phase.state === "stopped" || process.phase.state === "backing-off";
  switch (act) {
    case "start":
      if (isDown) return start(process, act, around);
      if (process.phase.state === "stopping") return stopThen("starting", process, act, around);
      return { kind: "refuse", reason: "is-up" };
    case "restart":
      if (isDown) return start(process, act, around);
      return stopThen("starting", process, act, around);
    case "stop":
      if (process.phase.state === "stopped") return { kind: "refuse", reason: "is-down" };
      if (isDown) return goOn(act, process, { state: "stopped", reason: "asked" });
      return stopThen("stopped", process, act, around);
    case "kill":
      if (process.phase.state === "stopped") return { kind: "refuse", reason: "is-down" };
      if (isDown) return goOn(act, process, { state: "stopped", reason: "asked" });
      return {
        ...goOn(act, process, { state: "stopping", killAtMs: around.nowMs, next: "stopped" }),
        command: "SIGKILL",
      };
  }
}

/** Somebody who starts a process by hand has mended it: its deaths are forgotten. */
function start(process: Supervised, act: ProcessAct, { policy, nowMs }: Surroundings): Step {
  const phase = { state: "starting", killAtMs: nowMs + policy.startLimitMs } as const;
  return { ...goOn(act, { ...process, failuresInRow: 0 }, phase), command: "spawn" };
}

/** One that is stopping already keeps its deadline: asking twice must not put off the SIGKILL. */
function stopThen(
  next: "stopped" | "starting",
  process: Supervised,
  act: ProcessAct,
  { policy, nowMs }: Surroundings,
): Step {
  if (process.phase.state === "stopping") return goOn(act, process, { ...process.phase, next });
  const phase = { state: "stopping", killAtMs: nowMs + policy.stopLimitMs, next } as const;
  return { ...goOn(act, process, phase), command: "SIGTERM" };
}

function settle(process: Supervised, { nowMs }: Surroundings): Step {
  if (process.phase.state !== "starting") return nothing(process);
  return goOn("listening", process, { state: "running", sinceMs: nowMs });
}

function mourn(process: Supervised, around: Surroundings): Step {
  const { policy, nowMs, random } = around;
  switch (process.phase.state) {
    case "stopping": {
      if (process.phase.next === "stopped") {
        return goOn("ended-as-asked", process, { state: "stopped", reason: "asked" });
      }
      const phase = { state: "starting", killAtMs: nowMs + policy.startLimitMs } as const;
      return { ...goOn("ended-as-asked", process, phase), command: "spawn" };
    }
    case "starting":
    case "running": {
      const failuresInRow = wasSteady(process.phase, around) ? 1 : process.failuresInRow + 1;
      const failed = { ...process, failuresInRow };
      if (failuresInRow > policy.maxFailuresInRow) {
        return goOn("kept-dying", failed, { state: "stopped", reason: "kept-dying" });
      }
      const startAtMs = nowMs + backoffMs(failuresInRow, policy.backoff, random);
      return goOn("died-unasked", failed, { state: "backing-off", startAtMs });
    }
    case "stopped":
    case "backing-off":
      return nothing(process);
  }
}

function wasSteady(phase: Phase, { policy, nowMs }: Surroundings): boolean {
  return phase.state === "running" && nowMs - phase.sinceMs >= policy.steadyAfterMs;
}

function lookAfter(process: Supervised, { policy, nowMs }: Surroundings): Step {
  const { phase } = process;
  switch (phase.state) {
    case "backing-off": {
      if (nowMs < phase.startAtMs) return nothing(process);
      const starting = { state: "starting", killAtMs: nowMs + policy.startLimitMs } as const;
      const again = { ...process, restarts: process.restarts + 1 };
      return { ...goOn("pause-over", again, starting), command: "spawn" };
    }
    case "starting":
    case "stopping": {
      if (nowMs < phase.killAtMs) return nothing(process);
      const isStarting = phase.state === "starting";
      // Its death is awaited from here on, and asked for again should it be late.
      const waiting = { ...phase, killAtMs: nowMs + policy.stopLimitMs };
      const reason = isStarting ? "too-slow-to-start" : "too-slow-to-stop";
      return { ...goOn(reason, process, waiting), command: "SIGKILL" };
    }
    case "running":
    case "stopped":
      return nothing(process);
  }
}

function goOn(reason: StepReason, process: Supervised, phase: Phase) {
  return { kind: "go-on", process: { ...process, phase }, reason } as const;
}

function nothing(process: Supervised): Step {
  return { kind: "go-on", process, reason: "nothing-to-do" };
}
