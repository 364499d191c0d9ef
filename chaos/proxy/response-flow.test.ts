/** Faults that hold a response up and change nothing of it: brownout and latency. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import {
  bodyOf,
  get,
  headAndRest,
  type RawSide,
  type Rig,
  settled,
  startRawUpstream,
  startRig,
  startUpstream,
} from "../app.rig.ts";
import type { Fault } from "../contract/faults.ts";

async function start(t: TestContext) {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, upstream);
  const atUpstream = async (count: number) => {
    while (upstream.asked.length < count) await settled();
    await settled();
  };
  return { upstream, rig, atUpstream, client: await rig.connect() };
}

/** A response that the test writes, on the way through the proxy. */
async function startRaw(t: TestContext) {
  const upstream = await startRawUpstream(t);
  const rig = await startRig(t, upstream);
  const accepted = upstream.accepted();
  const client = await rig.connect();
  return { rig, client, accepted };
}

const restOf = (client: RawSide) => headAndRest(client.text).rest;

describe("brownout", () => {
  const BROWNOUT: Fault = { fault: "brownout", seconds: 60, bytesPerSecond: 8_000 };

  async function expectPieces(rig: Rig, client: RawSide, pieces: number): Promise<void> {
    for (let piece = 0; piece < pieces; piece += 1) {
      const before = client.bytes.length;
      rig.pass(25);
      await client.untilBytes(before + 200);
      await settled();
      assert.equal(client.bytes.length, before + 200);
    }
  }

  test("lets the head come as ever, and the body slowly, until it is healed", async (t) => {
    const { rig, client } = await start(t);
    await rig.put(BROWNOUT);
    client.say(get("/length/100000"));
    await client.until((text) => text.endsWith("\r\n\r\n"));
    await settled();
    assert.equal(restOf(client), "");
    await expectPieces(rig, client, 5);
    assert.equal((await rig.target()).fault?.touchedRequests, 1);
    await rig.heal();
    await client.until((text) => headAndRest(text).rest.length === 100_000);
    assert.equal(restOf(client), bodyOf(100_000).toString());
  });
  test("slows down a body in its middle, and what is asked next on its connection", async (t) => {
    const { upstream, rig, client } = await start(t);
    client.say(get("/slow/10000"));
    await client.until((text) => headAndRest(text).rest.length === 5_000);
    await rig.put(BROWNOUT);
    upstream.finish();
    await settled();
    await expectPieces(rig, client, 25);
    assert.equal(restOf(client).length, 10_000);
    client.say(get("/length/1000"));
    await client.until((text) => text.endsWith("\r\n\r\n"));
    await expectPieces(rig, client, 5);
    assert.equal((await rig.target()).fault?.touchedRequests, 2);
  });
  test("does not slow down what has no body", async (t) => {
    const { rig, client } = await start(t);
    await rig.put(BROWNOUT);
    client.say("HEAD /length/1000 HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.until((text) => text.endsWith("\r\n\r\n"));
    assert.equal((await rig.target()).fault?.touchedRequests, 0);
  });
});

describe("latency", () => {
  const LATENCY: Fault = { fault: "latency", seconds: 60 };

  test("has a head wait, and the body with it, and nothing after that", async (t) => {
    const { rig, client, atUpstream } = await start(t);
    await rig.put(LATENCY);
    client.say(get("/slow/1000"));
    await atUpstream(1);
    rig.pass(299);
    await settled();
    assert.equal(client.text, "");
    rig.pass(1);
    await client.until((text) => headAndRest(text).rest.length === 500);
    assert.equal((await rig.target()).fault?.touchedRequests, 1);
  });
  test("does not delay what comes after the head", async (t) => {
    const { rig, client, accepted } = await startRaw(t);
    await rig.put(LATENCY);
    client.say(get("/a"));
    const side = await accepted;
    await side.untilBytes(get("/a").length);
    // The time that the upstream takes is its own.
    rig.pass(1_000);
    side.say("HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n");
    await settled();
    assert.equal(client.text, "");
    rig.pass(300);
    await client.until((text) => text.endsWith("200 OK\r\n"));
    side.say("Content-Length: 2\r\n\r\nab");
    await client.until((text) => text.endsWith("ab"));
  });
  test("delays every response on a kept connection", async (t) => {
    const { rig, client, atUpstream } = await start(t);
    await rig.put({ ...LATENCY, ms: 100 });
    for (const count of [1, 2, 3]) {
      const before = client.bytes.length;
      client.say(get("/length/10"));
      await atUpstream(count);
      rig.pass(99);
      await settled();
      assert.equal(client.bytes.length, before);
      rig.pass(1);
      await client.until((text) => headAndRest(text.slice(before)).rest.length === 10);
    }
    assert.equal((await rig.target()).fault?.touchedRequests, 3);
  });
  for (const how of ["healed", "over", "replaced"] as const) {
    test(`lets go at once what waits when it is ${how}`, async (t) => {
      const { rig, client, atUpstream } = await start(t);
      await rig.put({ ...LATENCY, ms: 60_000, seconds: 5 });
      client.say(get("/length/10"));
      await atUpstream(1);
      assert.equal(client.text, "");
      if (how === "healed") await rig.heal();
      else if (how === "over") rig.pass(5_000);
      else await rig.put({ fault: "truncate", seconds: 5, paths: ["/other"] });
      await client.until((text) => headAndRest(text).rest.length === 10);
    });
  }
  test("draws the same delays from the same seed", async (t) => {
    const { rig, client, atUpstream } = await start(t);
    const delaysMs = async (asked: number) => {
      await rig.put({ ...LATENCY, ms: 50, jitterMs: 40, seed: "a" });
      const delays: number[] = [];
      for (let count = 1; count <= 4; count += 1) {
        const before = client.bytes.length;
        client.say(get("/length/10"));
        await atUpstream(asked + count);
        let waitedMs = 0;
        for (; client.bytes.length === before; waitedMs += 1) {
          rig.pass(1);
          await settled();
        }
        await client.until((text) => headAndRest(text.slice(before)).rest.length === 10);
        delays.push(waitedMs);
      }
      return delays;
    };
    const first = await delaysMs(0);
    assert.deepEqual(await delaysMs(4), first);
    assert.ok(new Set(first).size > 1 && first.every((ms) => ms >= 10 && ms <= 90), `${first}`);
  });
  test("holds up the end of a connection behind the answer", async (t) => {
    const { rig, client, atUpstream } = await start(t);
    await rig.put(LATENCY);
    client.say(get("/close/50"));
    await atUpstream(1);
    rig.pass(300);
    assert.equal(await client.ending, "fin");
    assert.equal(restOf(client), bodyOf(50).toString());
  });
});
