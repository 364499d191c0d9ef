/** Loads a small server of this very process: what counts here is what is noticed, not how fast. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { generateLoad } from "./generate-load.ts";

const BODY = Buffer.alloc(2_000, "a");

async function loadOn(t: TestContext, answer: RequestListener, paths = ["/a"]) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return generateLoad(
    {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      generator: { name: "autocannon" },
      paths,
      mark: "m",
      connections: 2,
      warmUpMs: 50,
      windowMs: 150,
      answerBytes: { least: BODY.length, most: BODY.length + 500 },
      serverPid: process.pid,
    },
    () => performance.now(),
  );
}

describe("generateLoad()", () => {
  test("measures a window of the answers, and both sides of them", async (t) => {
    let answers = 0;
    const report = await loadOn(t, (_, response) => {
      answers += 1;
      response.end(BODY);
    });
    assert.equal(report.kind, "measured");
    if (report.kind !== "measured") return;
    const { measurement, answersInAll } = report;
    assert.ok(measurement.requests > 0 && measurement.requests < answersInAll);
    assert.ok(answersInAll <= answers);
    assert.ok(measurement.bytes > measurement.requests * BODY.length);
    assert.ok(measurement.windowSeconds >= 0.149);
    const { p50, p99, p999 } = measurement.latencyMicroseconds;
    assert.ok(p50 >= 1 && p50 <= p99 && p99 <= p999);
    assert.ok(measurement.serverRssBytes > 0 && measurement.generatorCpuSeconds > 0);
  });

  test("asks for all paths in turn", async (t) => {
    const asked = new Map<string, number>();
    const paths = ["/a", "/b", "/c"];
    await loadOn(
      t,
      ({ url = "" }, response) => {
        asked.set(url, (asked.get(url) ?? 0) + 1);
        response.end(BODY);
      },
      paths,
    );
    assert.deepEqual([...asked.keys()].sort(), paths);
    const counts = [...asked.values()];
    // Two connections, each with one request under way.
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 2);
  });

  test("gives each connection a part where the paths are very many", async (t) => {
    const asked: string[] = [];
    const paths = Array.from({ length: 2_000 }, (_, number) => `/${number}`);
    await loadOn(
      t,
      ({ url = "" }, response) => {
        asked.push(url);
        response.end(BODY);
      },
      paths,
    );
    const first = asked.slice(0, 20);
    assert.equal(new Set(first).size, first.length);
    assert.ok(first.includes("/0") && first.includes("/1000"), first.join(" "));
  });

  for (const [flaw, answer, reason] of [
    [
      "a status other than 2xx",
      (_, response) => response.writeHead(503).end(BODY),
      /\d+ answers had another status than 2xx/,
    ],
    [
      "a body of another size",
      (_, response) => response.end("short"),
      /\d+ answers had the wrong size/,
    ],
    ["a broken connection", ({ socket }) => socket.resetAndDestroy(), /\d+ requests failed/],
    ["silence", () => {}, /no answer came/],
  ] as const satisfies readonly (readonly [string, RequestListener, RegExp])[]) {
    test(`fails on ${flaw}`, async (t) => {
      const report = await loadOn(t, answer);
      assert.match(report.kind === "failed" ? report.reason : "measured", reason);
    });
  }
});
