/** Probes a small server of this very process: what is noticed counts, not how fast it is. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { type ProbeJob, probeAtRate } from "./probe.ts";

async function probe(t: TestContext, answer: RequestListener, more: Partial<ProbeJob> = {}) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return probeAtRate(
    {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      paths: ["/a", "/b"],
      mark: "m",
      requestsPerSecond: 200,
      connections: 2,
      warmUpMs: 50,
      windowMs: 200,
      ...more,
    },
    () => performance.now(),
  );
}

describe("probeAtRate()", () => {
  test("asks as often as it was told, however the answers come", async (t) => {
    let asked = 0;
    const report = await probe(t, (_, response) => {
      asked += 1;
      response.end("hello");
    });
    assert.equal(asked, 50);
    assert.deepEqual([report.answers, report.failures], [40, 0]);
    assert.ok(report.latencyMs.p50 > 0 && report.latencyMs.p50 <= report.latencyMs.p99);
  });

  test("counts what waits for a connection from when it was due", async (t) => {
    // The first answer waits until all ten requests are due, so the others wait as well.
    let asked = 0;
    const report = await probe(
      t,
      (_, response) => {
        asked += 1;
        if (asked === 1) setTimeout(() => response.end("x"), 100);
        else response.end("x");
      },
      { connections: 1, warmUpMs: 0, windowMs: 50 },
    );
    assert.equal(report.answers, 10);
    // All but one would have been answered at once, had they been asked for only then.
    assert.ok(report.latencyMs.p50 >= 50, String(report.latencyMs.p50));
  });

  for (const [flaw, answer, reason] of [
    ["another status", (_, response) => response.writeHead(503).end("no"), /^HTTP\/1\.1 503/],
    ["a broken connection", ({ socket }) => socket.resetAndDestroy(), /closed|ECONNRESET/],
  ] as const satisfies readonly (readonly [string, RequestListener, RegExp])[]) {
    test(`tells of ${flaw}`, async (t) => {
      const report = await probe(t, answer);
      assert.ok(report.failures > 0);
      assert.match(report.firstFailure ?? "", reason);
    });
  }
});
