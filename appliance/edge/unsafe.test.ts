/** Requests that change something: passed on, never kept back, and what they make void is asked for anew. */
import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { type Dispatcher, request } from "undici";
import { bodyOf, cacheStatus, heldBody, rawRequest, startRig, wholeBody } from "../app.rig.ts";
import { policiesOf } from "../config.ts";

async function send(url: string, method: string, body = "", headers = {}) {
  const answer = await request(url, { method: method as Dispatcher.HttpMethod, body, headers });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

describe("an unsafe request", () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "PURGE", "M-SEARCH"]) {
    test(`${method} reaches the origin with its body, and makes what is stored void`, async (t) => {
      const { origin, edge } = await startRig(t);
      await edge.get("/a");
      const got: string[] = [];
      origin.on("/a", async (asked, response) => {
        got.push(`${asked.headers["content-type"]}: ${await text(asked)}`);
        response.end("done");
      });
      const answer = await send(`${edge.url}/a`, method, "the body", { "content-type": "x/y" });
      assert.deepEqual([answer.status, answer.text], [200, "done"]);
      assert.equal(cacheStatus(answer), "east-1; fwd=method; fwd-status=200; detail=method");
      assert.deepEqual(got, ["x/y: the body"]);
      origin.on("/a", wholeBody(10));
      assert.match(cacheStatus(await edge.get("/a")), /fwd=uri-miss/);
    });
  }

  test("that fails leaves what is stored alone", async (t) => {
    const { origin, edge } = await startRig(t);
    await edge.get("/a");
    origin.on("/a", (_, response) => response.writeHead(500).end());
    assert.equal((await send(`${edge.url}/a`, "POST")).status, 500);
    assert.match(cacheStatus(await edge.get("/a")), /hit/);
  });

  test("makes void what its answer names on the same host, in all variants", async (t) => {
    const { origin, edge } = await startRig(t);
    const varying = wholeBody(10, { vary: "foo" });
    origin.on("/b", varying);
    for (const foo of ["1", "2"]) await edge.get("/b", { foo });
    await edge.get("/c");
    origin.on("/a", (_, response) =>
      response
        .writeHead(201, { location: `${edge.url}/b`, "content-location": "http://elsewhere/c" })
        .end(),
    );
    await send(`${edge.url}/a`, "POST");
    for (const foo of ["1", "2"]) {
      assert.match(cacheStatus(await edge.get("/b", { foo })), /fwd=(?:uri|vary)-miss/);
    }
    assert.match(cacheStatus(await edge.get("/c")), /hit/);
  });

  test("whose answer says that it is that of a GET is kept as that", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", (_, response) =>
      response
        .writeHead(200, { "cache-control": "max-age=60", "content-location": "/a" })
        .end("the result"),
    );
    await send(`${edge.url}/a`, "POST", "x");
    assert.equal((await edge.get("/a")).bytes.toString(), "the result");
    assert.deepEqual(origin.asked, ["POST /a"]);
  });

  for (const path of ["/a", "/named"]) {
    test(`lets nobody after it have what was asked for before it (${path})`, async (t) => {
      const { origin, edge } = await startRig(t);
      const body = bodyOf(path, 1_000);
      const held = heldBody(origin, path, { "content-length": body.length });
      const running = edge.get(path);
      const response = await held;
      const changed = wholeBody(1_000, { etag: '"v2"', "content-location": "/named" });
      for (const changing of ["/a", "/named"]) origin.on(changing, changed);
      await send(`${edge.url}/a`, "PUT", "v2");
      assert.equal((await edge.get(path)).headers["etag"], '"v2"');
      response.end(body);
      assert.ok((await running).bytes.equals(body));
      edge.pass(1);
      for (const expected of [/fwd=uri-miss/, /; hit/]) {
        const answer = await edge.get(path);
        assert.equal(answer.headers["etag"], '"v2"');
        assert.match(cacheStatus(answer), expected);
      }
    });
  }

  test("with too large a body is refused before the origin hears of it", async (t) => {
    const demo = policiesOf("demo");
    const policies = { ...demo, edge: { ...demo.edge, maxRequestBodyBytes: 10 } };
    const { origin, edge } = await startRig(t, { policies });
    const known = await send(`${edge.url}/a`, "POST", "x".repeat(11));
    assert.deepEqual([known.status, JSON.parse(known.text).code], [413, "EDGE_BODY_TOO_LARGE"]);
    const chunked = await rawRequest(
      edge.port,
      "POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\nb\r\nxxxxxxxxxxx\r\n0\r\n\r\n",
    );
    assert.match(chunked, /^HTTP\/1\.1 413 /);
    assert.deepEqual(origin.asked, []);
    assert.equal((await send(`${edge.url}/a`, "POST", "x".repeat(10))).status, 200);
  });

  test("is answered by nothing stale when the origin is gone", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(10, { "cache-control": "max-age=1, stale-if-error=600" }));
    await edge.get("/a");
    origin.on("/a", (_, response) => response.destroy());
    edge.clock.advance(2_000);
    assert.equal((await send(`${edge.url}/a`, "POST")).status, 502);
  });
});
