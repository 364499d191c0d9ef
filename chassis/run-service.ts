/**
 * Runs one service as a process: reads its command line, starts it, says where it listens, and stops
 * it in order on SIGTERM or SIGINT.
 *
 * A service that the fleet started also stops when the fleet is gone: the channel between them
 * closes however the parent ended, SIGKILL included, so nothing is left behind.
 */
import type { Static, TObject } from "typebox";
import { type Program, runProgram } from "./run-program.ts";

export type RunningService = {
  /** Where others reach it. */
  readonly url: string;
  /** Ends what it is doing, then lets go of everything it holds. */
  close(): Promise<void>;
};

/** What a service tells the process that started it, once it accepts connections. */
export type ListeningMessage = { readonly type: "listening"; readonly url: string };

/** A start that failed for a reason that the person at the keyboard can mend. */
export class StartError extends Error {
  override readonly name = "StartError";
}

export type ServiceProgram<Schema extends TObject> = Omit<Program<Schema>, "run"> & {
  readonly start: (config: Static<Schema>) => Promise<RunningService>;
};

const STOP_LIMIT_MS = 10_000;

/** Called by each `main.ts`, and only there. Ends the process with 2 for a bad command line, 1 for a failed start. */
export function runService<Schema extends TObject>({
  start,
  ...program
}: ServiceProgram<Schema>): Promise<void> {
  return runProgram({ ...program, run: (config) => startAndStop(() => start(config)) });
}

async function startAndStop(start: () => Promise<RunningService>): Promise<void> {
  let service: RunningService;
  try {
    service = await start();
  } catch (error) {
    process.stderr.write(`${plainStartFailure(error)}\n`);
    process.exit(1);
  }

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    // A connection that never ends must not keep a stopping service alive for ever.
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    service.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Cannot stop in order: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (process.send !== undefined) {
    process.on("disconnect", stop);
    process.send({ type: "listening", url: service.url } satisfies ListeningMessage);
  }
}

/** One line for what a person can mend; the whole stack for what only we can. */
function plainStartFailure(error: unknown): string {
  if (error instanceof StartError) return error.message;
  if (error instanceof Error && "code" in error) {
    const address = "port" in error ? ` ${String(error.port)}` : "";
    if (error.code === "EADDRINUSE") return `Port${address} is in use. Choose another with --port.`;
    if (error.code === "EACCES" && address !== "")
      return `Port${address} needs more rights. Choose one above 1023 with --port.`;
    if (error.code === "EADDRNOTAVAIL") return "--host is not an address of this machine.";
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
