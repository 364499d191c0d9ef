/**
 * Does long work for a person at a terminal: progress on stderr, one plain line for what went wrong,
 * and on Ctrl-C an end in order, with nothing left running.
 */
import { BenchError } from "../errors.ts";
import { newTerminal, type Terminal } from "../terminal.ts";
import { Stage } from "./stage.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const EXIT_STOPPED = 130;

export type Course = { readonly terminal: Terminal; readonly stopped: AbortSignal };

const NOTHING_WRITTEN = "Stopped. Nothing was written, and nothing is left running.";

/**
 * @param stoppedLine what a person is told who stopped it.
 * @returns the exit code.
 */
export async function untilStopped(
  work: (course: Course) => Promise<void>,
  stoppedLine = NOTHING_WRITTEN,
): Promise<number> {
  // A terminal that is gone must not be what ends us: the processes have to be stopped first.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const terminal = newTerminal(process.stderr);
  const stopping = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => stopping.abort());
  try {
    await work({ terminal, stopped: stopping.signal });
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) {
      terminal.sayLine(stoppedLine);
      return EXIT_STOPPED;
    }
    if (!(error instanceof BenchError)) throw error;
    terminal.sayLine(error.message);
    return 1;
  }
}

/** A stage that is gone when the work is over, or when it is stopped. */
export async function onStage<T>(
  { stopped, ...options }: Parameters<typeof Stage.open>[0] & { readonly stopped: AbortSignal },
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const stage = await Stage.open(options);
  const closeStage = () => void stage.close();
  stopped.addEventListener("abort", closeStage);
  try {
    stopped.throwIfAborted();
    return await work(stage);
  } finally {
    await stage.close();
    stopped.removeEventListener("abort", closeStage);
  }
}
