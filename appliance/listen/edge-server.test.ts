import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
} from "node:http2";
import { request as requestHttps } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { newServiceApp } from "../../chassis/service-app.ts";
import { atEnd, until } from "../app.rig.ts";
import type { Pacer } from "../capacity/pacer.ts";
import { newCertificate } from "./certificates.rig.ts";
import { EdgeServer, type ListenPolicy } from "./edge-server.ts";
import type { TlsMaterial } from "./tls-files.ts";

const POLICY: ListenPolicy = {
  maxHeaderBytes: 8 * 1024,
  maxFields: 100,
  headersTimeoutMs: 60_000,
  requestTimeoutMs: 60_000,
  checkTimeoutsEveryMs: 10,
  keepAliveMs: 60_000,
  maxConnections: 100,
  maxConnectionsPerAddress: 100,
  handshakeTimeoutMs: 60_000,
  maxStreams: 100,
  maxSessionMegabytes: 100,
  slowReading: { minBytesPerSecond: 1_000, graceMs: 1_000 },
};
const BODY = Buffer.alloc(20_000_000, "x");

/** A service behind the server, with one small answer and one that no buffer on the way can hold. */
async function startServer(
  t: TestContext,
  policy: Partial<ListenPolicy>,
  tls?: TlsMaterial,
  pacer?: Pacer,
) {
  const server = new EdgeServer({ policy: { ...POLICY, ...policy }, tls, pacer });
  const app = newServiceApp({
    notFoundCode: "X",
    newServer: (listener) => server.make(listener),
  });
  const responses: ServerResponse[] = [];
  app.get("/small", (_, reply) => {
    reply.hijack();
    const fields = ["content-length", "5", "set-cookie", "a=1", "set-cookie", "b=2"];
    reply.raw.writeHead(200, fields).end("small");
  });
  app.get("/large", (_, reply) => {
    reply.hijack();
    responses.push(reply.raw);
    reply.raw.writeHead(200, ["content-length", String(BODY.length)]);
    reply.raw.end(BODY);
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  atEnd(t, async () => {
    const closed = app.close();
    server.closeAll();
    await closed;
  });
  return { server, app, port, responses };
}

async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.setEncoding("latin1").on("data", (piece: string) => {
    answer += piece;
  });
  socket.on("error", () => undefined);
  socket.write(text);
  await once(socket, "close");
  return answer;
}

function openHttp2(t: TestContext, port: number, tls: TlsMaterial): ClientHttp2Session {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: tls.cert });
  session.on("error", () => undefined);
  atEnd(t, () => session.destroy());
  return session;
}

async function answerOf(stream: ClientHttp2Stream) {
  const [headers] = await once(stream, "response");
  return { headers, bytes: await bytesOf(stream) };
}

async function bytesOf(stream: ClientHttp2Stream): Promise<Buffer> {
  return Buffer.concat(await stream.toArray());
}

describe("a server in the clear", () => {
  test("refuses a header that is too large", async (t) => {
    const { port } = await startServer(t, { maxHeaderBytes: 1024 });
    const answer = await exchange(port, `GET /small HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(2000)}`);
    assert.match(answer, /^HTTP\/1\.1 431 /);
    assert.match(answer, /"code":"HEADER_TOO_LARGE"/);
    assert.match(answer, /connection: close/);
  });

  test("answers what is no request, and ends the connection", async (t) => {
    const { port } = await startServer(t, {});
    const answer = await exchange(port, "GET /small HTTP/1.1\r\nhost : x\r\n\r\nGET /small");
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /"code":"BAD_REQUEST"/);
  });

  test("waits for a header only so long", async (t) => {
    const { port } = await startServer(t, { headersTimeoutMs: 20 });
    const answer = await exchange(port, "GET /small HTTP/1.1\r\nhost: x\r\nx-never:");
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.match(answer, /"code":"REQUEST_TIMEOUT"/);
  });

  for (const [name, policy] of [
    ["in all", { maxConnections: 2 }],
    ["from one address", { maxConnectionsPerAddress: 2 }],
  ] as const) {
    test(`takes only so many connections ${name}, and new ones when some have ended`, async (t) => {
      const { server, port } = await startServer(t, policy);
      const open = async () => {
        const socket = connect(port, "127.0.0.1").on("error", () => undefined);
        atEnd(t, () => socket.destroy());
        socket.write("GET /small HTTP/1.1\r\nhost: x\r\n\r\n");
        await Promise.race([once(socket, "data"), once(socket, "close")]);
        return socket;
      };
      const first = await open();
      await open();
      const third = await open();
      assert.ok(third.destroyed || third.readableEnded);
      assert.deepEqual(server.counts(), { open: 2, refused: 1, cutOff: 0 });
      first.destroy();
      await until(() => server.counts().open === 1);
      assert.equal((await open()).destroyed, false);
    });
  }

  test("cuts off a client that reads too slowly, and no other", async (t) => {
    const { server, port, responses } = await startServer(t, {});
    const slow = connect(port, "127.0.0.1").pause();
    const idle = connect(port, "127.0.0.1");
    for (const socket of [slow, idle]) atEnd(t, () => socket.destroy());
    slow.write("GET /large HTTP/1.1\r\nhost: x\r\n\r\n");
    await until(() => responses.length === 1 && server.counts().open === 2);
    const longestMs = POLICY.slowReading.graceMs + BODY.length;
    server.tick(1);
    server.tick(longestMs);
    assert.equal(server.counts().cutOff, 0);
    server.tick(2 * longestMs);
    assert.equal(server.counts().cutOff, 1);
    await until(() => server.counts().open === 1);
  });
});

describe("a server with a certificate", () => {
  test("speaks HTTP/2 to those who can, with every field and byte", async (t) => {
    const tls = await newCertificate("edge");
    const { port } = await startServer(t, {}, tls);
    const session = openHttp2(t, port, tls);
    const small = await answerOf(session.request({ ":path": "/small" }));
    assert.equal(session.alpnProtocol, "h2");
    assert.equal(small.headers[":status"], 200);
    assert.deepEqual(small.headers["set-cookie"], ["a=1", "b=2"]);
    assert.equal(small.bytes.toString(), "small");
    const large = await answerOf(session.request({ ":path": "/large" }));
    assert.ok(large.bytes.equals(BODY));
  });

  test("answers on, while large answers wait for the same client", async (t) => {
    const tls = await newCertificate("edge");
    const { port, responses } = await startServer(t, {}, tls);
    const session = openHttp2(t, port, tls);
    const waiting = [1, 2].map(() => session.request({ ":path": "/large" }).pause());
    await until(() => responses.length === 2);
    assert.equal((await answerOf(session.request({ ":path": "/small" }))).bytes.length, 5);
    for (const stream of waiting) assert.ok((await bytesOf(stream)).equals(BODY));
  });

  test("speaks HTTP/1.1 to all others", async (t) => {
    const tls = await newCertificate("edge");
    const { port } = await startServer(t, {}, tls);
    const asking = requestHttps({
      host: "127.0.0.1",
      port,
      path: "/small",
      ca: tls.cert,
      agent: false,
    }).end();
    const [response] = await once(asking, "response");
    assert.equal(response.httpVersion, "1.1");
    assert.equal((await response.setEncoding("utf8").toArray()).join(""), "small");
  });

  test("lets a client resume its session", async (t) => {
    const tls = await newCertificate("edge");
    const { port } = await startServer(t, {}, tls);
    const options = { port, host: "127.0.0.1", ca: tls.cert, ALPNProtocols: ["http/1.1"] };
    const first = connectTls(options);
    const [ticket] = await once(first, "session");
    first.destroy();
    const second = connectTls({ ...options, session: ticket });
    atEnd(t, () => second.destroy());
    await once(second, "secureConnect");
    assert.ok(second.isSessionReused());
  });

  test("cuts off a stream that is read too slowly, and leaves the connection", async (t) => {
    const tls = await newCertificate("edge");
    const { server, port, responses } = await startServer(t, {}, tls);
    const session = openHttp2(t, port, tls);
    const slow = session.request({ ":path": "/large" });
    slow.on("error", () => undefined);
    slow.pause();
    await until(() => responses.length === 1);
    server.tick(1);
    server.tick(2 * (POLICY.slowReading.graceMs + BODY.length));
    assert.equal(server.counts().cutOff, 1);
    slow.resume();
    await until(() => slow.destroyed);
    assert.equal(slow.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
    assert.equal((await answerOf(session.request({ ":path": "/small" }))).bytes.length, 5);
  });

  test("answers with a renewed certificate, and ends nothing for it", async (t) => {
    const [tls, renewed] = [await newCertificate("old"), await newCertificate("new")];
    const { server, port } = await startServer(t, {}, tls);
    const before = openHttp2(t, port, tls);
    assert.equal((await answerOf(before.request({ ":path": "/small" }))).bytes.length, 5);
    server.renew(renewed);
    const after = openHttp2(t, port, renewed);
    await once(after, "connect");
    assert.equal((after.socket as TLSSocket).getPeerCertificate().subject.CN, "new");
    for (const session of [before, after]) {
      assert.equal((await answerOf(session.request({ ":path": "/small" }))).bytes.length, 5);
    }
  });

  test("closes, although somebody has a connection of HTTP/2 and asks for nothing", async (t) => {
    const tls = await newCertificate("edge");
    const { app, port } = await startServer(t, {}, tls);
    const session = openHttp2(t, port, tls);
    await answerOf(session.request({ ":path": "/small" }));
    await app.close();
  });

  test("ends every connection when it must", async (t) => {
    const tls = await newCertificate("edge");
    const { server, port } = await startServer(t, {}, tls);
    const session = openHttp2(t, port, tls);
    await once(session, "connect");
    const plain: Socket = connectTls({ port, host: "127.0.0.1", ca: tls.cert });
    plain.on("error", () => undefined);
    await once(plain, "secureConnect");
    await until(() => server.counts().open === 2);
    const gone = Promise.all([once(session, "close"), once(plain, "close")]);
    server.closeAll();
    await gone;
  });
});
