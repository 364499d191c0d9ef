import assert from "node:assert/strict";
import { once } from "node:events";
import { request as requestHttp } from "node:http";
import { connect } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { describe, type TestContext, test } from "node:test";
import { newServiceApp } from "../../chassis/service-app.ts";
import { atEnd, ReceivedBody, until } from "../app.rig.ts";
import { Pacer } from "../capacity/pacer.ts";
import { policiesOf } from "../config.ts";
import { drained } from "../edge/drained.ts";
import { newCertificate } from "./certificates.rig.ts";
import { EdgeServer } from "./edge-server.ts";

const PACING = { burstMs: 10, turnMs: 10, minTurnBytes: 1, maxTurnBytes: 1e6, lightBytes: 100 };
/** Small bodies are written as text, of which every character is a byte. */
const LIGHT = Buffer.from(Array.from({ length: 100 }, (_, index) => index + 100));
const BODY = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));

/** A server that lets 1,000 bytes a millisecond through, once the test lets the time pass. */
async function startPaced(t: TestContext, isSecure: boolean) {
  let nowMs = 1;
  const calls: (() => void)[] = [];
  const pacer = new Pacer({
    bitsPerSecond: 8e6,
    policy: PACING,
    now: () => nowMs,
    callAfter: (_, callback) => calls.push(callback),
  });
  const tls = isSecure ? await newCertificate("edge") : undefined;
  const server = new EdgeServer({ policy: policiesOf("demo").listen, tls, pacer });
  const app = newServiceApp({ notFoundCode: "X", newServer: (listener) => server.make(listener) });
  const written: number[] = [];
  const left: string[] = [];
  app.get("/at-once", ({ url }, reply) => {
    reply.hijack();
    reply.raw.once("close", () => left.push(url));
    reply.raw.writeHead(200, ["content-length", String(BODY.length)]);
    reply.raw.end(BODY);
  });
  app.get("/in-pieces", async (_, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, ["content-length", String(BODY.length)]);
    for (let at = 0; at < BODY.length; at += 20_000) {
      written.push(at);
      if (!reply.raw.write(BODY.subarray(at, at + 20_000))) await drained(reply.raw);
    }
    reply.raw.end();
  });
  app.get("/light", (_, reply) => {
    reply.hijack();
    reply.raw.writeHead(200).end(LIGHT.toString("latin1"), "latin1");
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  atEnd(t, async () => {
    const closed = app.close();
    server.closeAll();
    await closed;
  });
  const session = tls && connect(`https://127.0.0.1:${port}`, { ca: tls.cert });
  if (session !== undefined) atEnd(t, () => session.destroy());
  const get = async (path: string): Promise<Readable> => {
    if (session !== undefined) return session.request({ ":path": path });
    const asking = requestHttp({ host: "127.0.0.1", port, path, agent: false }).end();
    const [response] = await once(asking, "response");
    return response;
  };
  const pass = (ms: number) => {
    nowMs += ms;
    for (const call of calls.splice(0)) call();
  };
  return { get, pass, pacer, written, left };
}

for (const [protocol, isSecure] of [
  ["HTTP/1.1", false],
  ["HTTP/2", true],
] as const) {
  describe(`a paced answer over ${protocol}`, () => {
    for (const path of ["/at-once", "/in-pieces"]) {
      test(`(${path}) comes whole, and no sooner than its turns`, async (t) => {
        const { get, pass, pacer } = await startPaced(t, isSecure);
        const received = new ReceivedBody(await get(path));
        await received.first(10_000);
        for (let turn = 1; turn < 10; turn += 1) {
          await until(() => pacer.waiting === 1);
          assert.equal(pacer.sentBytes, turn * 10_000);
          pass(11);
          await received.first(turn * 10_000 + 10_000);
        }
        assert.ok((await received.whole).equals(BODY));
      });
    }

    test("holds whoever writes it, so that no more than a piece waits", async (t) => {
      const { get, pass, pacer, written } = await startPaced(t, isSecure);
      const received = new ReceivedBody(await get("/in-pieces"));
      for (let turn = 1; turn < 10; turn += 1) {
        await until(() => pacer.waiting === 1);
        assert.ok(written.length <= turn / 2 + 1, `${written.length} pieces at turn ${turn}`);
        pass(11);
      }
      await received.whole;
    });

    test("waits for nobody where it is light", async (t) => {
      const { get, pacer } = await startPaced(t, isSecure);
      void new ReceivedBody(await get("/at-once"));
      await until(() => pacer.waiting === 1);
      const received = new ReceivedBody(await get("/light"));
      assert.deepEqual(await received.whole, LIGHT);
    });

    test("takes no turn when its client is gone", async (t) => {
      const { get, pass, pacer, left } = await startPaced(t, isSecure);
      const gone = await get("/at-once");
      gone.on("error", () => undefined);
      await until(() => pacer.waiting === 1);
      gone.destroy();
      await until(() => left.length === 1);
      pass(11);
      assert.deepEqual([pacer.waiting, pacer.sentBytes], [0, 10_000]);
    });
  });
}
