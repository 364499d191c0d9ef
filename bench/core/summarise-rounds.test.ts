import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  atRateOf,
  type Measurement,
  median,
  ratiosOf,
  roundOf,
  runOf,
} from "./summarise-rounds.ts";

const MEASUREMENT: Measurement = {
  windowSeconds: 2,
  requests: 1_000,
  bytes: 4e9,
  latencyMicroseconds: { p50: 500, p99: 2_500, p999: 9_000 },
  serverCpuSeconds: 1,
  serverRssBytes: 64 * 1024 * 1024,
  generatorCpuSeconds: 1.9,
};
const NGINX = { name: "nginx", about: "a peer", version: "1" };
const UNDERSTUDY = { name: "understudy", about: "ours", version: "0" };

/** A round in which requests a second, CPU and latency are as given, and the rest is of no matter. */
const round = (requests: number, cpuSeconds = 1, p99 = 1_000) =>
  roundOf({
    ...MEASUREMENT,
    requests,
    serverCpuSeconds: cpuSeconds,
    latencyMicroseconds: { p50: 1, p99, p999: p99 },
  });

describe("median()", () => {
  for (const [values, expected] of [
    [[3], 3],
    [[1, 2], 1.5],
    [[9, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 1], 9],
  ] as const) {
    test(`of ${values.join(" ")} is ${expected}`, () => assert.equal(median(values), expected));
  }
  test("of nothing is a mistake", () => assert.throws(() => median([]), RangeError));
});

describe("roundOf()", () => {
  test("divides by the window, by requests and by gigabytes", () =>
    assert.deepEqual(roundOf(MEASUREMENT), {
      requestsPerSecond: 500,
      bytesPerSecond: 2e9,
      cpuSecondsPerGigabyte: 0.25,
      cpuMicrosecondsPerRequest: 1_000,
      generatorCpuMicrosecondsPerRequest: 1_900,
      latencyMs: { p50: 0.5, p99: 2.5, p999: 9 },
      rssMebibytes: 64,
      serverCpuShare: 0.5,
      generatorCpuShare: 0.95,
    }));
  test("makes no figures of a round without an answer", () =>
    assert.throws(() => roundOf({ ...MEASUREMENT, requests: 0 }), RangeError));
});

describe("runOf()", () => {
  test("takes the median of each figure by itself", () => {
    const run = runOf(NGINX, [round(100, 9), round(300, 1), round(200, 3)]);
    assert.equal(run.requestsPerSecond, 100);
    assert.equal(run.cpuMicrosecondsPerRequest, 15_000);
    assert.equal(run.rounds.length, 3);
  });
  for (const [serverCpuSeconds, generatorCpuSeconds, limit] of [
    [1.86, 1.99, "server"],
    [1.85, 1.86, "load-generator"],
    [1.85, 1.85, "neither"],
  ] as const) {
    test(`of 2 s, server ${serverCpuSeconds} and generator ${generatorCpuSeconds}: ${limit}`, () => {
      const measured = roundOf({ ...MEASUREMENT, serverCpuSeconds, generatorCpuSeconds });
      assert.equal(runOf(NGINX, [measured]).limitedBy, limit);
    });
  }
});

test("atRateOf() takes the median of each figure by itself", () =>
  assert.deepEqual(
    atRateOf(100, [
      { p50: 1, p99: 9, p999: 20 },
      { p50: 3, p99: 5, p999: 10 },
      { p50: 2, p99: 7, p999: 30 },
    ]),
    { requestsPerSecond: 100, latencyMs: { p50: 2, p99: 7, p999: 20 } },
  ));

describe("ratiosOf()", () => {
  test("divides ours by the peer's", () => {
    const ours = runOf(UNDERSTUDY, [round(300, 0.3, 500)]);
    const theirs = runOf(NGINX, [round(100, 0.2, 2_000)]);
    const { cpuOfBoth, ...ratios } = ratiosOf([ours, theirs])["nginx"] ?? {};
    assert.deepEqual(ratios, { throughput: 3, cpu: 0.5, p99: 0.25 });
    // The load generator took 1.9 s of each round: 2.2 s for 300 requests, 2.1 s for 100.
    assert.equal(cpuOfBoth?.toFixed(9), (22 / 63).toFixed(9));
  });
  test("divides latencies at one rate where both were measured at it", () => {
    const at = (p99: number) => atRateOf(100, [{ p50: 1, p99, p999: p99 }]);
    const ours = { ...runOf(UNDERSTUDY, [round(1)]), atRate: at(3) };
    const theirs = { ...runOf(NGINX, [round(1)]), atRate: at(2) };
    assert.equal(ratiosOf([ours, theirs])["nginx"]?.p99AtRate, 1.5);
  });
  test("names every peer and never ourselves", () => {
    const runs = [UNDERSTUDY, NGINX, { ...NGINX, name: "fastify" }];
    const ratios = ratiosOf(runs.map((system) => runOf(system, [round(1)])));
    assert.deepEqual(Object.keys(ratios), ["nginx", "fastify"]);
  });
  test("compares nothing where ours is not there", () =>
    assert.deepEqual(ratiosOf([runOf(NGINX, [round(1)])]), {}));
});
