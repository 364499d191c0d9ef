/** What a client gets of what is stored, and of what may not be. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { request } from "undici";
import {
  bodyOf,
  cacheStatus,
  heldBody,
  newFolder,
  ReceivedBody,
  startRig,
  until,
  wholeBody,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";
import { STATUS_PATH } from "../contract/appliance-status.ts";

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
    assert.equal(cacheStatus(refused), "east-1; hit; ttl=60; detail=fresh");
  });

  test("answers HEAD without a body, stored or not", async (t) => {
    const { origin, edge } = await startRig(t);
    for (let time = 0; time < 2; time += 1) {
      const { statusCode, headers, body } = await request(`${edge.url}/a`, {
        method: "HEAD",
        // Ranges are defined for GET only (RFC 9110 §14.2).
        headers: { range: "bytes=0-9" },
      });
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
    "set-cookie": { "cache-control": "", "set-cookie": "a=b" },
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

  test("is nobody's who only joins a question that another client brought about", async (t) => {
    const { origin, edge } = await startRig(t);
    const lifetime = "max-age=10, stale-while-revalidate=10";
    origin.on("/a", wholeBody(100, { "cache-control": lifetime }));
    await edge.get("/a");
    edge.clock.advance(11_000);
    const held: (() => void)[] = [];
    origin.on("/a", ({ headers }, response) => {
      const own = String(headers["x-session"]);
      const answer = () =>
        response.writeHead(200, { "cache-control": "private", "x-for": own }).end(`for ${own}`);
      if (own === "one") held.push(answer);
      else answer();
    });
    // It gets what is stale, and behind its back the origin is asked with what it said.
    assert.match(cacheStatus(await edge.get("/a", { "x-session": "one" })), /hit/);
    await origin.askedTimes(2);
    edge.clock.advance(10_000);
    const answer = edge.get("/a", { "x-session": "other" });
    await until(() => edge.appliance.status().report.activeRequests === 1);
    held[0]?.();
    const { bytes, headers } = await answer;
    assert.deepEqual([bytes.toString(), headers["x-for"]], ["for other", "other"]);
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
    // Shared fetches are anonymous; what turns out to be personal is asked for again in the client's
    // name, and from then on at once.
    assert.deepEqual(seen, ["Bearer x", undefined, "who=me", "bytes=2-3"]);
  });

  test("keeps the age that it had at the origin, and what the origin says of ranges", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(100, { age: "7", "accept-ranges": "none" }));
    const { headers } = await edge.get("/a", { authorization: "Bearer x" });
    assert.deepEqual([headers["age"], headers["accept-ranges"]], ["7", "none"]);
  });

  test("is never a cookie for all who wait for an error", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", (_, response) => response.writeHead(503, { "set-cookie": "who=you" }).end());
    const answers = await Promise.all([edge.get("/a"), edge.get("/a")]);
    for (const { status, headers } of answers) {
      assert.deepEqual([status, headers["set-cookie"]], [503, undefined]);
    }
    assert.equal(origin.asked.length, 1);
  });

  for (const [reason, fields] of Object.entries({
    "no-store": { "cache-control": "no-store" },
    "never-fresh": { "cache-control": "max-age=0", etag: "" },
    "too-large": {},
  })) {
    test(`costs the origin one request, though only a part is wanted: ${reason}`, async (t) => {
      const fills = { ...policiesOf("demo").fills, maxObjectBytes: 1_000_000, windowBytes: 50_000 };
      const { origin, edge } = await startRig(t, { policies: { fills } });
      const body = bodyOf("/a", 2_000_000);
      const { etag, ...rest } = { etag: '"v1"', ...fields };
      origin.on("/a", (_, response) => {
        if (etag !== "") response.setHeader("etag", etag);
        response.writeHead(200, { "content-length": body.length, ...freshUnless(rest) }).end(body);
      });
      const part = await edge.get("/a", { range: "bytes=1000000-1000099" });
      assert.equal(part.status, 206);
      assert.equal(part.headers["content-range"], "bytes 1000000-1000099/2000000");
      assert.ok(part.bytes.equals(body.subarray(1_000_000, 1_000_100)));
      assert.match(cacheStatus(part), new RegExp(`detail=${reason}$`));
      assert.equal(origin.asked.length, 1);
      await until(() => edge.appliance.status().fills.active === 0);
    });
  }

  test("is asked for by the part where that lies far off, and at once the next time", async (t) => {
    const policies = { edge: { ...policiesOf("demo").edge, maxSkippedBytes: 1_000 } };
    const { origin, edge } = await startRig(t, { policies });
    const body = bodyOf("/a", 100_000);
    const ranges: (string | undefined)[] = [];
    origin.on("/a", ({ headers }, response) => {
      ranges.push(headers.range);
      const first = Number(/bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0);
      const isPart = headers.range !== undefined;
      response.writeHead(isPart ? 206 : 200, {
        "cache-control": "no-store",
        "content-length": body.length - first,
        ...(isPart ? { "content-range": `bytes ${first}-99999/100000` } : {}),
      });
      response.end(body.subarray(first));
    });
    for (const first of [1_001, 50_000, 1_000]) {
      const part = await edge.get("/a", { range: `bytes=${first}-` });
      assert.equal(part.status, 206);
      assert.ok(part.bytes.equals(body.subarray(first)), `from ${first}`);
    }
    assert.deepEqual(ranges, ["bytes=1001-", "bytes=50000-", "bytes=1000-"]);
  });

  test("is tried again after a while, and kept if it may be by then", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(100, { "cache-control": "no-store" }));
    await edge.get("/a");
    origin.on("/a", wholeBody(100));
    edge.clock.advance(60_001);
    await edge.get("/a");
    assert.match(cacheStatus(await edge.get("/a")), /hit/);
    assert.equal(origin.asked.length, 2);
  });

  test("is shared again as soon as an answer to one client says so", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", wholeBody(100, { "cache-control": "no-store" }));
    await edge.get("/a");
    origin.on("/a", wholeBody(100));
    await edge.get("/a");
    await edge.get("/a");
    assert.match(cacheStatus(await edge.get("/a")), /hit/);
    assert.equal(origin.asked.length, 3);
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

test("a body that turns out too large for RAM gives its share back while it is still arriving", async (t) => {
  const fills = { ...policiesOf("demo").fills, maxHeldBytes: 100_000, windowBytes: 20_000 };
  const { origin, edge } = await startRig(t, { policies: { fills } });
  const body = bodyOf("/a", 120_000);
  const held = heldBody(origin, "/a");
  const reading = edge.open("/a");
  const response = await held;
  response.write(body.subarray(0, 90_000));
  const received = new ReceivedBody((await reading).body);
  await received.first(90_000);
  response.write(body.subarray(90_000, 110_000));
  await received.first(110_000);

  origin.on("/b", wholeBody(50_000));
  await edge.get("/b");
  assert.match(cacheStatus(await edge.get("/b")), /hit/);
  response.end(body.subarray(110_000));
  assert.ok((await received.whole).equals(body));
});

/** Fields of an answer that is fresh for a minute, where they say nothing else. */
function freshUnless(fields: Record<string, string>): Record<string, string> {
  return { "cache-control": "max-age=60", ...fields };
}
