import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { request } from "undici";
import {
  type ApplianceRig,
  bodyOf,
  newFolder,
  type OriginRig,
  ReceivedBody,
  type RigOptions,
  rawRequest,
  startAppliance,
  startOrigin,
  TOKEN,
  wholeBody,
} from "./app.rig.ts";
import { policiesOf } from "./config.ts";
import { DRAIN_PATH, HEALTH_PATH, STATUS_PATH, UNDRAIN_PATH } from "./contract/appliance-status.ts";

type Rig = { readonly origin: OriginRig; readonly edge: ApplianceRig };

async function startRig(t: TestContext, options: Partial<RigOptions> = {}): Promise<Rig> {
  const origin = await startOrigin(t);
  return { origin, edge: await startAppliance(t, { origin: origin.url, ...options }) };
}

/** An origin's answer that waits for the test. `held` resolves when the request has come. */
function heldBody(origin: OriginRig, path: string, fields: Record<string, string | number> = {}) {
  let arrive: (response: ServerResponse) => void;
  const held = new Promise<ServerResponse>((resolve) => {
    arrive = resolve;
  });
  origin.on(path, (_, response) => {
    response.writeHead(200, { "cache-control": "max-age=60", etag: '"v1"', ...fields });
    response.flushHeaders();
    arrive(response);
  });
  return held;
}

const cacheStatus = (answer: { readonly headers: Record<string, unknown> }) =>
  String(answer.headers["cache-status"]);

describe("an appliance that has nothing stored", () => {
  test("asks the origin, and not again for the second request", async (t) => {
    const { origin, edge } = await startRig(t);
    const first = await edge.get("/a?t=1&CMCD=x");
    const second = await edge.get("/a?t=1&_HLS_pathway=east-1");
    assert.deepEqual(origin.asked, ["GET /a?t=1"]);
    assert.deepEqual(first.bytes, bodyOf("/a?t=1", 10_000));
    assert.deepEqual(second.bytes, first.bytes);
    assert.equal(cacheStatus(first), "east-1; fwd=uri-miss; fwd-status=200; stored");
    assert.equal(cacheStatus(second), "east-1; hit; ttl=60; detail=fresh");
  });

  test("asks below the origin's base path", async (t) => {
    const origin = await startOrigin(t);
    const edge = await startAppliance(t, { origin: `${origin.url}/base/` });
    await edge.get("/a/b");
    assert.deepEqual(origin.asked, ["GET /base/a/b"]);
  });

  test("asks once for a hundred clients, and each gets every byte", async (t) => {
    const { origin, edge } = await startRig(t);
    const body = bodyOf("/a", 300_000);
    const held = heldBody(origin, "/a", { "content-length": body.length });
    const answers = Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        edge.get("/a", index % 3 === 0 ? { range: `bytes=${index * 1_000}-` } : {}),
      ),
    );
    const response = await held;
    await until(() => edge.appliance.status().report.activeRequests === 100);
    for (let at = 0; at < body.length; at += 50_000) response.write(body.subarray(at, at + 50_000));
    response.end();
    for (const [index, answer] of (await answers).entries()) {
      const expected = index % 3 === 0 ? body.subarray(index * 1_000) : body;
      assert.ok(answer.bytes.equals(expected), `client ${index}`);
    }
    assert.deepEqual(origin.asked, ["GET /a"]);
    const { requests, fills } = edge.appliance.status();
    assert.deepEqual([requests.misses, requests.collapsed, requests.hits], [1, 99, 0]);
    assert.deepEqual(fills, { started: 1, failed: 0, active: 0 });
  });

  test("passes bytes on before the fill ends, to late comers too", async (t) => {
    const { origin, edge } = await startRig(t);
    const body = bodyOf("/a", 200_000);
    const held = heldBody(origin, "/a", { "content-length": body.length });
    const early = edge.open("/a");
    const response = await held;
    response.write(body.subarray(0, 100_000));
    const earlyBody = new ReceivedBody((await early).body);
    assert.ok((await earlyBody.first(100_000)).equals(body.subarray(0, 100_000)));

    const late = await edge.open("/a");
    const lateBody = new ReceivedBody(late.body);
    assert.ok((await lateBody.first(100_000)).equals(body.subarray(0, 100_000)));
    assert.match(cacheStatus(late), /collapsed/);

    response.end(body.subarray(100_000));
    assert.ok((await earlyBody.whole).equals(body));
    assert.ok((await lateBody.whole).equals(body));
    assert.equal(origin.asked.length, 1);
  });

  test("answers a range while the fill is running, as soon as its bytes are there", async (t) => {
    const { origin, edge } = await startRig(t);
    const body = bodyOf("/a", 200_000);
    const held = heldBody(origin, "/a", { "content-length": body.length });
    const whole = edge.get("/a");
    const response = await held;
    response.write(body.subarray(0, 100_000));

    const part = await edge.get("/a", { range: "bytes=90000-99999" });
    assert.equal(part.status, 206);
    assert.equal(part.headers["content-range"], "bytes 90000-99999/200000");
    assert.ok(part.bytes.equals(body.subarray(90_000, 100_000)));

    const end = edge.get("/a", { range: "bytes=-10" });
    response.end(body.subarray(100_000));
    assert.ok((await end).bytes.equals(body.subarray(-10)));
    assert.ok((await whole).bytes.equals(body));
    assert.equal((await edge.get("/a", { range: "bytes=200000-" })).status, 416);
    assert.equal(origin.asked.length, 1);
  });

  test("sends a body of unknown length as it comes, and stores it", async (t) => {
    const { origin, edge } = await startRig(t);
    const body = bodyOf("/a", 150_000);
    const held = heldBody(origin, "/a");
    const first = edge.get("/a", { range: "bytes=5-9" });
    (await held).end(body);
    assert.equal((await first).status, 200);
    assert.ok((await first).bytes.equals(body));
    const second = await edge.get("/a", { range: "bytes=5-9" });
    assert.ok(second.bytes.equals(body.subarray(5, 10)));
    assert.equal(origin.asked.length, 1);
  });
});

describe("a client that leaves", () => {
  test("does not break the others", async (t) => {
    const { origin, edge } = await startRig(t);
    const body = bodyOf("/a", 200_000);
    const held = heldBody(origin, "/a", { "content-length": body.length });
    const leaving = edge.open("/a");
    const staying = edge.get("/a");
    const response = await held;
    response.write(body.subarray(0, 10_000));
    (await leaving).body.on("error", () => {}).destroy();
    response.end(body.subarray(10_000));
    assert.ok((await staying).bytes.equals(body));
    assert.equal(origin.asked.length, 1);
  });

  test("leaves a fill that is more than half done to be finished and stored", async (t) => {
    const { origin, edge } = await startRig(t);
    const body = bodyOf("/a", 200_000);
    const held = heldBody(origin, "/a", { "content-length": body.length });
    const leaving = edge.open("/a");
    const response = await held;
    response.write(body.subarray(0, 150_000));
    const { body: stream } = await leaving;
    await new ReceivedBody(stream).first(150_000);
    await leave(edge, stream);
    response.end(body.subarray(150_000));
    assert.ok((await edge.get("/a")).bytes.equals(body));
    assert.equal(origin.asked.length, 1);
  });

  test("ends a fill that is barely begun, and the next client begins another", async (t) => {
    const { origin, edge } = await startRig(t);
    const held = heldBody(origin, "/a", { "content-length": 200_000 });
    const leaving = edge.open("/a");
    const response = await held;
    const aborted = once(response, "close");
    response.write(bodyOf("/a", 200_000).subarray(0, 50_000));
    const { body: stream } = await leaving;
    await new ReceivedBody(stream).first(50_000);
    await leave(edge, stream);
    await aborted;
    origin.on("/a", wholeBody(200_000));
    assert.ok((await edge.get("/a")).bytes.equals(bodyOf("/a", 200_000)));
    assert.equal(origin.asked.length, 2);
  });
});

describe("an origin that fails", () => {
  test("in the middle of a body leaves nobody with a whole one, and nothing is stored", async (t) => {
    const { origin, edge } = await startRig(t, { folder: await newFolder(t) });
    const held = heldBody(origin, "/a", { "content-length": 200_000 });
    const reading = edge.open("/a");
    const waiting = edge.problem("/a", { range: "bytes=150000-" });
    const response = await held;
    response.write(bodyOf("/a", 200_000).subarray(0, 100_000));
    const body = new ReceivedBody((await reading).body);
    await body.first(100_000);
    response.destroy();
    await assert.rejects(body.whole);
    // This one had got nothing yet, so it can be told.
    assert.equal(await waiting, "502 EDGE_ORIGIN_FAILED");

    const { report, fills } = edge.appliance.status();
    assert.deepEqual([report.ram.objects, report.disk.objects, fills.failed], [0, 0, 1]);
    origin.on("/a", wholeBody(200_000));
    assert.ok((await edge.get("/a")).bytes.equals(bodyOf("/a", 200_000)));
  });

  test("in the middle of a body of unknown length is noticed as well", async (t) => {
    const { origin, edge } = await startRig(t);
    const held = heldBody(origin, "/a");
    const reading = edge.open("/a");
    const response = await held;
    response.write(Buffer.alloc(1_000));
    const body = new ReceivedBody((await reading).body);
    await body.first(1_000);
    response.destroy();
    await assert.rejects(body.whole);
    assert.equal(edge.appliance.status().report.ram.objects, 0);
  });

  test("to match its digest is found out before the last byte is given away", async (t) => {
    const { origin, edge } = await startRig(t);
    const right = createHash("sha256").update(bodyOf("/right", 50_000)).digest("base64");
    origin.on("/right", wholeBody(50_000, { "repr-digest": `sha-256=:${right}:` }));
    const held = heldBody(origin, "/wrong", {
      "content-length": 50_000,
      "repr-digest": `sha-256=:${right}:`,
    });

    const answer = await edge.get("/right");
    assert.ok(answer.bytes.equals(bodyOf("/right", 50_000)));
    assert.equal(answer.headers["repr-digest"], `sha-256=:${right}:`);

    const reading = edge.open("/wrong");
    const response = await held;
    response.write(Buffer.alloc(49_000));
    const wrong = new ReceivedBody((await reading).body);
    await wrong.first(48_000);
    response.end(Buffer.alloc(1_000));
    await assert.rejects(wrong.whole);
    assert.equal(edge.appliance.status().fills.failed, 1);
    assert.equal(edge.appliance.status().report.ram.objects, 1);
  });

  test("to answer at all is a 502 for all who wait", async (t) => {
    const origin = await startOrigin(t);
    origin.on("/a", (_, response) => response.destroy());
    const edge = await startAppliance(t, { origin: origin.url });
    const problems = await Promise.all([edge.problem("/a"), edge.problem("/a")]);
    assert.deepEqual(problems, ["502 EDGE_ORIGIN_FAILED", "502 EDGE_ORIGIN_FAILED"]);
    assert.equal(origin.asked.length, 1);
  });

  test("to accept connections is a 502", async (t) => {
    const edge = await startAppliance(t, { origin: `http://127.0.0.1:${await closedPort()}` });
    assert.equal(await edge.problem("/a"), "502 EDGE_ORIGIN_FAILED");
  });

  test("to answer in time is a 504, and nobody hangs", async (t) => {
    const { upstream } = policiesOf("demo");
    const origin = await startOrigin(t);
    origin.on("/a", () => {});
    const edge = await startAppliance(t, {
      origin: origin.url,
      policies: { upstream: { ...upstream, headersTimeoutMs: 100 } },
    });
    assert.equal(await edge.problem("/a"), "504 EDGE_ORIGIN_TIMEOUT");
  });

  test("to finish a fill in time is given up", async (t) => {
    const { origin, edge } = await startRig(t);
    const held = heldBody(origin, "/a", { "content-length": 100 });
    const waiting = edge.problem("/a");
    await held;
    edge.clock.advance(120_001);
    edge.appliance.tick(edge.clock.now());
    assert.equal(await waiting, "504 EDGE_ORIGIN_TIMEOUT");
  });

  test("is made up for by what is stale, where the origin allowed that", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(100, { "cache-control": "max-age=1, stale-if-error=60" }));
    await edge.get("/a");
    origin.on("/a", (_, response) => response.writeHead(503).end());
    edge.clock.advance(10_000);
    const stale = await edge.get("/a");
    assert.ok(stale.bytes.equals(bodyOf("/a", 100)));
    assert.equal(cacheStatus(stale), "east-1; hit; ttl=-9; detail=stale-if-error");

    edge.clock.advance(60_000);
    assert.equal((await edge.get("/a")).status, 503);
  });
});

describe("what is stored", () => {
  test("is asked for again when it has expired", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(100, { etag: "", "cache-control": "max-age=5" }));
    await edge.get("/a");
    edge.clock.advance(4_999);
    const hit = await edge.get("/a");
    assert.equal(hit.headers["age"], "4");
    edge.clock.advance(1);
    assert.match(cacheStatus(await edge.get("/a")), /fwd=stale; fwd-status=200; stored/);
    assert.equal(origin.asked.length, 2);
  });

  test("lives again when the origin says that it is unchanged", async (t) => {
    const { origin, edge } = await startRig(t, { folder: await newFolder(t) });
    const conditions: (string | undefined)[] = [];
    origin.on("/a", (request, response) => {
      conditions.push(request.headers["if-none-match"]);
      if (request.headers["if-none-match"] === '"v1"') {
        response.writeHead(304, { "cache-control": "max-age=60" }).end();
      } else wholeBody(100)(request, response);
    });
    await edge.get("/a");
    edge.clock.advance(61_000);
    const revalidated = await edge.get("/a");
    assert.ok(revalidated.bytes.equals(bodyOf("/a", 100)));
    assert.equal(cacheStatus(revalidated), "east-1; fwd=stale; fwd-status=304; detail=revalidated");
    assert.equal(cacheStatus(await edge.get("/a")), "east-1; hit; ttl=60; detail=fresh");
    assert.deepEqual(conditions, [undefined, '"v1"']);
  });

  test("is replaced behind the back of a client that gets what is stale", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(100, { "cache-control": "max-age=1, stale-while-revalidate=60" }));
    await edge.get("/a");
    edge.clock.advance(2_000);
    const stale = await edge.get("/a");
    assert.match(cacheStatus(stale), /hit; ttl=-1; detail=stale-while-revalidate/);
    await origin.askedTimes(2);
    await until(() => edge.appliance.status().fills.active === 0);
    assert.match(cacheStatus(await edge.get("/a")), /detail=fresh/);
    assert.equal(origin.asked.length, 2);
  });

  test("is believed to be absent for a second only", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", (_, response) => response.writeHead(404).end("gone"));
    assert.equal((await edge.get("/a")).status, 404);
    assert.equal((await edge.get("/a")).bytes.toString(), "gone");
    assert.equal(origin.asked.length, 1);
    edge.clock.advance(1_001);
    await edge.get("/a");
    assert.equal(origin.asked.length, 2);
  });

  test("answers ranges and conditions", async (t) => {
    const { edge } = await startRig(t);
    const body = bodyOf("/a", 10_000);
    await edge.get("/a");
    for (const [headers, status, expected] of [
      [{ range: "bytes=0-0" }, 206, body.subarray(0, 1)],
      [{ range: "bytes=9999-" }, 206, body.subarray(9_999)],
      [{ range: "bytes=5-", "if-range": '"v1"' }, 206, body.subarray(5)],
      [{ range: "bytes=5-", "if-range": '"v0"' }, 200, body],
      [{ "if-none-match": '"v1"' }, 304, Buffer.alloc(0)],
    ] as const) {
      const answer = await edge.get("/a", headers);
      assert.equal(answer.status, status, JSON.stringify(headers));
      assert.ok(answer.bytes.equals(expected), JSON.stringify(headers));
      assert.equal(answer.headers["etag"], '"v1"');
    }
    const refused = await edge.get("/a", { range: "bytes=10000-" });
    assert.equal(refused.status, 416);
    assert.equal(refused.headers["content-range"], "bytes */10000");
  });

  test("answers HEAD without a body, stored or not", async (t) => {
    const { origin, edge } = await startRig(t);
    for (let time = 0; time < 2; time += 1) {
      const { statusCode, headers, body } = await request(`${edge.url}/a`, { method: "HEAD" });
      assert.deepEqual([statusCode, headers["content-length"]], [200, "10000"]);
      assert.equal((await body.arrayBuffer()).byteLength, 0);
      await edge.get("/a");
    }
    assert.deepEqual(origin.asked, ["HEAD /a", "GET /a"]);
  });

  test("may be read by any page", async (t) => {
    const { edge } = await startRig(t);
    for (const answer of [
      await edge.get("/a"),
      await edge.get("/a"),
      await edge.get(STATUS_PATH),
    ]) {
      assert.equal(answer.headers["access-control-allow-origin"], "*");
      assert.match(String(answer.headers["access-control-expose-headers"]), /Cache-Status/);
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
    }
    const preflight = await request(`${edge.url}/a`, { method: "OPTIONS" });
    assert.equal(preflight.statusCode, 204);
    assert.match(String(preflight.headers["access-control-allow-methods"]), /GET/);
  });
});

describe("what may not be stored", () => {
  for (const [reason, fields] of Object.entries({
    "no-store": { "cache-control": "no-store" },
    private: { "cache-control": "private, max-age=60" },
    "set-cookie": { "set-cookie": "a=b" },
    vary: { vary: "*" },
  })) {
    test(`is passed on, each time anew: ${reason}`, async (t) => {
      const { origin, edge } = await startRig(t);
      origin.on("/a", wholeBody(2_000_000, fields));
      for (let time = 0; time < 2; time += 1) {
        const answer = await edge.get("/a");
        assert.ok(answer.bytes.equals(bodyOf("/a", 2_000_000)));
        assert.match(cacheStatus(answer), new RegExp(`detail=${reason}$`));
      }
      assert.equal(origin.asked.length, 2);
      assert.equal(edge.appliance.status().requests.passed, 2);
    });
  }

  test("is fetched by each client for itself", async (t) => {
    const { origin, edge } = await startRig(t);
    let served = 0;
    origin.on("/a", (_, response) => {
      served += 1;
      response.writeHead(200, { "cache-control": "private" }).end(`for client ${served}`);
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => edge.get("/a")));
    assert.equal(new Set(answers.map(({ bytes }) => bytes.toString())).size, 5);
  });

  test("is asked for with the client's own credentials, cookies and range", async (t) => {
    const { origin, edge } = await startRig(t);
    const seen: (string | undefined)[] = [];
    origin.on("/a", ({ headers }, response) => {
      seen.push(headers.authorization ?? headers.cookie ?? headers.range);
      response.writeHead(200, { "cache-control": "no-store" }).end("mine");
    });
    await edge.get("/a", { authorization: "Bearer x" });
    await edge.get("/a", { cookie: "who=me" });
    await edge.get("/a", { range: "bytes=2-3" });
    // Fills are anonymous; what turns out to be personal is asked for again in the client's name.
    assert.deepEqual(seen, ["Bearer x", undefined, "who=me", undefined, "bytes=2-3"]);
  });

  test("keeps several cookies apart", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", (_, response) =>
      response.writeHead(200, { "set-cookie": ["a=1; Expires=Wed, 01", "b=2"] }).end(),
    );
    assert.deepEqual((await edge.get("/a")).headers["set-cookie"], ["a=1; Expires=Wed, 01", "b=2"]);
  });

  test("flows through a small window when it is too large, known beforehand or not", async (t) => {
    const fills = { ...policiesOf("demo").fills, maxObjectBytes: 100_000, windowBytes: 50_000 };
    const { origin, edge } = await startRig(t, { policies: { fills } });
    const body = bodyOf("/known", 1_000_000);
    origin.on("/known", wholeBody(body.length));
    const known = await edge.get("/known");
    assert.ok(known.bytes.equals(body));
    assert.match(cacheStatus(known), /detail=too-large/);

    const held = heldBody(origin, "/unknown");
    const readers = [edge.get("/unknown"), edge.get("/unknown")];
    (await held).end(body);
    for (const { bytes } of await Promise.all(readers)) assert.ok(bytes.equals(body));
    assert.deepEqual(origin.asked, ["GET /known", "GET /unknown"]);
    assert.equal(edge.appliance.status().report.ram.objects, 0);
  });

  test("never holds more than its share of RAM, whatever many fills want", async (t) => {
    const fills = { ...policiesOf("demo").fills, maxHeldBytes: 250_000, windowBytes: 20_000 };
    const { origin, edge } = await startRig(t, { policies: { fills } });
    const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
    for (const path of paths) origin.on(path, wholeBody(100_000));
    const answers = await Promise.all(paths.map((path) => edge.get(path)));
    for (const [index, { bytes }] of answers.entries()) {
      assert.ok(bytes.equals(bodyOf(`/${index}`, 100_000)));
    }
    // The share is given back.
    await edge.get("/next");
    assert.match(cacheStatus(await edge.get("/next")), /hit/);
  });
});

describe("when there is too much to do", () => {
  test("the rest waits its turn, and is refused when that takes too long", async (t) => {
    const fills = { ...policiesOf("demo").fills, maxActive: 1, maxQueued: 1 };
    const { origin, edge } = await startRig(t, { policies: { fills } });
    const held = heldBody(origin, "/a", { "content-length": 10 });
    const first = edge.get("/a");
    const response = await held;
    const queued = edge.problem("/b");
    await until(() => edge.appliance.status().report.activeRequests === 2);
    const refused = await edge.get("/c");
    assert.equal(refused.status, 503);
    assert.equal(refused.headers["retry-after"], "1");
    edge.clock.advance(5_001);
    edge.appliance.tick(edge.clock.now());
    assert.equal(await queued, "503 EDGE_TOO_BUSY");
    assert.deepEqual(origin.asked, ["GET /a"]);

    const next = edge.get("/d");
    await until(() => edge.appliance.status().report.activeRequests === 2);
    response.end(Buffer.alloc(10));
    assert.equal((await first).bytes.length, 10);
    assert.equal((await next).status, 200);
  });
});

describe("the disk tier", () => {
  test("keeps objects over a restart", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    const before = await startAppliance(t, { origin: origin.url, folder });
    origin.on("/large", wholeBody(6_000_000));
    for (const path of ["/a", "/large"]) await before.get(path);
    await before.appliance.disk?.settled();
    await before.close();

    const after = await startAppliance(t, { origin: origin.url, folder });
    for (const [path, sizeBytes] of [
      ["/a", 10_000],
      ["/large", 6_000_000],
    ] as const) {
      const answer = await after.get(path);
      assert.ok(answer.bytes.equals(bodyOf(path, sizeBytes)));
      assert.equal(cacheStatus(answer), "east-1; hit; ttl=60; detail=fresh");
      const part = await after.get(path, { range: "bytes=7000-7999" });
      assert.ok(part.bytes.equals(bodyOf(path, sizeBytes).subarray(7_000, 8_000)));
    }
    assert.equal(origin.asked.length, 2);
  });

  test("serves more than fits into RAM", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    const edge = await startAppliance(t, { origin: origin.url, folder, ramBytes: 30_000 });
    const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
    for (const path of paths) await edge.get(path);
    await edge.appliance.disk?.settled();
    for (const path of paths) assert.ok((await edge.get(path)).bytes.equals(bodyOf(path, 10_000)));
    assert.equal(origin.asked.length, 10);
  });

  test("keeps what does not fit into RAM, with one fetch for many", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    const edge = await startAppliance(t, { origin: origin.url, folder, ramBytes: 2_000 });
    for (let time = 0; time < 3; time += 1) {
      const answers = await Promise.all([edge.get("/a"), edge.get("/a")]);
      for (const { bytes } of answers) assert.ok(bytes.equals(bodyOf("/a", 10_000)));
    }
    assert.equal(origin.asked.length, 1);
  });

  test("that cannot be used does not keep the appliance from serving, and it says so", async (t) => {
    const file = join(await newFolder(t), "a-file");
    await writeFile(file, "");
    const { origin, edge } = await startRig(t, { folder: join(file, "cache") });
    assert.ok((await edge.get("/a")).bytes.equals(bodyOf("/a", 10_000)));
    assert.match(cacheStatus(await edge.get("/a")), /hit/);
    assert.equal(origin.asked.length, 1);
    const { disk } = JSON.parse((await edge.get(STATUS_PATH)).bytes.toString()).report;
    assert.equal(disk.health.state, "unavailable");
    assert.match(disk.health.reason, /ENOTDIR/);
  });

  test("that is not configured is named in the status", async (t) => {
    const { edge } = await startRig(t);
    const { disk } = edge.appliance.status().report;
    assert.deepEqual(disk.health, {
      state: "unavailable",
      reason: "no cache folder is configured",
    });
  });
});

describe("requests that are refused", () => {
  for (const target of [
    "/../etc/passwd",
    "/a/%2e%2e/%2e%2e/etc/passwd",
    "/a%2f..%2fb",
    "/a%5cb",
    "//elsewhere/a",
    "http://elsewhere/a",
    "/%zz",
    "/%00",
  ]) {
    test(`${target} is a bad path`, async (t) => {
      const { origin, edge } = await startRig(t);
      const answer = await rawRequest(edge.port, `GET ${target} HTTP/1.1\r\nhost: x\r\n`);
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.match(answer, /"code":"BAD_PATH"/);
      assert.deepEqual(origin.asked, []);
    });
  }

  for (const method of ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PURGE"]) {
    test(`${method} is not served`, async (t) => {
      const { origin, edge } = await startRig(t);
      const answer = await rawRequest(edge.port, `${method} /a HTTP/1.1\r\nhost: x\r\n`);
      assert.match(answer, /^HTTP\/1\.1 405 /);
      assert.match(answer, /allow: GET, HEAD, OPTIONS/i);
      assert.match(answer, /"code":"EDGE_METHOD_NOT_ALLOWED"/);
      assert.deepEqual(origin.asked, []);
    });
  }

  test("a request that comes round in a circle is stopped", async (t) => {
    const { edge } = await startRig(t);
    assert.equal(await edge.problem("/a", { via: "1.1 other, 1.1 east-1" }), "508 EDGE_LOOP");
  });

  test("its own prefix is never forwarded", async (t) => {
    const { origin, edge } = await startRig(t);
    assert.equal(await edge.problem("/_appliance/elsewhere"), "404 EDGE_NOT_FOUND");
    assert.deepEqual(origin.asked, []);
  });

  test("nobody drains it without the token", async (t) => {
    const { edge } = await startRig(t);
    for (const headers of [{}, { authorization: "Bearer wrong-token" }]) {
      for (const path of [DRAIN_PATH, UNDRAIN_PATH]) {
        const { statusCode, body } = await request(edge.url + path, { method: "POST", headers });
        assert.equal(statusCode, 401);
        await body.dump();
      }
    }
    assert.equal((await edge.get(HEALTH_PATH)).status, 200);
  });
});

describe("draining", () => {
  test("is told to whoever asks for its health, until it is undone", async (t) => {
    const { edge } = await startRig(t);
    const post = async (path: string) => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const { statusCode, body } = await request(edge.url + path, { method: "POST", headers });
      return [statusCode, await body.json()];
    };
    assert.deepEqual(await post(DRAIN_PATH), [200, { state: "draining" }]);
    const draining = await edge.get(HEALTH_PATH);
    assert.deepEqual([draining.status, draining.bytes.toString()], [503, '{"state":"draining"}']);
    assert.equal((await edge.get("/a")).status, 200);
    assert.deepEqual(await post(UNDRAIN_PATH), [200, { state: "serving" }]);
    assert.equal((await edge.get(HEALTH_PATH)).status, 200);
  });

  test("for good finishes what is running and takes nothing new", async (t) => {
    const { origin, edge } = await startRig(t);
    const body = bodyOf("/a", 5_000_000);
    const held = heldBody(origin, "/a", { "content-length": body.length });
    const running = edge.open("/a");
    const response = await held;
    response.write(body.subarray(0, 100_000));
    const received = new ReceivedBody((await running).body);
    await received.first(100_000);

    const closed = edge.close();
    const refused = connect(edge.port, "127.0.0.1");
    const [error] = await once(refused, "error");
    // Reset, if it had reached the listener's queue just before the listener closed.
    assert.match(error.code, /^ECONN(?:REFUSED|RESET)$/);
    response.end(body.subarray(100_000));
    assert.ok((await received.whole).equals(body));
    await closed;
  });
});

test("a client that takes nothing does not keep it from stopping", async (t) => {
  const { origin, edge } = await startRig(t, { policies: { drainMs: 50 } });
  origin.on("/a", wholeBody(20_000_000));
  const { body } = await edge.open("/a");
  await edge.close();
  await assert.rejects(new ReceivedBody(body).whole);
});

test("measures what it sends", async (t) => {
  const { edge } = await startRig(t);
  edge.appliance.tick(edge.clock.now());
  await edge.get("/a");
  edge.clock.advance(1_000);
  edge.appliance.tick(edge.clock.now());
  assert.equal(edge.appliance.status().report.egressBitsPerSecond, 80_000);
});

async function leave(edge: ApplianceRig, stream: NodeJS.EventEmitter & { destroy(): unknown }) {
  stream.destroy();
  await until(() => edge.appliance.status().report.activeRequests === 0);
}

/** Waits for a condition that no event announces, giving way to everything else in between. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
