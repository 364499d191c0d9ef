/** An appliance with a certificate: what viewers get over HTTP/2 is what they get over HTTP/1.1. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from "node:http2";
import { describe, type TestContext, test } from "node:test";
import {
  atEnd,
  bodyOf,
  heldBody,
  newFolder,
  type RigOptions,
  startRig,
  until,
  wholeBody,
} from "../app.rig.ts";
import { newCertificate } from "./certificates.rig.ts";

async function startSecureRig(t: TestContext, options: Partial<RigOptions> = {}) {
  const tls = await newCertificate("edge");
  const rig = await startRig(t, { tls, ...options });
  const open = () => {
    const session = connect(rig.edge.url, { ca: tls.cert });
    session.on("error", () => undefined);
    atEnd(t, () => session.destroy());
    return session;
  };
  const session = open();
  return {
    ...rig,
    open,
    session,
    ask: (path: string, fields?: OutgoingHttpHeaders) => ask(session, path, fields),
  };
}

async function ask(session: ClientHttp2Session, path: string, fields: OutgoingHttpHeaders = {}) {
  const stream = session.request({ ":path": path, ...fields });
  const [headers] = await once(stream, "response");
  return { headers, status: headers[":status"], bytes: Buffer.concat(await stream.toArray()) };
}

describe("an appliance over HTTP/2", () => {
  test("fills, and then answers from its cache", async (t) => {
    const { origin, edge, ask } = await startSecureRig(t);
    assert.match(edge.url, /^https:/);
    const miss = await ask("/a");
    const hit = await ask("/a");
    for (const { status, bytes } of [miss, hit]) {
      assert.equal(status, 200);
      assert.ok(bytes.equals(bodyOf("/a", 10_000)));
    }
    assert.match(miss.headers["cache-status"], /fwd=uri-miss/);
    assert.match(hit.headers["cache-status"], /^east-1; hit/);
    assert.equal(hit.headers["access-control-allow-origin"], "*");
    assert.equal(hit.headers.connection, undefined);
    assert.deepEqual(origin.asked, ["GET /a"]);
  });

  test("answers ranges, conditions and HEAD", async (t) => {
    const { ask } = await startSecureRig(t);
    await ask("/a");
    const part = await ask("/a", { range: "bytes=100-199" });
    assert.deepEqual([part.status, part.headers["content-range"]], [206, "bytes 100-199/10000"]);
    assert.ok(part.bytes.equals(bodyOf("/a", 10_000).subarray(100, 200)));
    const known = await ask("/a", { "if-none-match": '"v1"' });
    assert.deepEqual([known.status, known.bytes.length], [304, 0]);
    const head = await ask("/a", { ":method": "HEAD" });
    assert.deepEqual([head.headers["content-length"], head.bytes.length], ["10000", 0]);
    assert.equal((await ask("/a", { range: "bytes=20000-" })).status, 416);
  });

  test("passes an answer on that may not be stored, without what belongs to one protocol", async (t) => {
    const { origin, ask } = await startSecureRig(t);
    origin.on("/private", (request, response) => {
      assert.ok(Object.keys(request.headers).every((name) => !name.startsWith(":")));
      const fields = {
        "cache-control": "no-store",
        connection: "close",
        "keep-alive": "timeout=5",
      };
      response.writeHead(200, fields).end(request.headers.cookie);
    });
    const answer = await ask("/private", { cookie: "a=1" });
    assert.equal(answer.bytes.toString(), "a=1");
    for (const name of ["connection", "keep-alive", "transfer-encoding"]) {
      assert.equal(answer.headers[name], undefined);
    }
  });

  test("tells problems as over HTTP/1.1", async (t) => {
    const { ask } = await startSecureRig(t);
    const bad = await ask("/a/../b");
    assert.deepEqual([bad.status, JSON.parse(bad.bytes.toString()).code], [400, "BAD_PATH"]);
    assert.equal((await ask("/_appliance/elsewhere")).status, 404);
    const fields = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [`x-${index}`, "1"]),
    );
    const many = await ask("/a", fields);
    assert.deepEqual(
      [many.status, JSON.parse(many.bytes.toString()).code],
      [431, "EDGE_TOO_MANY_FIELDS"],
    );
  });

  for (const code of ["NGHTTP2_CANCEL", "NGHTTP2_NO_ERROR"] as const) {
    test(`lets go of what a client that left was being sent, from disk and from the origin: ${code}`, async (t) => {
      const { origin, edge, session } = await startSecureRig(t, {
        folder: await newFolder(t),
        ramBytes: 1_000_000,
      });
      for (const path of ["/first", "/again"]) origin.on(path, wholeBody(12_000_000));
      for (const path of ["/first", "/first", "/again"]) {
        const stream = session.request({ ":path": path });
        stream.on("error", () => undefined);
        await once(stream, "data");
        assert.equal(edge.appliance.status().report.activeRequests, 1);
        stream.close(constants[code]);
        await until(() => edge.appliance.status().report.activeRequests === 0);
      }
      // Nothing is left behind that would keep it from stopping.
      session.destroy();
      await edge.close();
    });
  }

  test("tells that a body broke off, though nobody knows how long it would have been", async (t) => {
    const { origin, session } = await startSecureRig(t);
    const held = heldBody(origin, "/live.m3u8", { etag: 'W/"v1"' });
    const stream = session.request({ ":path": "/live.m3u8" });
    const ended = stream.toArray();
    ended.catch(() => undefined);
    (await held).write("#EXTM3U");
    await once(stream, "response");
    (await held).destroy();
    await assert.rejects(ended, { code: "ERR_HTTP2_STREAM_ERROR" });
    assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
    // It is about one answer, and not about the connection.
    assert.equal((await ask(session, "/a")).status, 200);
  });

  test("holds what a slow client does not take, and sends it all in the end", async (t) => {
    const { origin, edge, session } = await startSecureRig(t, {
      folder: await newFolder(t),
      ramBytes: 1_000_000,
    });
    origin.on("/large", wholeBody(12_000_000));
    for (let round = 0; round < 2; round += 1) {
      const stream = session.request({ ":path": "/large" }).pause();
      await once(stream, "response");
      await until(() => stream.readableLength > 0);
      assert.ok(Buffer.concat(await stream.toArray()).equals(bodyOf("/large", 12_000_000)));
      await until(() => edge.appliance.status().report.disk.objects === 1);
    }
  });
});
