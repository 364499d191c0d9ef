/**
 * Many clients at once: all connect first, then all ask in the same moment, so that nobody's place
 * in the crowd is a matter of when it could connect.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { type ClientOutcome, type CrowdClient, newCrowdClient } from "./crowd-client.ts";

export type CrowdJob = {
  readonly url: string;
  /** Asked for in turn, one by each client. */
  readonly paths: readonly string[];
  readonly clients: number;
  /** What every body must be. */
  readonly object: { readonly sizeBytes: number; readonly sha256: string };
  readonly reading:
    | { readonly kind: "as-it-comes" }
    /** Leaves after a while, whether or not it has everything. */
    | { readonly kind: "slowly"; readonly bytesPerSecond: number; readonly leaveAfterMs: number };
};

export type CrowdReport = {
  /** Since all asked; of those that got a first byte. */
  readonly firstByteMs: readonly number[];
  /** Of those that stayed until the end. */
  readonly wholeMs: readonly number[];
  readonly bodyBytes: number;
  /** The longest that the clients' own process kept an answer waiting. */
  readonly ownDelayMs: number;
  /** Clients that did not get what they should, by why. */
  readonly flaws: Readonly<Record<string, number>>;
};

const FAST_READ_BYTES = 65536;
/** One in so many hashes what it gets. */
const HASHING = 100;
/** Slow clients read in turns: each so often, and some of them every so often. */
const SLOW_TURN_MS = 200;
const SLOW_STEP_MS = 20;
const DELAY_RESOLUTION_MS = 1;
const CONNECTING_AT_ONCE = 200;

/** @param now monotonic milliseconds. */
export async function gatherCrowd(job: CrowdJob, now: () => number): Promise<CrowdReport> {
  const { reading } = job;
  const clients = await connectAll(job, now);
  const ownDelay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  ownDelay.enable();
  const askedAtMs = now();
  for (const client of clients) client.ask();
  if (reading.kind === "slowly") {
    await readInTurns(clients, askedAtMs + reading.leaveAfterMs, now);
    for (const client of clients) client.leave();
  }
  const outcomes = await Promise.all(clients.map(({ over }) => over));
  ownDelay.disable();
  const flaws: Record<string, number> = {};
  for (const flaw of outcomes.flatMap((outcome) => flawOf(outcome, job) ?? [])) {
    flaws[flaw] = (flaws[flaw] ?? 0) + 1;
  }
  return {
    firstByteMs: outcomes.flatMap(({ firstByteAtMs }) =>
      firstByteAtMs === undefined ? [] : [firstByteAtMs - askedAtMs],
    ),
    wholeMs: outcomes
      .filter(({ bodyBytes }) => bodyBytes === job.object.sizeBytes)
      .map(({ overAtMs }) => overAtMs - askedAtMs),
    ownDelayMs: ownDelay.max / 1e6 - DELAY_RESOLUTION_MS,
    bodyBytes: outcomes.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0),
    flaws,
  };
}

/** Some at a time: more than the server's backlog at once would wait for a second try. */
async function connectAll(job: CrowdJob, now: () => number): Promise<CrowdClient[]> {
  const { hostname: host, port } = new URL(job.url);
  const { reading, paths } = job;
  const isSlow = reading.kind === "slowly";
  const bytesAtOnce = isSlow
    ? Math.round((reading.bytesPerSecond * SLOW_TURN_MS) / 1000)
    : FAST_READ_BYTES;
  const buffer = Buffer.alloc(bytesAtOnce);
  const clients: CrowdClient[] = [];
  while (clients.length < job.clients) {
    const together = Math.min(CONNECTING_AT_ONCE, job.clients - clients.length);
    const more = Array.from({ length: together }, (_, index) => {
      const number = clients.length + index;
      return newCrowdClient(
        {
          host,
          port: Number(port),
          path: paths[number % paths.length] ?? "/",
          hashes: !isSlow && number % HASHING === 0,
          buffer,
          reads: isSlow ? "when-told" : "as-it-comes",
        },
        now,
      );
    });
    await Promise.all(more.map(({ connected }) => connected));
    clients.push(...more);
  }
  return clients;
}

/** Each client's turns are spread over the others', as if they had come one by one. */
async function readInTurns(
  clients: readonly CrowdClient[],
  untilMs: number,
  now: () => number,
): Promise<void> {
  const steps = SLOW_TURN_MS / SLOW_STEP_MS;
  for (let step = 0; now() < untilMs; step += 1) {
    for (let at = step % steps; at < clients.length; at += steps) clients[at]?.readOn();
    await delay(SLOW_STEP_MS);
  }
}

function flawOf({ flaw, bodyBytes, sha256 }: ClientOutcome, job: CrowdJob): string | undefined {
  if (flaw !== undefined) return flaw;
  const isWhole = bodyBytes === job.object.sizeBytes;
  if (job.reading.kind === "slowly") return bodyBytes === 0 ? "not a byte came" : undefined;
  if (!isWhole) return `${bodyBytes} bytes came`;
  return sha256 === undefined || sha256 === job.object.sha256 ? undefined : "other bytes came";
}
