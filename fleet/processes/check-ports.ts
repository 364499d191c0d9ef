/** Makes sure, before anything is started, that every port of the fleet can be had. */
import { createServer } from "node:net";
import { StartError } from "../../chassis/run-service.ts";

export type WantedPort = { readonly host: string; readonly port: number };

const HIGHEST_PORT = 65_535;
/** From here on, systems hand out ports to outgoing connections. */
const FIRST_EPHEMERAL_PORT = 32_768;
const DISTANCE = 100;

/** @throws {StartError} for the first port that cannot be had. */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<void> {
  const lowest = Math.min(...wanted.map(({ port }) => port));
  const other = lowest + DISTANCE < FIRST_EPHEMERAL_PORT - DISTANCE ? lowest + DISTANCE : 4200;
  const advice = `Choose another range: npm start -- --port ${other}`;
  for (const { host, port } of wanted) {
    if (port > HIGHEST_PORT) throw new StartError(`There is no port ${port}. ${advice}`);
    const code = await failureToListen({ host, port });
    switch (code) {
      case undefined:
        break;
      case "EADDRINUSE":
        throw new StartError(`Port ${port} is in use. ${advice}`);
      case "EACCES":
        throw new StartError(`Port ${port} needs more rights. ${advice}`);
      case "EADDRNOTAVAIL":
      case "ENOTFOUND":
        throw new StartError(`--host ${host} is not an address of this machine.`);
      default:
        throw new StartError(`Cannot listen on port ${port} of ${host} (${code}). ${advice}`);
    }
  }
}

export function warnOfPorts(wanted: readonly WantedPort[]): string | undefined {
  const high = wanted.find(({ port }) => port >= FIRST_EPHEMERAL_PORT);
  if (high === undefined) return undefined;
  return `Port ${high.port} may be taken by an outgoing connection while its server is down; below ${FIRST_EPHEMERAL_PORT} that cannot happen.`;
}

function failureToListen({ host, port }: WantedPort): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
