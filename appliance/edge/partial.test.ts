/** Parts of objects: kept, used for smaller ranges, joined, completed, and never taken for the whole. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { bodyOf, cacheStatus, type RigOptions, startRig } from "../app.rig.ts";
import { policiesOf } from "../config.ts";

const SIZE_BYTES = 10_000;
const BODY = bodyOf("/a", SIZE_BYTES);

/** An origin that knows ranges, counted from the 1,001st byte on as far off. */
async function startPartial(t: TestContext, options: Partial<RigOptions> = {}) {
  const demo = policiesOf("demo");
  const policies = { ...demo, edge: { ...demo.edge, maxSkippedBytes: 1_000 } };
  const rig = await startRig(t, { policies, ...options });
  const asked: string[] = [];
  let etag = '"v1"';
  rig.origin.on("/a", ({ headers }, response) => {
    const { range, "if-range": ifRange } = headers;
    asked.push(ifRange === undefined ? `${range}` : `${range} if ${ifRange}`);
    const fields = { "cache-control": "max-age=60", ...(etag === "" ? {} : { etag }) };
    const isMeant = ifRange === undefined || ifRange === etag;
    const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
    if (range === undefined || !isMeant) {
      response.writeHead(200, { ...fields, "content-length": SIZE_BYTES }).end(BODY);
      return;
    }
    const from = first === "" ? SIZE_BYTES - Number(last) : Number(first);
    const to = first === "" || last === "" ? SIZE_BYTES - 1 : Number(last);
    response.writeHead(206, {
      ...fields,
      "content-length": to - from + 1,
      "content-range": `bytes ${from}-${to}/${SIZE_BYTES}`,
    });
    response.end(BODY.subarray(from, to + 1));
  });
  return {
    ...rig,
    asked,
    become: (tag: string) => {
      etag = tag;
    },
    range: (first: number, last: number) => rig.edge.get("/a", { range: `bytes=${first}-${last}` }),
  };
}

describe("a part of an object", () => {
  test("is kept, and answers what lies within it", async (t) => {
    const { edge, asked, range } = await startPartial(t);
    const first = await range(2_000, 2_999);
    assert.equal(first.headers["content-range"], "bytes 2000-2999/10000");
    assert.equal(cacheStatus(first), "east-1; fwd=uri-miss; fwd-status=206; stored");
    for (const [from, to] of [
      [2_000, 2_999],
      [2_500, 2_500],
    ] as const) {
      const part = await range(from, to);
      assert.equal(part.status, 206);
      assert.ok(part.bytes.equals(BODY.subarray(from, to + 1)));
      assert.equal(part.headers["content-range"], `bytes ${from}-${to}/10000`);
      assert.equal(cacheStatus(part), "east-1; hit; ttl=60; detail=fresh");
    }
    assert.equal(
      (await edge.get("/a", { range: "bytes=2500-2600", "if-none-match": '"v1"' })).status,
      304,
    );
    assert.deepEqual(asked, ["bytes=2000-2999"]);
  });

  test("is asked for once, though many want it at once", async (t) => {
    const { asked, range } = await startPartial(t);
    const parts = await Promise.all(Array.from({ length: 5 }, () => range(2_000, 2_999)));
    for (const { bytes } of parts) assert.ok(bytes.equals(BODY.subarray(2_000, 3_000)));
    assert.deepEqual(asked, ["bytes=2000-2999"]);
  });

  test("grows by its neighbours", async (t) => {
    const { asked, range } = await startPartial(t);
    await range(2_000, 2_999);
    await range(3_000, 3_999);
    const both = await range(2_500, 3_500);
    assert.ok(both.bytes.equals(BODY.subarray(2_500, 3_501)));
    assert.match(cacheStatus(both), /hit/);
    assert.equal(asked.length, 2);
  });

  test("is forgotten for a part that does not touch it", async (t) => {
    const { asked, range } = await startPartial(t);
    await range(2_000, 2_999);
    await range(4_000, 4_999);
    assert.match(cacheStatus(await range(4_000, 4_999)), /hit/);
    assert.match(cacheStatus(await range(2_000, 2_999)), /fwd=partial; fwd-status=206; stored/);
    assert.equal(asked.length, 3);
  });

  test("at the end is completed by what stands before it", async (t) => {
    const { edge, asked } = await startPartial(t);
    await edge.get("/a", { range: "bytes=-4000" });
    const whole = await edge.get("/a");
    assert.deepEqual([whole.status, whole.headers["content-length"]], [200, "10000"]);
    assert.ok(whole.bytes.equals(BODY));
    assert.equal(
      cacheStatus(whole),
      "east-1; fwd=partial; fwd-status=206; stored; detail=completed",
    );
    assert.deepEqual(asked, ["bytes=-4000", 'bytes=0-5999 if "v1"']);
    assert.match(cacheStatus(await edge.get("/a")), /hit/);
    assert.ok((await edge.get("/a")).bytes.equals(BODY));
  });

  test("of an older version is not completed, but replaced", async (t) => {
    const { edge, asked, become } = await startPartial(t);
    await edge.get("/a", { range: "bytes=-4000" });
    become('"v2"');
    const whole = await edge.get("/a");
    assert.ok(whole.bytes.equals(BODY));
    assert.equal(whole.headers["etag"], '"v2"');
    assert.equal(cacheStatus(whole), "east-1; fwd=partial; fwd-status=200; stored");
    assert.equal(asked.length, 2);
  });

  test("without a strong validator is joined with nothing", async (t) => {
    const { edge, asked, become, range } = await startPartial(t);
    become('W/"v1"');
    await range(2_000, 2_999);
    await range(3_000, 3_999);
    assert.match(cacheStatus(await range(2_500, 3_500)), /fwd=partial/);
    await edge.get("/a", { range: "bytes=-4000" });
    assert.ok((await edge.get("/a")).bytes.equals(BODY));
    assert.deepEqual(asked.slice(3), ["bytes=-4000", "bytes=0-5999", "undefined"]);
  });

  test("is not used when it is stale", async (t) => {
    const { edge, asked, range } = await startPartial(t);
    await range(2_000, 2_999);
    edge.clock.advance(60_000);
    assert.match(cacheStatus(await range(2_000, 2_999)), /fwd=partial/);
    assert.equal(asked.length, 2);
  });

  test("is cut off for a client if the rest does not come", async (t) => {
    const { origin, edge } = await startPartial(t);
    await edge.get("/a", { range: "bytes=-4000" });
    origin.on("/a", ({ headers }, response) => {
      response.writeHead(206, {
        "cache-control": "max-age=60",
        etag: '"v1"',
        "content-length": 6_000,
        "content-range": "bytes 0-5999/10000",
      });
      if (headers.range !== undefined) response.write(BODY.subarray(0, 3_000));
      response.flushHeaders();
      setImmediate(() => response.destroy());
    });
    const outcome = await edge.get("/a").then(
      ({ status }) => status,
      () => "cut off",
    );
    // Whether it had got anything by then is a matter of moments.
    assert.ok(outcome === "cut off" || outcome === 502, `${outcome}`);
  });

  test("whose origin counts its last byte from one is used, and never completed", async (t) => {
    const { origin, edge } = await startPartial(t);
    origin.on("/a", ({ headers }, response) => {
      if (headers.range === undefined) {
        response.writeHead(200, { "cache-control": "max-age=60" }).end(BODY);
        return;
      }
      response.writeHead(206, {
        "cache-control": "max-age=60",
        etag: '"v1"',
        "content-length": 5_000,
        "content-range": "bytes 5000-10000/10001",
      });
      response.end(BODY.subarray(5_000));
    });
    const raw = await edge.get("/a", { range: "bytes=-5000" });
    assert.equal(raw.headers["content-range"], "bytes 5000-10000/10001");
    const end = await edge.get("/a", { range: "bytes=-1" });
    assert.ok(end.bytes.equals(BODY.subarray(-1)));
    assert.equal(end.headers["content-range"], "bytes 9999-9999/10000");
    assert.ok((await edge.get("/a")).bytes.equals(BODY));
    assert.deepEqual(origin.asked, ["GET /a", "GET /a"]);
  });
});
