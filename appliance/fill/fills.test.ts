/** One fetch per object, whoever asks for it, leaves, or breaks it off. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import {
  type ApplianceRig,
  bodyOf,
  cacheStatus,
  heldBody,
  newFolder,
  ReceivedBody,
  startAppliance,
  startOrigin,
  startRig,
  until,
  wholeBody,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";

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

test("a part far into a body for which RAM has no room arrives all the same", async (t) => {
  const fills = { ...policiesOf("demo").fills, maxHeldBytes: 1_000, windowBytes: 20_000 };
  const { origin, edge } = await startRig(t, { policies: { fills } });
  origin.on("/a", wholeBody(300_000));
  const part = await edge.get("/a", { range: "bytes=250000-250099" });
  assert.equal(part.status, 206);
  assert.ok(part.bytes.equals(bodyOf("/a", 300_000).subarray(250_000, 250_100)));
  assert.equal(origin.asked.length, 1);
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
    edge.pass(120_001);
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
    assert.equal(
      cacheStatus(stale),
      "east-1; fwd=stale; fwd-status=503; ttl=-9; detail=stale-if-error",
    );

    edge.clock.advance(60_000);
    assert.equal((await edge.get("/a")).status, 503);
  });
});

test("a body that a slow client is still being sent counts, though nothing keeps it any more", async (t) => {
  const { origin, edge } = await startRig(t, { ramBytes: 20_000_000 });
  origin.on("/large", wholeBody(16_000_000));
  const { body } = await edge.open("/large");
  await until(() => edge.appliance.status().report.ram.objects === 1);
  for (const path of ["/b", "/c"]) {
    origin.on(path, wholeBody(8_000_000));
    await edge.get(path);
  }
  const { ram } = edge.appliance.status().report;
  // There is no room for another beside it.
  assert.deepEqual([ram.objects, ram.usedBytes], [0, 16_000_000]);
  body.on("error", () => {}).destroy();
  await until(() => edge.appliance.status().report.ram.usedBytes === 0);
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
    edge.pass(5_001);
    assert.equal(await queued, "503 EDGE_TOO_BUSY");
    assert.deepEqual(origin.asked, ["GET /a"]);

    const next = edge.get("/d");
    await until(() => edge.appliance.status().report.activeRequests === 2);
    response.end(Buffer.alloc(10));
    assert.equal((await first).bytes.length, 10);
    assert.equal((await next).status, 200);
  });

  test("what one client is sent at its own pace holds up nobody else", async (t) => {
    const fills = { ...policiesOf("demo").fills, maxActive: 1, maxStreams: 1 };
    const { origin, edge } = await startRig(t, { policies: { fills } });
    const responses = [];
    const streams = [];
    for (const path of ["/stream-1", "/stream-2"]) {
      const held = heldBody(origin, path, { "cache-control": "no-store", "content-length": 10 });
      const opening = edge.open(path);
      responses.push(await held);
      streams.push(opening);
      if (path === "/stream-1") assert.equal((await edge.get("/a")).status, 200);
    }
    // The second stream has no place among the streams, so it keeps the one that it had.
    const waiting = edge.get("/b");
    await until(() => edge.appliance.status().report.activeRequests === 3);
    assert.ok(!origin.asked.includes("GET /b"));
    responses[0]?.end(Buffer.alloc(10));
    responses[1]?.end(Buffer.alloc(10));
    assert.equal((await waiting).status, 200);
    for (const stream of streams) await (await stream).body.dump();
  });

  test("a fill that lasts is given up only when it has become too slow", async (t) => {
    const fills = {
      ...policiesOf("demo").fills,
      maxFillMs: 10_000,
      slowestBytesPerSecond: 1_000,
    };
    const { origin, edge } = await startRig(t, { policies: { fills } });
    const held = heldBody(origin, "/a", { "content-length": 40_000 });
    const reading = edge.open("/a");
    const response = await held;
    response.write(Buffer.alloc(20_000));
    const body = new ReceivedBody((await reading).body);
    await body.first(20_000);
    edge.pass(20_000);
    response.write(Buffer.alloc(1_000));
    await body.first(21_000);
    edge.pass(1_001);
    await assert.rejects(body.whole);
  });
});

async function leave(edge: ApplianceRig, stream: NodeJS.EventEmitter & { destroy(): unknown }) {
  stream.destroy();
  await until(() => edge.appliance.status().report.activeRequests === 0);
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
