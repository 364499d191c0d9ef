/**
 * One service as a process of the operating system, with its output in a log.
 *
 * The channel to it is how it says that it listens, and how it notices that the fleet is gone. It
 * gets a process group of its own, because a terminal sends Ctrl-C to the whole group of the fleet,
 * and the fleet wants to stop its processes in order.
 */
import { spawn } from "node:child_process";
import { KEEP_COMPILED } from "../../chassis/keep-compiled.ts";
import type { ListeningMessage } from "../../chassis/run-service.ts";
import { openBoundedLog } from "./bounded-log.ts";

export type ChildProgram = {
  /** Undefined if it could not be started; its exit is told all the same. */
  readonly pid: number | undefined;
  send(signal: NodeJS.Signals): void;
};

export type ChildProgramOptions = {
  /** A TypeScript file, absolute. */
  readonly program: string;
  /** For Node itself. */
  readonly nodeFlags?: readonly string[];
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly logFile: string;
  readonly maxLogBytes: number;
  readonly onListening: () => void;
  /** @param exit such as `SIGKILL` or `code 1`. @param lastLine what it said last, for a person. */
  readonly onExit: (exit: string, lastLine: string) => void;
};

export function startChildProgram(options: ChildProgramOptions): ChildProgram {
  const log = openBoundedLog({ file: options.logFile, maxBytes: options.maxLogBytes });
  const { nodeFlags = [], program, flags } = options;
  const child = spawn(process.execPath, [KEEP_COMPILED, ...nodeFlags, program, ...flags], {
    cwd: options.folder,
    env: { ...options.env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });

  let lastLine = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      log.write(text);
      lastLine = text.trim().split("\n").pop() || lastLine;
    });
  }
  child.on("message", (message: unknown) => {
    if (isListeningMessage(message)) options.onListening();
  });
  child.on("error", (error) => log.write(`${error.message}\n`));
  // Unlike "exit", "close" waits for the last line of output.
  child.on("close", (code, signal) => {
    log.close();
    options.onExit(signal ?? `code ${code}`, lastLine);
  });
  return { pid: child.pid, send: (signal) => void child.kill(signal) };
}

function isListeningMessage(message: unknown): message is ListeningMessage {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    message.type === "listening"
  );
}
