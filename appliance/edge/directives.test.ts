/** What origin and client say of caching, and what comes of it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { request } from "undici";
import {
  bodyOf,
  cacheStatus,
  heldBody,
  type OriginHandler,
  startRig,
  until,
  wholeBody,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";

const answering =
  (status: number, fields: Record<string, string>, body = ""): OriginHandler =>
  (_, response) =>
    response.writeHead(status, fields).end(body);

function startListening(t: TestContext) {
  return startRig(t, { policies: policiesOf("demo", { clientDirectives: "all" }) });
}

describe("a client that asks for something of caches", () => {
  test("does not send requests past what is fresh", async (t) => {
    const { origin, edge } = await startRig(t);
    await edge.get("/a");
    for (const headers of [
      { "cache-control": "no-cache, no-store, max-age=0" },
      { pragma: "no-cache" },
    ]) {
      assert.match(cacheStatus(await edge.get("/a", headers)), /hit/);
    }
    assert.equal(origin.asked.length, 1);
  });

  test("does so where the operator lets it, by a validation", async (t) => {
    const { origin, edge } = await startListening(t);
    await edge.get("/a");
    const conditions: (string | undefined)[] = [];
    origin.on("/a", ({ headers }, response) => {
      conditions.push(headers["if-none-match"]);
      response.writeHead(304).end();
    });
    const answer = await edge.get("/a", { "cache-control": "no-cache" });
    assert.equal(cacheStatus(answer), "east-1; fwd=request; fwd-status=304; detail=revalidated");
    assert.deepEqual(conditions, ['"v1"']);
  });

  test("leaves what never changes alone even then", async (t) => {
    const { origin, edge } = await startListening(t);
    origin.on("/a", wholeBody(10, { "cache-control": "max-age=60, immutable" }));
    await edge.get("/a");
    assert.match(cacheStatus(await edge.get("/a", { "cache-control": "max-age=0" })), /hit/);
    assert.equal(origin.asked.length, 1);
  });

  test("has nothing of it kept with no-store", async (t) => {
    const { origin, edge } = await startListening(t);
    const answer = await edge.get("/a", { "cache-control": "no-store" });
    assert.equal(cacheStatus(answer), "east-1; fwd=request; fwd-status=200; detail=no-store");
    assert.match(cacheStatus(await edge.get("/a")), /fwd=uri-miss/);
    assert.equal(origin.asked.length, 2);
  });

  test("gets what is stored or a 504 with only-if-cached", async (t) => {
    const { origin, edge } = await startRig(t);
    const wish = { "cache-control": "only-if-cached" };
    assert.equal(await edge.problem("/a", wish), "504 EDGE_NOT_CACHED");
    assert.equal(cacheStatus(await edge.get("/a", wish)), "east-1; detail=only-if-cached");
    await edge.get("/a");
    assert.equal((await edge.get("/a", wish)).status, 200);
    assert.equal(origin.asked.length, 1);
  });

  test("gets what is stale with max-stale, unless the origin forbids it", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/b", wholeBody(10, { "cache-control": "max-age=60, must-revalidate" }));
    for (const path of ["/a", "/b"]) await edge.get(path);
    edge.clock.advance(65_000);
    const wish = { "cache-control": "max-stale=10" };
    assert.equal(cacheStatus(await edge.get("/a", wish)), "east-1; hit; ttl=-5; detail=max-stale");
    assert.match(cacheStatus(await edge.get("/b", wish)), /fwd=stale/);
  });
});

describe("an origin that asks to be left alone", () => {
  test("is asked again only when the time is over", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", answering(503, { "retry-after": "5" }, "busy"));
    assert.equal((await edge.get("/a")).status, 503);
    edge.clock.advance(4_000);
    const refused = await edge.get("/a");
    assert.equal(JSON.parse(refused.bytes.toString()).code, "EDGE_ORIGIN_UNAVAILABLE");
    assert.equal(cacheStatus(refused), "east-1; detail=retry-after");
    assert.equal(refused.headers["retry-after"], "1");
    // It is about this object.
    assert.equal((await edge.get("/b")).status, 200);
    origin.on("/a", wholeBody(10));
    edge.clock.advance(1_000);
    assert.equal((await edge.get("/a")).status, 200);
    assert.deepEqual(origin.asked, ["GET /a", "GET /b", "GET /a"]);
  });

  test("is made up for by what is stale, where it allowed that", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(10, { "cache-control": "max-age=1, stale-if-error=60" }));
    await edge.get("/a");
    origin.on("/a", answering(503, { "retry-after": "5" }));
    edge.clock.advance(2_000);
    for (let time = 0; time < 3; time += 1) {
      const stale = await edge.get("/a");
      assert.equal(stale.status, 200);
      assert.match(cacheStatus(stale), /fwd=stale.*detail=stale-if-error/);
    }
    assert.equal(origin.asked.length, 2);
  });
});

describe("an origin that speaks to caches like this one", () => {
  test("is obeyed before what it says to all", async (t) => {
    const { origin, edge } = await startRig(t);
    const both = { "cache-control": "no-store", "cdn-cache-control": "max-age=60" };
    origin.on("/a", wholeBody(10, both));
    await edge.get("/a");
    const hit = await edge.get("/a");
    assert.equal(cacheStatus(hit), "east-1; hit; ttl=60; detail=fresh");
    assert.equal(hit.headers["cache-control"], "no-store");
  });

  test("hears by which name it can do so", async (t) => {
    const { origin, edge } = await startRig(t);
    let seen: string | string[] | undefined;
    origin.on("/a", ({ headers }, response) => {
      seen = headers["surrogate-capability"];
      response.end();
    });
    await edge.get("/a", { "surrogate-capability": 'mine="Surrogate/1.0"' });
    assert.equal(seen, 'understudy="Surrogate/1.0"');
  });
});

describe("an error", () => {
  test("is kept where the origin says so, and not for long", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", answering(500, { "cache-control": "max-age=3600" }, "broken"));
    await edge.get("/a");
    const kept = await edge.get("/a");
    assert.deepEqual([kept.status, cacheStatus(kept)], [500, "east-1; hit; ttl=10; detail=fresh"]);
    edge.clock.advance(10_000);
    await edge.get("/a");
    assert.equal(origin.asked.length, 2);
  });

  test("does not take the place of what may be shown instead", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(10, { "cache-control": "max-age=1, stale-if-error=60" }));
    await edge.get("/a");
    origin.on("/a", answering(500, { "cache-control": "max-age=5" }, "broken"));
    edge.clock.advance(2_000);
    for (let time = 0; time < 2; time += 1) {
      assert.ok((await edge.get("/a")).bytes.equals(bodyOf("/a", 10)));
    }
  });
});

describe("a validation", () => {
  test("that forbids to keep what is stored has it asked for and forgotten", async (t) => {
    const { origin, edge } = await startRig(t);
    await edge.get("/a");
    edge.clock.advance(60_000);
    origin.on("/a", ({ headers }, response) => {
      const status = headers["if-none-match"] === undefined ? 200 : 304;
      response.writeHead(status, { "cache-control": "private", etag: '"v1"' });
      response.end(status === 200 ? "mine" : undefined);
    });
    assert.equal((await edge.get("/a")).bytes.toString(), "mine");
    assert.equal(edge.appliance.status().report.ram.objects, 0);
  });

  test("by HEAD brings what is stored up to date", async (t) => {
    const { origin, edge } = await startRig(t);
    await edge.get("/a");
    edge.clock.advance(60_000);
    origin.on("/a", answering(200, { etag: '"v1"', "cache-control": "max-age=9", "x-new": "1" }));
    const head = await request(`${edge.url}/a`, { method: "HEAD" });
    assert.equal(cacheStatus(head), "east-1; fwd=stale; fwd-status=200; detail=head");
    await head.body.dump();
    const hit = await edge.get("/a");
    assert.deepEqual(
      [cacheStatus(hit), hit.headers["x-new"]],
      ["east-1; hit; ttl=9; detail=fresh", "1"],
    );
    assert.ok(hit.bytes.equals(bodyOf("/a", 10_000)));
  });

  test("by HEAD of another version has it asked for anew", async (t) => {
    const { origin, edge } = await startRig(t);
    await edge.get("/a");
    edge.clock.advance(60_000);
    origin.on("/a", answering(200, { etag: '"v2"', "cache-control": "max-age=9" }));
    await (await request(`${edge.url}/a`, { method: "HEAD" })).body.dump();
    assert.match(cacheStatus(await edge.get("/a")), /fwd=uri-miss/);
  });
});

describe("what is for one client", () => {
  test("is a cookie, though the rest of the answer is for all", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(10, { "set-cookie": "session=1" }));
    assert.equal((await edge.get("/a")).headers["set-cookie"], "session=1");
    const hit = await edge.get("/a");
    assert.match(cacheStatus(hit), /hit/);
    assert.equal(hit.headers["set-cookie"], undefined);
  });

  test("is a cookie for none of those who joined", async (t) => {
    const { origin, edge } = await startRig(t);
    const held = heldBody(origin, "/a", { "set-cookie": "session=1" });
    const answers = [edge.get("/a"), edge.get("/a"), edge.get("/a")];
    const response = await held;
    await until(() => edge.appliance.status().report.activeRequests === 3);
    response.end("body");
    const cookies = (await Promise.all(answers)).map(({ headers }) => headers["set-cookie"]);
    assert.equal(cookies.filter((cookie) => cookie !== undefined).length, 1);
  });

  test("is no new cookie for a client that has one", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(10, { "set-cookie": "session=1" }));
    const { headers } = await edge.get("/a", { cookie: "session=mine" });
    assert.equal(headers["set-cookie"], undefined);
  });

  test("is what its credentials bring, unless the origin says otherwise", async (t) => {
    const { origin, edge } = await startRig(t);
    const authorized = { authorization: "Bearer x" };
    await edge.get("/a", authorized);
    assert.match(cacheStatus(await edge.get("/a")), /fwd=uri-miss/);
    origin.on("/b", wholeBody(10, { "cache-control": "max-age=60, public" }));
    const own = await edge.get("/b", authorized);
    assert.equal(
      cacheStatus(own),
      "east-1; fwd=bypass; fwd-status=200; stored; detail=authorization",
    );
    assert.match(cacheStatus(await edge.get("/b")), /hit/);
    assert.deepEqual(origin.asked, ["GET /a", "GET /a", "GET /b"]);
  });
});

test("what a client says in the fields of proxies never reaches the origin", async (t) => {
  const { origin, edge } = await startRig(t);
  const seen: Record<string, unknown>[] = [];
  origin.on("/a", ({ headers }, response) => {
    seen.push(headers);
    response.writeHead(200, { "cache-control": "max-age=60" }).end();
  });
  await edge.get("/a", {
    "x-forwarded-host": "evil",
    "x-original-url": "/evil",
    "x-http-method-override": "DELETE",
    forwarded: "host=evil",
    "x-own": "kept",
  });
  const [headers] = seen;
  assert.equal(headers?.["x-own"], "kept");
  assert.doesNotMatch(JSON.stringify(headers), /evil|DELETE/);
});

test("early hints reach the client before the answer, and are not kept", async (t) => {
  const { origin, edge } = await startRig(t);
  origin.on("/a", (_, response) => {
    response.writeEarlyHints({ link: "</a.css>; rel=preload; as=style", "x-hint": "1" });
    response.writeHead(200, { "cache-control": "max-age=60" }).end("body");
  });
  for (const expected of [
    /^HTTP\/1\.1 103 .*link: <\/a\.css>.*HTTP\/1\.1 200 /is,
    /^HTTP\/1\.1 200 /,
  ]) {
    const socket = connect(edge.port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("latin1").on("data", (piece: string) => {
      answer += piece;
    });
    socket.write("GET /a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    await once(socket, "end");
    assert.match(answer, expected);
  }
});
