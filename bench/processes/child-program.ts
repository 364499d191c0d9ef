/**
 * One process that a bench has started: pinned, without our environment, and ended by `stop()`.
 *
 * It has a process group of its own, so that a Ctrl-C at the terminal reaches the bench alone, which
 * then stops everything in order. Should the bench be killed outright, Node's children notice that
 * their channel is closed, and the others get the kernel's signal where `setpriv` can ask for it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { BenchError } from "../errors.ts";

export type ChildProgram = {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves when it has ended, with how, and what it said last. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
};

export type ChildProgramOptions = {
  /** What it is called in errors. */
  readonly name: string;
  readonly command: readonly [program: string, ...flags: string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Programs put before the command: `taskset -c 0`, `setpriv --pdeathsig TERM`. */
  readonly wrappers: readonly string[];
  readonly hasChannel: boolean;
};

const ROOT = resolve(import.meta.dirname, "..", "..");
const STOP_LIMIT_MS = 12_000;
const MOST_SAID_LENGTH = 8_192;

export function startChildProgram(options: ChildProgramOptions): ChildProgram {
  const { name, wrappers, hasChannel } = options;
  const [program = "", ...flags] = [...wrappers, ...options.command];
  const child = spawn(program, flags, {
    // Our services find their titles from here, wherever the bench was called.
    cwd: ROOT,
    env: { ...options.env },
    stdio: ["ignore", "pipe", "pipe", ...(hasChannel ? (["ipc"] as const) : [])],
    detached: true,
  });
  // Its failure to start is told by "close" as well.
  child.on("error", () => {});
  if (child.pid === undefined)
    throw new BenchError(`Cannot start ${name}: ${program} does not run`);

  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-MOST_SAID_LENGTH);
    });
  }
  let isOver = false;
  const ended = new Promise<string>((resolve) => {
    child.once("close", (code, signal) => {
      isOver = true;
      resolve([`${name} ended (${signal ?? `code ${code}`})`, ...lastWords(said)].join(": "));
    });
  });
  return {
    pid: child.pid,
    child,
    ended,
    async stop() {
      if (isOver) return;
      child.kill("SIGTERM");
      const limit = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
      await ended;
      clearTimeout(limit);
    },
  };
}

/** The line that names the error, where there is one: Node says more after it. */
function lastWords(said: string): string[] {
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  return [lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? ""].filter(Boolean);
}
