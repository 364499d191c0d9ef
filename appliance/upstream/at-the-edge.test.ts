/** What clients of an appliance see of its upstreams: as little as possible. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import {
  type ApplianceRig,
  atEnd,
  bodyOf,
  cacheStatus,
  type OriginHandler,
  type OriginRig,
  type RigOptions,
  startAppliance,
  startOrigin,
  startRig,
  wholeBody,
} from "../app.rig.ts";
import { ApplianceStatus } from "../contract/appliance-status.ts";

const SIZE = 400_000;
const failing: OriginHandler = (_, response) => response.writeHead(503).end("sorry");

/** Breaks the first answer off in the middle, and serves what is missing when it is asked for. */
function breakingOnce(path: string): OriginHandler {
  let answers = 0;
  return (request, response) => {
    answers += 1;
    const body = bodyOf(path, SIZE);
    const etag = '"v1"';
    const fields = { etag, "cache-control": "max-age=60" };
    const first = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? Number.NaN);
    if (answers > 1 && request.headers["if-range"] === etag && first > 0) {
      response.writeHead(206, { ...fields, "content-range": `bytes ${first}-${SIZE - 1}/${SIZE}` });
      response.end(body.subarray(first));
      return;
    }
    response.writeHead(200, { ...fields, "content-length": SIZE });
    response.write(body.subarray(0, SIZE / 2), () => response.socket?.resetAndDestroy());
  };
}

describe("a fill that breaks off", () => {
  test("is a whole one for its client, and for the next one a hit", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", breakingOnce("/a"));
    const first = await edge.get("/a");
    assert.equal(first.status, 200);
    assert.ok(first.bytes.equals(bodyOf("/a", SIZE)));
    const second = await edge.get("/a");
    assert.match(cacheStatus(second), /; hit/);
    assert.ok(second.bytes.equals(bodyOf("/a", SIZE)));
    assert.equal(edge.appliance.status().upstreams[0]?.resumes, 1);
  });

  test("and whose origin has another version by then is told as broken", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", (request, response) => {
      const isFirst = request.headers.range === undefined;
      response.writeHead(200, { etag: isFirst ? '"v1"' : '"v2"', "content-length": SIZE });
      response.write(Buffer.alloc(SIZE / 2), () => response.socket?.resetAndDestroy());
    });
    await assert.rejects(edge.get("/a"));
    assert.equal(origin.asked.length, 2);
  });
});

describe("an origin that fails again and again", () => {
  async function failOften(t: TestContext, options: Partial<RigOptions> = {}) {
    const rig = await startRig(t, options);
    rig.origin.on("/bad", (_, response) => response.destroy());
    for (let at = 0; at < 20; at += 1) await rig.edge.get(`/bad?${at}`);
    return rig;
  }

  test("with one object only is not blamed for it", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/bad", (_, response) => response.destroy());
    origin.on("/a", wholeBody(100));
    for (let at = 0; at < 10; at += 1) {
      await edge.get(`/bad?${at}`);
      assert.equal((await edge.get(`/a?${at}`)).status === 503, false);
    }
    assert.equal(edge.appliance.status().upstreams[0]?.breaker, "closed");
  });

  test("is spared, and clients are told at once to come back soon", async (t) => {
    const { origin, edge } = await failOften(t);
    const asked = origin.asked.length;
    assert.equal(await edge.problem("/a"), "503 EDGE_ORIGIN_UNAVAILABLE");
    const answer = await edge.get("/a");
    assert.equal(answer.headers["retry-after"], "1");
    assert.equal(cacheStatus(answer), "east-1; fwd=uri-miss; detail=breaker-open");
    assert.equal(origin.asked.length, asked);
    assert.equal(edge.appliance.status().upstreams[0]?.breaker, "open");
  });

  test("in silence is spared as well, though nobody waits for it to the end", async (t) => {
    const { origin, edge } = await startRig(t);
    const fields = {
      "cache-control": "max-age=1, stale-if-error=600",
      "content-type": "video/mp4",
    };
    const paths = Array.from({ length: 5 }, (_, at) => `/a/${at}`);
    for (const path of paths) {
      origin.on(path, wholeBody(100, fields));
      await edge.get(path);
      origin.on(path, () => undefined);
    }
    edge.clock.advance(10_000);
    const waiting = paths.map((path) => edge.get(path));
    await origin.askedTimes(10);
    edge.pass(500);
    for (const answer of await Promise.all(waiting)) assert.equal(answer.status, 200);
    assert.equal(edge.appliance.status().upstreams[0]?.breaker, "closed");
    edge.pass(2_500);
    assert.equal(edge.appliance.status().upstreams[0]?.breaker, "open");
  });

  test("does not keep what is stored from being given out", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(100, { "cache-control": "max-age=1, stale-if-error=60" }));
    await edge.get("/a");
    edge.clock.advance(10_000);
    origin.on("/bad", (_, response) => response.destroy());
    for (let at = 0; at < 20; at += 1) await edge.get(`/bad?${at}`);
    const asked = origin.asked.length;
    const stale = await edge.get("/a");
    assert.ok(stale.bytes.equals(bodyOf("/a", 100)));
    assert.match(cacheStatus(stale), /; ttl=-9; detail=stale-if-error/);
    assert.equal(origin.asked.length, asked);
  });

  test("serves again within a second of being well", async (t) => {
    const { origin, edge } = await failOften(t);
    // It stays ill for a while, so that the waits have grown as long as they get.
    for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 100) {
      edge.pass(100);
      await edge.get("/bad");
    }
    origin.on("/bad", wholeBody(100));
    let recoveredAfterMs = 0;
    while ((await edge.get("/bad")).status !== 200) {
      edge.pass(100);
      recoveredAfterMs += 100;
    }
    assert.ok(recoveredAfterMs <= 1_000, `${recoveredAfterMs} ms`);
  });
});

describe("with several upstreams", () => {
  test("a failing origin is made up for by the next", async (t) => {
    const [one, two] = [await startOrigin(t), await startOrigin(t)];
    one.on("/a", failing);
    const edge = await startAppliance(t, { origin: `${one.url},${two.url}` });
    const { status, bytes } = await edge.get("/a");
    assert.equal(status, 200);
    assert.ok(bytes.equals(bodyOf("/a", 10_000)));
    assert.deepEqual([one.asked.length, two.asked.length], [1, 1]);
  });

  test("shields spare the origin, and one that dies is made up for", async (t) => {
    const origin = await startOrigin(t);
    const shields: ApplianceRig[] = [];
    for (const id of ["shield-1", "shield-2"]) {
      shields.push(await startAppliance(t, { origin: origin.url, id }));
    }
    const urls = shields.map(({ url }) => url);
    const edges: ApplianceRig[] = [];
    for (const id of ["edge-1", "edge-2"]) {
      edges.push(await startAppliance(t, { origin: origin.url, shields: urls, id }));
    }
    const paths = Array.from({ length: 8 }, (_, at) => `/a/${at}`);
    for (const path of paths) {
      for (const edge of edges) {
        assert.ok((await edge.get(path)).bytes.equals(bodyOf(path, 10_000)));
      }
    }
    assert.equal(origin.asked.length, paths.length, "once for both edges");

    await shields[0]?.close();
    for (const path of paths) {
      assert.ok((await get(edges[0], `${path}?again`)).equals(bodyOf(`${path}?again`, 10_000)));
    }
    await shields[1]?.close();
    assert.ok((await get(edges[0], "/b")).equals(bodyOf("/b", 10_000)));
  });
});

test("a shield that leads back to its own appliance is gone round", async (t) => {
  const origin = await startOrigin(t);
  let port = 0;
  const relay = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    for (const socket of [client, target]) socket.on("error", () => undefined);
    client.pipe(target).pipe(client);
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  atEnd(t, () => relay.close());
  const shields = [`http://127.0.0.1:${(relay.address() as AddressInfo).port}`];
  const edge = await startAppliance(t, { origin: origin.url, shields });
  port = edge.port;
  const { status, bytes } = await edge.get("/a");
  assert.equal(status, 200);
  assert.ok(bytes.equals(bodyOf("/a", 10_000)));
  assert.deepEqual(origin.asked, ["GET /a"]);
});

test("a client that writes the name of a shield into Via takes it from nobody else", async (t) => {
  const origin = await startOrigin(t);
  const shield = await startAppliance(t, { origin: origin.url, id: "shield-1" });
  const edge = await startAppliance(t, { origin: origin.url, shields: [shield.url] });
  for (let at = 0; at < 5; at += 1) {
    const { status } = await edge.get(`/forged/${at}`, { via: "1.1 shield-1" });
    assert.equal(status, 200);
  }
  const [state] = edge.appliance.status().upstreams;
  assert.deepEqual([state?.breaker, state?.failures.unavailable], ["closed", 5]);
  const asked = origin.asked.length;
  await shield.get("/a");
  await edge.get("/a");
  assert.equal(origin.asked.length, asked + 1);
});

test("the status names every upstream, as its contract says", async (t) => {
  const origin: OriginRig = await startOrigin(t);
  const shields = ["http://127.0.0.1:9"];
  const edge = await startAppliance(t, { origin: `${origin.url},${origin.url}/other`, shields });
  const status = edge.appliance.status();
  assert.ok(Value.Check(ApplianceStatus, status));
  assert.deepEqual(
    status.upstreams.map(({ url, role }) => `${role} ${url}`),
    ["shield http://127.0.0.1:9/", `origin ${origin.url}/`, `origin ${origin.url}/other`],
  );
  assert.equal(status.origin, `${origin.url}/`);
});

async function get(edge: ApplianceRig | undefined, path: string): Promise<Buffer> {
  const answer = await edge?.get(path);
  return answer?.bytes ?? assert.fail("no such edge");
}
