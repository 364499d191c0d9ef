/**
 * Puts load on a server with autocannon, and measures a window in the middle of it.
 *
 * Answers, bytes, latency and the CPU time of both sides are read at the same two moments while the
 * load goes on, so connections that open, and answers that are cut off at the end, are in no figure.
 */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import autocannon from "autocannon";
import { findFamily, readUsage } from "../measure/process-usage.ts";
import { EVERY_TIME_ANOTHER, type LoadJob, type LoadReport } from "./load-job.ts";

const MICROSECONDS_PER_SECOND = 1e6;
/** Autocannon looks so often whether it should stop. */
const SAMPLE_MS = 50;
const ANSWER_LIMIT_SECONDS = 10;
/** Until then it has been stopped; this is for a parent that is gone. */
const LONGEST_SECONDS = 3_600;

/** @param now monotonic milliseconds. */
export async function generateLoad(job: LoadJob, now: () => number): Promise<LoadReport> {
  const { answerBytes } = job;
  const tally: Tally = { requests: 0, bytes: 0, wrongSizes: 0, firstError: undefined };
  let latency: RecordableHistogram | undefined;
  let clients = 0;
  const { instance, result } = startAutocannon({
    url: job.url,
    requests: requestsOf(job, 0),
    idReplacement: job.paths.some((path) => path.includes(EVERY_TIME_ANOTHER)),
    connections: job.connections,
    duration: LONGEST_SECONDS,
    timeout: ANSWER_LIMIT_SECONDS,
    sampleInt: SAMPLE_MS,
    setupClient: (client) => {
      dropBodies(client);
      client.setRequests(requestsOf(job, clients));
      clients += 1;
    },
  });
  instance.on("response", (_client, _status, bytes, durationMs) => {
    tally.requests += 1;
    tally.bytes += bytes;
    if (bytes < answerBytes.least || bytes > answerBytes.most) tally.wrongSizes += 1;
    latency?.record(Math.max(1, Math.round(durationMs * 1000)));
  });
  instance.on("reqError", (error) => {
    tally.firstError ??= error instanceof Error ? error.message : String(error);
  });

  const server = findFamily(job.serverPid);
  await delay(job.warmUpMs);
  const opened = momentOf(server, tally, now);
  const measured = createHistogram({ figures: 3 });
  latency = measured;
  await delay(job.windowMs);
  const closed = momentOf(server, tally, now);
  latency = undefined;
  instance.stop();
  const { errors, non2xx } = await result;

  const reason = complaintOf({ ...tally, errors, non2xx });
  if (reason !== undefined) return { kind: "failed", reason };
  const requests = closed.requests - opened.requests;
  if (requests === 0) return { kind: "failed", reason: "no answer came while it was measured" };
  return {
    kind: "measured",
    answersInAll: tally.requests,
    measurement: {
      windowSeconds: (closed.atMs - opened.atMs) / 1000,
      requests,
      bytes: closed.bytes - opened.bytes,
      latencyMicroseconds: {
        p50: measured.percentile(50),
        p99: measured.percentile(99),
        p999: measured.percentile(99.9),
      },
      serverCpuSeconds: closed.serverCpuSeconds - opened.serverCpuSeconds,
      serverRssBytes: closed.serverRssBytes,
      generatorCpuSeconds: closed.generatorCpuSeconds - opened.generatorCpuSeconds,
    },
  };
}

function startAutocannon(options: autocannon.Options) {
  const { promise: result, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const instance = autocannon(options, (error: unknown, finished) =>
    error ? reject(error) : resolve(finished),
  );
  return { instance, result };
}

/** Autocannon keeps each client's requests ready to be sent: thousands for hundreds would fill the RAM. */
const MOST_REQUESTS_OF_A_CLIENT = 1_024;

/**
 * All of them, beginning with another one: together they ask for all at any time, not for one. Where
 * they are very many, each client has a part of them.
 */
function requestsOf({ paths, connections }: LoadJob, client: number): autocannon.Request[] {
  const from = Math.round((client * paths.length) / connections) % paths.length;
  const count =
    paths.length > MOST_REQUESTS_OF_A_CLIENT ? Math.ceil(paths.length / connections) : paths.length;
  const inTurn = [...paths.slice(from), ...paths.slice(0, from)];
  return inTurn.slice(0, count).map((path) => ({ path }));
}

type Tally = {
  requests: number;
  bytes: number;
  wrongSizes: number;
  firstError: string | undefined;
};

/**
 * Autocannon keeps each body as text, to compare it if asked to; we do not ask. Decoding a megabyte
 * as UTF-8 costs fifty times what receiving it does, and would be all that is measured.
 */
function dropBodies(client: autocannon.Client): void {
  const { pipelinedRequests } = client as unknown as { pipelinedRequests?: { addBody?: unknown } };
  if (typeof pipelinedRequests?.addBody !== "function") {
    throw new TypeError("Autocannon no longer keeps bodies where we knew: see dropBodies()");
  }
  pipelinedRequests.addBody = () => {};
}

function momentOf(server: readonly number[], { requests, bytes }: Tally, now: () => number) {
  const { cpuSeconds, residentBytes } = readUsage(server);
  const { user, system } = process.cpuUsage();
  return {
    atMs: now(),
    requests,
    bytes,
    serverCpuSeconds: cpuSeconds,
    serverRssBytes: residentBytes,
    generatorCpuSeconds: (user + system) / MICROSECONDS_PER_SECOND,
  };
}

function complaintOf(
  seen: Tally & { readonly errors: number; readonly non2xx: number },
): string | undefined {
  if (seen.errors > 0) return `${seen.errors} requests failed (${seen.firstError ?? "no reason"})`;
  if (seen.non2xx > 0) return `${seen.non2xx} answers had another status than 2xx`;
  if (seen.wrongSizes > 0) return `${seen.wrongSizes} answers had the wrong size`;
  return undefined;
}
