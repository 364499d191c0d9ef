/**
 * Asks at a fixed rate, and times every answer from the moment at which it was due to be asked for.
 *
 * A client that asks again only after it was answered asks a server that stumbles less often, and
 * hides the stumbling (coordinated omission). This one asks when it is time, on whichever connection
 * is free, and what waits for a connection waits on the server's account.
 */
import { createHistogram } from "node:perf_hooks";
import { setTimeout as delay, setImmediate as soon } from "node:timers/promises";
import { EVERY_TIME_ANOTHER } from "./load-job.ts";
import { openProbeConnection, type ProbeConnection } from "./probe-connection.ts";

export type ProbeJob = {
  readonly url: string;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  /** Of this job alone: begins the words that no other request has. */
  readonly mark: string;
  readonly requestsPerSecond: number;
  readonly connections: number;
  /** Load without measuring: connections open, code gets compiled. */
  readonly warmUpMs: number;
  readonly windowMs: number;
};

export type ProbeReport = {
  readonly answers: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly p999: number };
};

/** How long the last answers may take, after nothing more is asked. */
const LAST_ANSWERS_MS = 10_000;
/** Timers come up to this much late: what is due sooner is waited for by looking again and again. */
const TIMER_SLACK_MS = 1.5;

type Due = { readonly path: string; readonly atMs: number };

/** @param now monotonic milliseconds. */
export async function probeAtRate(job: ProbeJob, now: () => number): Promise<ProbeReport> {
  const latency = createHistogram({ figures: 3 });
  const tally = { answers: 0, failures: 0, firstFailure: undefined as string | undefined };
  const waiting: Due[] = [];
  const free: ProbeConnection[] = [];
  let underWay = 0;
  let measuredFromMs = Number.POSITIVE_INFINITY;

  const fail = (reason: string) => {
    tally.failures += 1;
    tally.firstFailure ??= reason;
  };
  const serve = (connection: ProbeConnection) => {
    const due = waiting.shift();
    if (due === undefined) {
      free.push(connection);
      return;
    }
    underWay += 1;
    connection.ask(due.path, (flaw) => {
      underWay -= 1;
      if (flaw !== undefined) fail(flaw);
      else if (due.atMs >= measuredFromMs) {
        tally.answers += 1;
        latency.record(Math.max(1, Math.round((now() - due.atMs) * 1000)));
      }
      // One that failed is closed, and nobody waits for it any more.
      if (flaw === undefined) serve(connection);
    });
  };

  const opening = Array.from({ length: job.connections }, () => openProbeConnection(job.url));
  const connections = await Promise.all(opening).catch((error: Error) => {
    fail(error.message);
    return [];
  });
  free.push(...connections);

  const begunMs = now();
  measuredFromMs = begunMs + job.warmUpMs;
  const inAll = ((job.warmUpMs + job.windowMs) / 1000) * job.requestsPerSecond;
  for (let number = 0; number < inAll && tally.failures === 0; number += 1) {
    const atMs = begunMs + (number / job.requestsPerSecond) * 1000;
    while (now() < atMs) await (atMs - now() > TIMER_SLACK_MS ? delay(1) : soon());
    const path = job.paths[number % job.paths.length] ?? "/";
    waiting.push({ path: path.replace(EVERY_TIME_ANOTHER, `${job.mark}-${number}`), atMs });
    const connection = free.pop();
    if (connection !== undefined) serve(connection);
  }
  const lastMs = now() + LAST_ANSWERS_MS;
  while (underWay + waiting.length > 0 && tally.failures === 0 && now() < lastMs) await delay(5);
  if (underWay + waiting.length > 0) fail(`${underWay + waiting.length} answers did not come`);
  for (const connection of connections) connection.close();
  const percentile = (share: number) => latency.percentile(share) / 1000;
  return {
    ...tally,
    latencyMs: { p50: percentile(50), p99: percentile(99), p999: percentile(99.9) },
  };
}
