/** Starts a server and waits until it accepts connections. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { KEEP_COMPILED } from "../../chassis/keep-compiled.ts";
import type { ListeningMessage } from "../../chassis/run-service.ts";
import { BenchError } from "../errors.ts";
import { type ChildProgram, type ChildProgramOptions, startChildProgram } from "./child-program.ts";

export type ServerProcess = Pick<ChildProgram, "pid" | "ended" | "stop"> & {
  readonly name: string;
  readonly url: string;
};

type Launch = Omit<ChildProgramOptions, "command" | "hasChannel">;

const START_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 20;

/** One of our programs, which says itself where it listens. */
export async function startNodeServer(
  options: Launch & {
    readonly program: string;
    /** For Node itself. */
    readonly nodeFlags: readonly string[];
    readonly flags: readonly string[];
  },
  keep: (program: ChildProgram) => void,
): Promise<ServerProcess> {
  const { name, program, nodeFlags, flags } = options;
  const started = startChildProgram({
    ...options,
    command: [process.execPath, KEEP_COMPILED, ...nodeFlags, program, ...flags],
    hasChannel: true,
  });
  keep(started);
  const listening = new Promise<string>((resolve) => {
    started.child.on("message", (message: ListeningMessage) => resolve(message.url));
  });
  const url = await beforeItEnds(started, name, listening);
  return { name, url, pid: started.pid, ended: started.ended, stop: started.stop };
}

/** Any other server, on a port that it was told. */
export async function startForeignServer(
  options: Launch & Pick<ChildProgramOptions, "command"> & { readonly port: number },
  keep: (program: ChildProgram) => void,
): Promise<ServerProcess> {
  const { name, port } = options;
  const started = startChildProgram({ ...options, hasChannel: false });
  keep(started);
  await beforeItEnds(started, name, untilItAccepts(port));
  const url = `http://127.0.0.1:${port}`;
  return { name, url, pid: started.pid, ended: started.ended, stop: started.stop };
}

/** For servers that cannot be told to take any. Somebody may take it before they do: they then say so. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function beforeItEnds<T>(
  { ended }: ChildProgram,
  name: string,
  ready: Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  try {
    return await Promise.race([
      ready,
      ended.then((how) => {
        throw new BenchError(how);
      }),
      delay(START_LIMIT_MS, undefined, { signal: limit.signal }).then(() => {
        throw new BenchError(`${name} did not start within ${START_LIMIT_MS / 1000} s`);
      }),
    ]);
  } finally {
    limit.abort();
  }
}

/** No event tells that another process listens. Gives up by itself, after its caller has. */
async function untilItAccepts(port: number): Promise<void> {
  for (let looks = 0; looks * LOOK_EVERY_MS < START_LIMIT_MS; looks += 1) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "close").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await delay(LOOK_EVERY_MS);
  }
}
