/** A pool before a small server of this very process. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { openRequestPool } from "./request-pool.ts";

const REQUEST = "PUT /a HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}";

async function poolAt(t: TestContext, connections: number, answer: RequestListener) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  let opened = 0;
  server.on("connection", () => (opened += 1));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pool = await openRequestPool({ url, connections }, () => performance.now());
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  t.after(() => {
    pool.close();
    stop();
  });
  return { pool, opened: () => opened, stop };
}

const sendAll = (pool: Awaited<ReturnType<typeof poolAt>>["pool"], count: number) =>
  Promise.all(Array.from({ length: count }, () => pool.send(REQUEST)));

describe("openRequestPool()", () => {
  test("sends every request over no more connections than it may", async (t) => {
    let asked = 0;
    const { pool, opened } = await poolAt(t, 3, (_, response) => {
      asked += 1;
      response.end("ok");
    });
    const sent = await sendAll(pool, 50);
    assert.deepEqual([asked, opened()], [50, 3]);
    assert.ok(sent.every(({ flaw }) => flaw === undefined));
    assert.ok(sent.every(({ waitedMs, tookMs }) => waitedMs <= tookMs));
  });
  test("tells of each answer that is another than it should be, and goes on", async (t) => {
    let asked = 0;
    const { pool } = await poolAt(t, 2, (_, response) => {
      asked += 1;
      response.statusCode = asked % 2 === 0 ? 409 : 200;
      response.end("ok");
    });
    const flaws = (await sendAll(pool, 20)).flatMap(({ flaw }) => flaw ?? []);
    assert.deepEqual(flaws, Array(10).fill("HTTP/1.1 409 Conflict"));
  });
  test("keeps nobody waiting for a server that is gone", async (t) => {
    const { pool, stop } = await poolAt(t, 2, () => stop());
    const sent = await sendAll(pool, 10);
    assert.ok(sent.every(({ flaw }) => flaw !== undefined));
  });
  test("ends those that wait when it is closed", async (t) => {
    const { pool } = await poolAt(t, 1, () => pool.close());
    const [, second] = [pool.send(REQUEST), pool.send(REQUEST)];
    assert.equal((await second).flaw, "the pool was closed");
  });
});
