/**
 * Makes one run of a system's rounds, and compares runs.
 *
 * The median of interleaved rounds, because a machine that is disturbed for a moment spoils one round
 * and not the figure.
 */
import { type Limit, OURS, type Ratios, type Round, type Run } from "../contract/bench-result.ts";

/** What the load generator saw in one round. */
export type Measurement = {
  readonly windowSeconds: number;
  readonly requests: number;
  readonly bytes: number;
  readonly latencyMicroseconds: {
    readonly p50: number;
    readonly p99: number;
    readonly p999: number;
  };
  readonly serverCpuSeconds: number;
  readonly serverRssBytes: number;
  readonly generatorCpuSeconds: number;
};

/** From this share of its core on, a process counts as busy throughout. */
const BUSY_SHARE = 0.93;
const BYTES_PER_GIGABYTE = 1e9;
const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** @throws {RangeError} for a round without a single answer, of which nothing can be said. */
export function roundOf(measurement: Measurement): Round {
  const { windowSeconds, requests, bytes, serverCpuSeconds, latencyMicroseconds } = measurement;
  if (requests === 0) throw new RangeError("A round without an answer has no figures");
  return {
    requestsPerSecond: requests / windowSeconds,
    bytesPerSecond: bytes / windowSeconds,
    cpuSecondsPerGigabyte: serverCpuSeconds / (bytes / BYTES_PER_GIGABYTE),
    cpuMicrosecondsPerRequest: (serverCpuSeconds / requests) * 1e6,
    generatorCpuMicrosecondsPerRequest: (measurement.generatorCpuSeconds / requests) * 1e6,
    latencyMs: {
      p50: latencyMicroseconds.p50 / 1000,
      p99: latencyMicroseconds.p99 / 1000,
      p999: latencyMicroseconds.p999 / 1000,
    },
    rssMebibytes: measurement.serverRssBytes / BYTES_PER_MEBIBYTE,
    serverCpuShare: serverCpuSeconds / windowSeconds,
    generatorCpuShare: measurement.generatorCpuSeconds / windowSeconds,
  };
}

export function runOf(
  system: { readonly name: string; readonly about: string; readonly version: string },
  rounds: readonly Round[],
): Run {
  const middle = (read: (round: Round) => number) => median(rounds.map(read));
  const serverCpuShare = middle((round) => round.serverCpuShare);
  const generatorCpuShare = middle((round) => round.generatorCpuShare);
  return {
    system: system.name,
    about: system.about,
    version: system.version,
    requestsPerSecond: middle((round) => round.requestsPerSecond),
    bytesPerSecond: middle((round) => round.bytesPerSecond),
    cpuSecondsPerGigabyte: middle((round) => round.cpuSecondsPerGigabyte),
    cpuMicrosecondsPerRequest: middle((round) => round.cpuMicrosecondsPerRequest),
    generatorCpuMicrosecondsPerRequest: middle((round) => round.generatorCpuMicrosecondsPerRequest),
    latencyMs: {
      p50: middle((round) => round.latencyMs.p50),
      p99: middle((round) => round.latencyMs.p99),
      p999: middle((round) => round.latencyMs.p999),
    },
    rssMebibytes: middle((round) => round.rssMebibytes),
    serverCpuShare,
    generatorCpuShare,
    limitedBy: limitOf({ serverCpuShare, generatorCpuShare }),
    rounds: [...rounds],
  };
}

/** Of the rounds at one rate, which is the same for all systems. */
export function atRateOf(
  requestsPerSecond: number,
  rounds: readonly NonNullable<Run["atRate"]>["latencyMs"][],
): NonNullable<Run["atRate"]> {
  return {
    requestsPerSecond,
    latencyMs: {
      p50: median(rounds.map(({ p50 }) => p50)),
      p99: median(rounds.map(({ p99 }) => p99)),
      p999: median(rounds.map(({ p999 }) => p999)),
    },
  };
}

/** Ours divided by each peer's; none where ours was not measured. */
export function ratiosOf(runs: readonly Run[]): Record<string, Ratios> {
  const ours = runs.find(({ system }) => system === OURS);
  if (ours === undefined) return {};
  return Object.fromEntries(
    runs
      .filter(({ system }) => system !== OURS)
      .map((peer) => [
        peer.system,
        {
          throughput: ours.requestsPerSecond / peer.requestsPerSecond,
          cpu: ours.cpuMicrosecondsPerRequest / peer.cpuMicrosecondsPerRequest,
          cpuOfBoth: cpuOfBoth(ours) / cpuOfBoth(peer),
          p99: ours.latencyMs.p99 / peer.latencyMs.p99,
          ...(ours.atRate && peer.atRate
            ? { p99AtRate: ours.atRate.latencyMs.p99 / peer.atRate.latencyMs.p99 }
            : {}),
        },
      ]),
  );
}

/** @throws {RangeError} for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("No values have no median");
  return (lower + upper) / 2;
}

/** A busy server is limited by itself, however busy its clients are. */
function limitOf(shares: CpuShares): Limit {
  if (shares.serverCpuShare >= BUSY_SHARE) return "server";
  return isLimitedByGenerator(shares) ? "load-generator" : "neither";
}

export function isLimitedByGenerator({ serverCpuShare, generatorCpuShare }: CpuShares): boolean {
  return serverCpuShare < BUSY_SHARE && generatorCpuShare >= BUSY_SHARE;
}

type CpuShares = Pick<Round, "serverCpuShare" | "generatorCpuShare">;

function cpuOfBoth(run: Run): number {
  return run.cpuMicrosecondsPerRequest + run.generatorCpuMicrosecondsPerRequest;
}
