/**
 * Sends many requests over a bounded number of kept-alive connections, each on the one that has been
 * idle longest, as they would come from as many clients.
 *
 * What finds no connection free waits, and the wait counts: a server that stumbles shows it.
 */
import { openProbeConnection, type ProbeConnection } from "../load/probe-connection.ts";

export type Sent = {
  /** What was wrong with the answer, if anything was. */
  readonly flaw: string | undefined;
  /** From when it was asked for to when it was on a connection. */
  readonly waitedMs: number;
  /** From when it was asked for to the end of its answer. */
  readonly tookMs: number;
};

export type RequestPool = {
  /** @param request as it goes over the wire. */
  send(request: string): Promise<Sent>;
  close(): void;
};

type Waiting = {
  readonly request: string;
  readonly atMs: number;
  readonly resolve: (sent: Sent) => void;
};

/** More than this many are not kept waiting: the server has long been too slow then. */
const MOST_WAITING = 100_000;

/** @param now monotonic milliseconds. */
export async function openRequestPool(
  { url, connections }: { readonly url: string; readonly connections: number },
  now: () => number,
): Promise<RequestPool> {
  const waiting: Waiting[] = [];
  const idle: ProbeConnection[] = [];
  const open = new Set<ProbeConnection>();
  let isClosed = false;

  const connect = async () => {
    const connection = await openProbeConnection(url);
    if (isClosed) return connection.close();
    open.add(connection);
    goOn(connection);
  };
  const goOn = (connection: ProbeConnection) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else put(next, connection);
  };
  const put = ({ request, atMs, resolve }: Waiting, connection: ProbeConnection) => {
    const waitedMs = now() - atMs;
    connection.send(request, (flaw) => {
      resolve({ flaw, waitedMs, tookMs: now() - atMs });
      if (flaw === undefined) return goOn(connection);
      // It is closed: another takes its place, unless the server is gone, which ends all that wait.
      open.delete(connection);
      connect().catch(({ message }: Error) => {
        if (open.size === 0) fail(message);
      });
    });
  };
  const fail = (flaw: string) => {
    for (const { atMs, resolve } of waiting.splice(0)) {
      resolve({ flaw, waitedMs: now() - atMs, tookMs: now() - atMs });
    }
  };

  await Promise.all(Array.from({ length: connections }, connect));
  return {
    send: (request) =>
      new Promise((resolve) => {
        const wanted = { request, atMs: now(), resolve };
        const connection = idle.shift();
        if (connection !== undefined) return put(wanted, connection);
        if (waiting.length < MOST_WAITING && open.size > 0) waiting.push(wanted);
        else resolve({ flaw: "no connection was free", waitedMs: 0, tookMs: 0 });
      }),
    close() {
      isClosed = true;
      for (const connection of open) connection.close();
      fail("the pool was closed");
    },
  };
}
