/** Loads a small server of this very process, where wrk is installed: it measures whole seconds. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { findProgram } from "../processes/find-program.ts";
import { generateWrkLoad } from "./generate-wrk-load.ts";
import { EVERY_TIME_ANOTHER } from "./load-job.ts";

const BODY = Buffer.alloc(2_000, "a");
const PROGRAM = findProgram("wrk", "/usr/bin:/usr/local/bin");

async function loadOn(t: TestContext, program: string, answer: RequestListener) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return generateWrkLoad(
    {
      generator: { name: "wrk", program },
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      paths: ["/a", `/b/${EVERY_TIME_ANOTHER}/c`],
      mark: "m",
      connections: 2,
      warmUpMs: 50,
      windowMs: 150,
      answerBytes: { least: BODY.length, most: BODY.length + 500 },
      serverPid: process.pid,
    },
    program,
  );
}

test("wrk asks for the paths in turn, and never twice for what shall be another one", async (t) => {
  // On a machine without wrk there is nothing to measure with: `bench` then uses autocannon alone.
  if (PROGRAM === undefined) return;
  const asked: string[] = [];
  const report = await loadOn(t, PROGRAM, ({ url = "" }, response) => {
    asked.push(url);
    response.end(BODY);
  });
  assert.equal(report.kind, "measured");
  if (report.kind !== "measured") return;
  assert.ok(report.measurement.requests > 0 && report.answersInAll <= asked.length);
  assert.ok(report.measurement.bytes >= report.measurement.requests * BODY.length);
  assert.ok(report.measurement.generatorCpuSeconds > 0);
  const others = asked.filter((url) => url !== "/a");
  assert.match(others[0] ?? "", /^\/b\/mw-\d+\/c$/);
  assert.equal(new Set(others).size, others.length);
});

test("wrk's sums show another status", async (t) => {
  if (PROGRAM === undefined) return;
  const report = await loadOn(t, PROGRAM, (_, response) => response.writeHead(503).end(BODY));
  assert.match(
    report.kind === "failed" ? report.reason : "measured",
    /had another status than 2xx/,
  );
});
