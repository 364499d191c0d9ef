/** Each fault as clients meet it: on a new connection, on a kept one, and in the middle of a body. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import {
  bodyOf,
  get,
  headAndRest,
  pourUntilStalled,
  type RawSide,
  settled,
  startRawUpstream,
  startRig,
  startUpstream,
} from "../app.rig.ts";
import type { Fault } from "../contract/faults.ts";

async function start(t: TestContext, relay = {}) {
  const upstream = await startUpstream(t);
  return { upstream, rig: await startRig(t, upstream, relay) };
}

const half = (sizeBytes: number) =>
  bodyOf(sizeBytes)
    .toString()
    .slice(0, sizeBytes / 2);

/** Asks for what has a body of known length, and waits for the whole of it. */
async function getWhole(client: RawSide, sizeBytes: number): Promise<void> {
  const before = client.bytes.length;
  client.say(get(`/length/${sizeBytes}`));
  await client.until((text) => headAndRest(text.slice(before)).rest.length === sizeBytes);
}

async function isSilent(client: RawSide): Promise<boolean> {
  const before = client.bytes.length;
  await settled();
  return client.bytes.length === before && client.socket.readable && client.socket.writable;
}

/** Whatever else a fault does, a new connection works at once when it is over. */
async function worksAgain(rig: { readonly url: string }): Promise<boolean> {
  const response = await fetch(`${rig.url}/length/10`, { headers: { connection: "close" } });
  return (await response.text()) === bodyOf(10).toString();
}

describe("blackhole", () => {
  const BLACKHOLE: Fault = { fault: "blackhole", seconds: 5 };

  test("accepts a connection and answers nothing; the upstream hears nothing", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put(BLACKHOLE);
    const client = await rig.connect();
    client.say(get("/length/10"));
    assert.ok(await isSilent(client));
    assert.equal(client.text, "");
    assert.deepEqual(upstream.asked, []);
    assert.equal((await rig.target()).fault?.touchedRequests, 1);
  });
  test("swallows the next request on a kept connection", async (t) => {
    const { upstream, rig } = await start(t);
    const client = await rig.connect();
    await getWhole(client, 10);
    await rig.put(BLACKHOLE);
    client.say(get("/length/20"));
    assert.ok(await isSilent(client));
    assert.deepEqual(upstream.asked, ["GET /length/10"]);
  });
  test("stops a body in the middle, at once", async (t) => {
    const { upstream, rig } = await start(t);
    const client = await rig.connect();
    client.say(get("/slow/1000"));
    await client.until((text) => headAndRest(text).rest.length === 500);
    await rig.put(BLACKHOLE);
    upstream.finish();
    assert.ok(await isSilent(client));
    assert.equal(headAndRest(client.text).rest, half(1_000));
  });
  for (const how of ["healed", "over"] as const) {
    test(`what it has swallowed stays swallowed when it is ${how}`, async (t) => {
      const { upstream, rig } = await start(t);
      await rig.put(BLACKHOLE);
      const client = await rig.connect();
      client.say(get("/length/20"));
      await settled();
      if (how === "healed") await rig.heal();
      else rig.pass(5_000);
      client.say(get("/length/30"));
      assert.ok(await isSilent(client));
      assert.ok(await worksAgain(rig));
      assert.deepEqual(upstream.asked, ["GET /length/10"]);
    });
  }
  test("holds a connection no longer than its limit", async (t) => {
    const { rig } = await start(t, { maxSilentMs: 1_000 });
    await rig.put(BLACKHOLE);
    const client = await rig.connect();
    client.say(get("/length/20"));
    await settled();
    rig.pass(999);
    assert.ok(await isSilent(client));
    rig.pass(1);
    assert.equal(await client.ending, "rst");
  });
  test("lets a client go that leaves", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    await rig.put(BLACKHOLE);
    const accepted = upstream.accepted();
    const client = await rig.connect();
    client.say(get("/a"));
    // The connection to the upstream goes at once: nobody needs it any more.
    assert.match(await (await accepted).ending, /fin|rst/);
    client.socket.end();
    assert.equal(await client.ending, "fin");
  });
  test("swallows what is no HTTP", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    const accepted = upstream.accepted();
    const client = await rig.connect();
    client.say("EHLO\r\n\r\n");
    const side = await accepted;
    await side.untilBytes(8);
    await rig.put(BLACKHOLE);
    client.say("MAIL\r\n");
    assert.ok(await isSilent(client));
    assert.equal(side.text, "EHLO\r\n\r\n");
  });
});

describe("hang-mid", () => {
  const HANG: Fault = { fault: "hang-mid", seconds: 5 };

  test("sends the head and half of the body, then nothing", async (t) => {
    const { rig } = await start(t);
    await rig.put(HANG);
    const client = await rig.connect();
    client.say(get("/length/1000"));
    await client.until((text) => headAndRest(text).rest.length === 500);
    assert.ok(await isSilent(client));
    const { head, rest } = headAndRest(client.text);
    assert.match(head, /content-length: 1000/i);
    assert.equal(rest, half(1_000));
  });
  test("does so on a kept connection, on which nothing is heard any more", async (t) => {
    const { upstream, rig } = await start(t);
    const client = await rig.connect();
    await getWhole(client, 10);
    const before = client.bytes.length;
    await rig.put(HANG);
    client.say(get("/length/1000"));
    await client.until((text) => headAndRest(text.slice(before)).rest.length === 500);
    await rig.heal();
    client.say(get("/length/20"));
    assert.ok(await isSilent(client));
    assert.deepEqual(upstream.asked, ["GET /length/10", "GET /length/1000"]);
    assert.ok(await worksAgain(rig));
  });
  test("lets a client go that had left before the silence", { timeout: 10_000 }, async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    await rig.put(HANG);
    const accepted = upstream.accepted();
    const client = await rig.connect();
    client.socket.end(get("/a"));
    const side = await accepted;
    await side.ending;
    side.say(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n${bodyOf(10)}`);
    assert.equal(await client.ending, "fin");
    assert.equal(headAndRest(client.text).rest.length, 5);
  });
  test("stops a body at once that is past its half", async (t) => {
    const { upstream, rig } = await start(t);
    const client = await rig.connect();
    client.say(get("/slow/1000"));
    await client.until((text) => headAndRest(text).rest.length === 500);
    await rig.put(HANG);
    upstream.finish();
    assert.ok(await isSilent(client));
    assert.equal(headAndRest(client.text).rest.length, 500);
  });
  test("stops a body of unknown length after a number of bytes, or before its end", async (t) => {
    const { rig } = await start(t, { cutUnknownAfterBytes: 100 });
    await rig.put(HANG);
    for (const [path, heardBytes] of [
      ["/close/1000", 100],
      ["/close/50", 50],
    ] as const) {
      const client = await rig.connect();
      client.say(get(path));
      await client.until((text) => headAndRest(text).rest.length === heardBytes);
      assert.ok(await isSilent(client), path);
    }
    const chunked = await rig.connect();
    chunked.say(get("/chunked/50"));
    await chunked.until((text) => text.includes(half(100).slice(25, 50)));
    assert.ok(await isSilent(chunked));
    assert.doesNotMatch(chunked.text, /\r\n0\r\n/);
  });
  test("lets pass what has no body", async (t) => {
    const { rig } = await start(t);
    await rig.put(HANG);
    assert.equal((await fetch(`${rig.url}/length/1000`, { method: "HEAD" })).status, 200);
    assert.equal((await fetch(`${rig.url}/304`)).status, 304);
    assert.equal((await rig.target()).fault?.touchedRequests, 0);
  });
});

describe("truncate", () => {
  const TRUNCATE: Fault = { fault: "truncate", seconds: 5 };

  test("ends the connection after half of the body, in order", async (t) => {
    const { rig } = await start(t);
    await rig.put(TRUNCATE);
    const client = await rig.connect();
    client.say(get("/length/100000"));
    assert.equal(await client.ending, "fin");
    const { head, rest } = headAndRest(client.text);
    assert.match(head, /content-length: 100000/i);
    assert.equal(rest, half(100_000));
  });
  test("is an error to who reads the body", async (t) => {
    const { rig } = await start(t);
    await rig.put(TRUNCATE);
    for (const path of ["/length/10", "/chunked/10", "/chunked/100000"]) {
      const response = await fetch(rig.url + path);
      assert.equal(response.status, 200);
      await assert.rejects(response.arrayBuffer(), TypeError, path);
    }
  });
  test("does so on a kept connection", async (t) => {
    const { rig } = await start(t);
    const client = await rig.connect();
    await getWhole(client, 10);
    const before = client.bytes.length;
    await rig.put(TRUNCATE);
    client.say(get("/length/1000"));
    assert.equal(await client.ending, "fin");
    assert.equal(headAndRest(client.text.slice(before)).rest, half(1_000));
  });
  test("ends a body at once that is past its half", async (t) => {
    const { rig } = await start(t);
    const client = await rig.connect();
    client.say(get("/slow/1000"));
    await client.until((text) => headAndRest(text).rest.length === 500);
    await rig.put(TRUNCATE);
    assert.equal(await client.ending, "fin");
  });
  test("lets a body go on that is healed before its half", async (t) => {
    const { upstream, rig } = await start(t);
    const client = await rig.connect();
    await rig.put({ ...TRUNCATE, paths: ["/other"] });
    client.say(get("/slow/1000"));
    await client.until((text) => headAndRest(text).rest.length === 500);
    await rig.heal();
    upstream.finish();
    await client.until((text) => headAndRest(text).rest.length === 1_000);
    await getWhole(client, 10);
  });
});

describe("reset", () => {
  const RESET: Fault = { fault: "reset", seconds: 5, bytes: 1_000 };

  test("sends the head and so many bytes, then an RST", async (t) => {
    const { rig } = await start(t);
    await rig.put(RESET);
    const client = await rig.connect();
    client.say(get("/length/100000"));
    assert.equal(await client.ending, "rst");
    const { head, rest } = headAndRest(client.text);
    assert.match(head, /content-length: 100000/i);
    assert.equal(rest, bodyOf(1_000).toString());
    assert.equal((await rig.target()).fault?.touchedRequests, 1);
  });
  test("does so on a kept connection, in half of a body that is shorter", async (t) => {
    const { rig } = await start(t);
    const client = await rig.connect();
    await getWhole(client, 10);
    const before = client.bytes.length;
    await rig.put(RESET);
    client.say(get("/length/100"));
    assert.equal(await client.ending, "rst");
    assert.equal(headAndRest(client.text.slice(before)).rest, half(100));
  });
  test("resets a body at once that is past its bytes", async (t) => {
    const { rig } = await start(t);
    const client = await rig.connect();
    client.say(get("/slow/10000"));
    await client.until((text) => headAndRest(text).rest.length === 5_000);
    await rig.put(RESET);
    assert.equal(await client.ending, "rst");
  });
  test("replaces another in mid-body, and the rest is what it makes of it", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put({ ...RESET, bytes: 5_001 });
    const client = await rig.connect();
    client.say(get("/slow/10000"));
    await client.until((text) => headAndRest(text).rest.length === 5_000);
    await rig.put({ fault: "status-503", seconds: 5 });
    upstream.finish();
    await client.until((text) => headAndRest(text).rest.length === 10_000);
  });
  test("is no FIN, though the client has ended its half", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    await rig.put(RESET);
    const accepted = upstream.accepted();
    const client = await rig.connect();
    client.socket.end(get("/a"));
    const side = await accepted;
    await side.ending;
    side.say(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n${bodyOf(10)}`);
    assert.equal(await client.ending, "rst");
    assert.equal(headAndRest(client.text).rest.length, 5);
  });
  test("comes behind what a slow client has still to take", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    const accepted = upstream.accepted();
    const client = await rig.connect();
    client.socket.pause();
    client.socket.end(get("/a"));
    const side = await accepted;
    await side.ending;
    side.say("HTTP/1.1 200 OK\r\n\r\n");
    const takenBytes = await pourUntilStalled(side, 64 * 1024 * 1024);
    await rig.put(RESET);
    await settled();
    client.socket.resume();
    assert.equal(await client.ending, "rst");
    // What the system had not sent yet is lost, as with any RST.
    assert.ok(client.bytes.length <= takenBytes);
  });
  test("lets pass what has no body", async (t) => {
    const { rig } = await start(t);
    await rig.put({ ...RESET, bytes: 0 });
    assert.equal((await fetch(`${rig.url}/length/1000`, { method: "HEAD" })).status, 200);
    assert.equal((await fetch(`${rig.url}/304`)).status, 304);
    assert.equal((await rig.target()).fault?.touchedRequests, 0);
  });
});

describe("trickle", () => {
  const TRICKLE: Fault = { fault: "trickle", seconds: 60, bytesPerSecond: 8_000 };
  const PIECE_BYTES = 200;
  const TICK_MS = 25;
  const MANY_BYTES = 64 * 1024 * 1024;

  /** Lets the loop come by so often, and checks that it brings even pieces and nothing else. */
  async function expectEvenPieces(
    rig: { pass(ms: number): void },
    client: RawSide,
    pieces: number,
  ): Promise<void> {
    for (let piece = 0; piece < pieces; piece += 1) {
      const before = client.bytes.length;
      rig.pass(TICK_MS);
      await client.untilBytes(before + PIECE_BYTES);
      await settled();
      assert.equal(client.bytes.length, before + PIECE_BYTES);
    }
  }
  const atUpstream = async (upstream: { readonly asked: string[] }, count: number) => {
    while (upstream.asked.length < count) await settled();
    await settled();
  };

  test("lets a response through in small, even pieces, and the rest when it is healed", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put(TRICKLE);
    const client = await rig.connect();
    client.say(get("/length/100000"));
    await atUpstream(upstream, 1);
    assert.equal(client.text, "");
    await expectEvenPieces(rig, client, 10);
    await rig.heal();
    await client.until((text) => headAndRest(text).rest.length === 100_000);
    assert.equal(headAndRest(client.text).rest, bodyOf(100_000).toString());
    assert.equal(upstream.asked.length, 1);
  });
  test("does so on a kept connection, and counts each request once", async (t) => {
    const { upstream, rig } = await start(t);
    const client = await rig.connect();
    await getWhole(client, 10);
    await rig.put(TRICKLE);
    client.say(get("/length/100000"));
    await atUpstream(upstream, 2);
    await expectEvenPieces(rig, client, 5);
    assert.equal((await rig.target()).fault?.touchedRequests, 1);
  });
  test("slows a body down in its middle, and speeds up when its time is over", async (t) => {
    const { upstream, rig } = await start(t);
    const client = await rig.connect();
    client.say(get("/slow/100000"));
    await client.until((text) => headAndRest(text).rest.length === 50_000);
    await rig.put(TRICKLE);
    upstream.finish();
    await settled();
    await expectEvenPieces(rig, client, 5);
    rig.pass(60_000);
    await client.until((text) => headAndRest(text).rest.length === 100_000);
  });
  test("holds the upstream up, and buffers no more than it has to", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    await rig.put(TRICKLE);
    const accepted = upstream.accepted();
    const client = await rig.connect();
    client.say(get("/a"));
    const side = await accepted;
    await side.untilBytes(get("/a").length);
    side.say("HTTP/1.1 200 OK\r\n\r\n");
    const takenBytes = await pourUntilStalled(side, MANY_BYTES);
    assert.ok(takenBytes < MANY_BYTES, `${takenBytes} bytes were taken`);
    await expectEvenPieces(rig, client, 3);
  });
  test("holds the upstream up also if it is its client who is slower", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    await rig.put({ ...TRICKLE, bytesPerSecond: 1_000_000_000 });
    const accepted = upstream.accepted();
    const client = await rig.connect();
    client.say(get("/a"));
    client.socket.pause();
    const side = await accepted;
    await side.untilBytes(get("/a").length);
    side.say("HTTP/1.1 200 OK\r\n\r\n");
    const takenBytes = await pourUntilStalled(side, MANY_BYTES, {
      meanwhile: () => rig.pass(TICK_MS),
    });
    assert.ok(takenBytes < MANY_BYTES, `${takenBytes} bytes were taken`);
  });
  test("passes on the end of an upstream after the last byte", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put(TRICKLE);
    const client = await rig.connect();
    client.say(get("/close/381"));
    await atUpstream(upstream, 1);
    await expectEvenPieces(rig, client, 2);
    assert.equal(await client.ending, "fin");
    assert.equal(headAndRest(client.text).rest, bodyOf(381).toString());
  });
});

describe("status-503", () => {
  const UNAVAILABLE: Fault = { fault: "status-503", seconds: 5, retryAfterSeconds: 7 };

  test("answers instead of the upstream, readable from any page", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put(UNAVAILABLE);
    const response = await fetch(`${rig.url}/length/10`);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "7");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.match(String(response.headers.get("access-control-expose-headers")), /Retry-After/);
    const body = await response.text();
    assert.equal(Number(response.headers.get("content-length")), body.length);
    assert.equal(JSON.parse(body).code, "CHAOS_UNAVAILABLE");
    assert.deepEqual(upstream.asked, []);
  });
  test("names no time to come back if none was given", async (t) => {
    const { rig } = await start(t);
    await rig.put({ fault: "status-503", seconds: 5 });
    assert.equal((await fetch(`${rig.url}/length/10`)).headers.get("retry-after"), null);
  });
  test("answers a preflight and a HEAD in the same way", async (t) => {
    const { rig } = await start(t);
    await rig.put(UNAVAILABLE);
    for (const method of ["OPTIONS", "HEAD"]) {
      const response = await fetch(`${rig.url}/length/10`, { method });
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
      assert.equal((await response.text()) === "", method === "HEAD");
    }
  });
  test("takes in a request with its body, and leaves the connection usable", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put(UNAVAILABLE);
    const client = await rig.connect();
    const body = "x".repeat(200_000);
    client.say(`POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await client.until((text) => text.endsWith("}"));
    await rig.heal();
    await getWhole(client, 10);
    assert.deepEqual(upstream.asked, ["GET /length/10"]);
  });
  test("answers on a kept connection", async (t) => {
    const { rig } = await start(t);
    const client = await rig.connect();
    await getWhole(client, 10);
    await rig.put(UNAVAILABLE);
    client.say(get("/length/20"));
    await client.until((text) => text.includes("HTTP/1.1 503 "));
  });
  test("leaves a body alone whose status was sent", async (t) => {
    const { upstream, rig } = await start(t);
    const client = await rig.connect();
    client.say(get("/slow/1000"));
    await client.until((text) => headAndRest(text).rest.length === 500);
    await rig.put(UNAVAILABLE);
    upstream.finish();
    await client.until((text) => headAndRest(text).rest.length === 1_000);
    assert.equal(headAndRest(client.text).rest, bodyOf(1_000).toString());
  });
  test("answers for an upstream that has not yet, and ends the connection", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    const accepted = upstream.accepted();
    const client = await rig.connect();
    client.say(get("/a"));
    const side = await accepted;
    await side.untilBytes(get("/a").length);
    await rig.put(UNAVAILABLE);
    // Nobody has to wait for the upstream's own answer, which may never come.
    assert.equal(await client.ending, "fin");
    const { head, rest } = headAndRest(client.text);
    assert.match(head, /\r\nconnection: close\r\n/i);
    assert.ok(rest.endsWith("}"));
    assert.match(await side.ending, /fin|rst/);
    assert.equal((await rig.target()).fault?.touchedRequests, 1);
  });
  test("ends the connection of a client that will ask nothing more", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put(UNAVAILABLE);
    for (const request of [
      "GET / HTTP/1.0\r\n\r\n",
      "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    ]) {
      const client = await rig.connect();
      client.say(request);
      assert.equal(await client.ending, "fin");
      assert.ok(client.text.endsWith("}"));
    }
    assert.deepEqual(upstream.asked, []);
  });
  test("holds up a client that asks on and takes no answer", async (t) => {
    const { rig } = await start(t);
    await rig.put(UNAVAILABLE);
    const client = await rig.connect();
    client.socket.pause();
    const manyBytes = 32 * 1024 * 1024;
    const piece = Buffer.from(get("/a").repeat(1_000));
    const takenBytes = await pourUntilStalled(client, manyBytes, { piece });
    assert.ok(takenBytes < manyBytes, `${takenBytes} bytes were taken`);
    client.socket.resume();
    await client.untilBytes(takenBytes);
  });
});

describe("any fault", () => {
  /** Status of each of so many requests, `x` for a 503. */
  async function statusesOf(url: string, count: number): Promise<string> {
    let statuses = "";
    for (let index = 0; index < count; index += 1) {
      const response = await fetch(`${url}/length/1`);
      await response.arrayBuffer();
      statuses += response.status === 503 ? "x" : ".";
    }
    return statuses;
  }

  test("touches its share of the requests, the same ones for the same seed", async (t) => {
    const { rig } = await start(t);
    const fault: Fault = { fault: "status-503", seconds: 5, share: 0.5, seed: "a" };
    await rig.put(fault);
    const first = await statusesOf(rig.url, 30);
    await rig.put(fault);
    assert.equal(await statusesOf(rig.url, 30), first);
    assert.match(first, /x/);
    assert.match(first, /\./);
    const touched = first.replaceAll(".", "").length;
    assert.equal((await rig.target()).fault?.touchedRequests, touched);
  });
  test("touches its paths only", async (t) => {
    const { rig } = await start(t);
    await rig.put({ fault: "status-503", seconds: 5, paths: ["*/1?", "/length/2*"] });
    assert.equal((await fetch(`${rig.url}/length/1`)).status, 200);
    assert.equal((await fetch(`${rig.url}/length/20?a`)).status, 503);
  });
  test("replaces the one before", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put({ fault: "trickle", seconds: 60, bytesPerSecond: 1 });
    const client = await rig.connect();
    client.say(get("/length/1000"));
    while (upstream.asked.length === 0) await settled();
    assert.equal(client.text, "");
    await rig.put({ fault: "truncate", seconds: 5 });
    assert.equal(await client.ending, "fin");
    assert.equal(headAndRest(client.text).rest, half(1_000));
  });
  test("touches nothing after its end, however late the loop is", async (t) => {
    const { rig } = await start(t);
    await rig.put({ fault: "status-503", seconds: 5 });
    rig.passUnnoticed(4_999);
    assert.equal((await fetch(`${rig.url}/length/1`)).status, 503);
    rig.passUnnoticed(1);
    assert.equal((await fetch(`${rig.url}/length/1`)).status, 200);
  });
  test("lets a body go on after its end, however late the loop is", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    const accepted = upstream.accepted();
    await rig.put({ fault: "truncate", seconds: 5 });
    const client = await rig.connect();
    client.say(get("/a"));
    const side = await accepted;
    await side.untilBytes(get("/a").length);
    side.say(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${bodyOf(100)}`);
    await client.until((text) => headAndRest(text).rest.length === 100);
    rig.passUnnoticed(5_000);
    side.say(bodyOf(900));
    await client.until((text) => headAndRest(text).rest.length === 1_000);
  });
  test("touches its own of several requests that come at once", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put({ fault: "status-503", seconds: 5, paths: ["/length/2"] });
    const client = await rig.connect();
    client.say(get("/length/1") + get("/length/2") + get("/length/3"));
    await client.until((text) => text.endsWith("012"));
    assert.deepEqual(client.text.match(/HTTP\/1.1 \d+/g), [
      "HTTP/1.1 200",
      "HTTP/1.1 503",
      "HTTP/1.1 200",
    ]);
    assert.deepEqual(upstream.asked, ["GET /length/1", "GET /length/3"]);
  });
  test("keeps nobody waiting who wants to stop", async (t) => {
    const { rig } = await start(t);
    const clients: RawSide[] = [];
    for (const fault of ["blackhole", "hang-mid", "trickle"] as const) {
      await rig.put({ fault, seconds: 60 });
      const client = await rig.connect();
      clients.push(client);
      client.say(get("/length/100000"));
      await settled();
    }
    await rig.close();
    assert.deepEqual(await Promise.all(clients.map(({ ending }) => ending)), ["rst", "rst", "rst"]);
  });
});

test("too many connections are reset", async (t) => {
  const upstream = await startUpstream(t);
  const { CHAOS_POLICY } = await import("../config.ts");
  const proxy = { ...CHAOS_POLICY.proxy, maxConnections: 1 };
  const rig = await startRig(t, upstream, {}, { policy: { ...CHAOS_POLICY, proxy } });
  const first = await rig.connect();
  await getWhole(first, 10);
  const second = await rig.connect();
  assert.equal(await second.ending, "rst");
  first.socket.destroy();
  for (let status = 0; status !== 200; ) {
    status = await fetch(`${rig.url}/length/1`).then(
      (response) => response.status,
      () => 0,
    );
  }
});
