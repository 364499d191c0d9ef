/** Off means untouched: what raw sockets say through a proxy without a fault. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { bodyOf, get, pourUntilStalled, settled, startRawUpstream, startRig } from "../app.rig.ts";

async function connectThrough(t: TestContext, relay = {}) {
  const upstream = await startRawUpstream(t);
  const rig = await startRig(t, upstream, relay);
  const accepted = upstream.accepted();
  const client = await rig.connect();
  return { rig, client, upstream: await accepted };
}

describe("without a fault", () => {
  const ODD_REQUESTS =
    "\r\nGET /a HTTP/1.1\r\nhOST: x\r\nX-Twice: 1\r\nx-twice:   2  \r\n\r\n" +
    "PUT /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n003;ext=1\r\nabc\r\n0\r\nT: u\r\n\r\n" +
    "GET /c HTTP/1.0\r\n\r\n";
  const ODD_RESPONSES =
    "HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\nHTTP/1.1 200 Fine\r\nCONTENT-length: 3\r\n\r\nabc" +
    "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n01\r\nx\r\n1\r\ny\r\n0\r\n\r\n" +
    "HTTP/1.0 404 No\r\n\r\nuntil the end";

  test("requests and responses pass byte for byte, whatever their pieces", async (t) => {
    const { client, upstream } = await connectThrough(t);
    for (const letter of ODD_REQUESTS) client.say(letter);
    assert.equal(await upstream.untilBytes(ODD_REQUESTS.length), ODD_REQUESTS);
    for (const letter of ODD_RESPONSES) upstream.say(letter);
    assert.equal(await client.untilBytes(ODD_RESPONSES.length), ODD_RESPONSES);
  });
  test("a part of a head passes at once", async (t) => {
    const { client, upstream } = await connectThrough(t);
    client.say("GET /a HTTP/1.1\r\nHo");
    await upstream.until((text) => text === "GET /a HTTP/1.1\r\nHo");
  });
  test("what is no HTTP passes byte for byte", async (t) => {
    const { client, upstream } = await connectThrough(t);
    const [there, back] = [randomBytes(300_000), randomBytes(300_000)];
    client.say(there);
    upstream.say(back);
    await Promise.all([upstream.untilBytes(there.length), client.untilBytes(back.length)]);
    assert.ok(upstream.bytes.equals(there));
    assert.ok(client.bytes.equals(back));
  });
  test("an upstream that says something first is heard", async (t) => {
    const { client, upstream } = await connectThrough(t);
    upstream.say("220 ready\r\n");
    await client.until((text) => text === "220 ready\r\n");
    client.say(get("/a"));
    await upstream.until((text) => text === get("/a"));
  });
});

describe("an end", () => {
  test("of the client reaches the upstream, which can still answer", async (t) => {
    const { client, upstream } = await connectThrough(t);
    client.socket.end(get("/a"));
    assert.equal(await upstream.ending, "fin");
    assert.equal(upstream.text, get("/a"));
    upstream.socket.end("HTTP/1.1 200 OK\r\n\r\nlate");
    assert.equal(await client.ending, "fin");
    assert.ok(client.text.endsWith("late"));
  });
  test("of the upstream reaches the client, which can still speak", async (t) => {
    const { client, upstream } = await connectThrough(t);
    upstream.socket.end("bye");
    assert.equal(await client.ending, "fin");
    assert.equal(client.text, "bye");
    client.say("but");
    await upstream.until((text) => text === "but");
  });
  test("of one side is not waited on for ever", async (t) => {
    const { client, upstream, rig } = await connectThrough(t, { maxIdleMs: 1_000 });
    upstream.socket.end();
    await client.ending;
    rig.pass(999);
    client.say("still here");
    await upstream.until((text) => text === "still here");
    rig.pass(999);
    await settled();
    assert.equal(client.socket.destroyed, false);
    rig.pass(1);
    assert.match(await upstream.ending, /fin|rst/);
  });
});

test("a connection on which nothing moves is let go, whatever stands in its way", async (t) => {
  const { client, upstream, rig } = await connectThrough(t, { maxIdleMs: 1_000 });
  // A client behind an upstream that does not listen is not listened to either: its reset is not noticed.
  upstream.socket.pause();
  await pourUntilStalled(client, 64 * 1024 * 1024);
  client.socket.resetAndDestroy();
  rig.pass(999);
  await settled();
  assert.equal(upstream.socket.readyState, "open");
  rig.pass(1);
  upstream.socket.resume();
  assert.match(await upstream.ending, /fin|rst/);
});

describe("a reset", () => {
  test("of the client reaches the upstream as one", async (t) => {
    const { client, upstream } = await connectThrough(t);
    client.say(get("/a"));
    await upstream.untilBytes(get("/a").length);
    client.socket.resetAndDestroy();
    assert.equal(await upstream.ending, "rst");
  });
  test("of the upstream reaches the client as one, after what was said before", async (t) => {
    const { client, upstream } = await connectThrough(t);
    client.say(get("/a"));
    await upstream.untilBytes(get("/a").length);
    const said = `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${bodyOf(50_000)}`;
    upstream.say(said);
    await client.untilBytes(said.length);
    upstream.socket.resetAndDestroy();
    assert.equal(await client.ending, "rst");
    assert.equal(client.text, said);
  });
});

describe("a side that does not listen", () => {
  const MANY_BYTES = 64 * 1024 * 1024;
  const HEAD = "HTTP/1.1 200 OK\r\n\r\n";

  for (const [from, to] of [
    ["upstream", "client"],
    ["client", "upstream"],
  ] as const) {
    test(`holds up the other one: ${to}`, async (t) => {
      const sides = await connectThrough(t);
      sides[to].socket.pause();
      sides[from].say(HEAD);
      const takenBytes = await pourUntilStalled(sides[from], MANY_BYTES);
      // Sockets and the proxy hold a part of it; the rest is with its sender.
      assert.ok(takenBytes < MANY_BYTES, `${takenBytes} bytes were taken`);
      sides[to].socket.resume();
      await sides[to].untilBytes(HEAD.length + MANY_BYTES);
    });
  }
});

test("a client that sends requests without waiting waits at a limit, and is answered", async (t) => {
  const { client, upstream } = await connectThrough(t, { maxPipelined: 3 });
  const requests = Array.from({ length: 20 }, (_, index) => get(`/${index}`));
  for (const request of requests) {
    client.say(request);
    await settled();
  }
  assert.equal(upstream.text, requests.slice(0, 3).join(""));

  const answer = "HTTP/1.1 204 No Content\r\n\r\n";
  for (let count = 0; count < requests.length; count += 1) {
    await upstream.until((text) => text.split("\r\n\r\n").length - 1 > count);
    upstream.say(answer);
  }
  assert.equal(await client.untilBytes(answer.length * 20), answer.repeat(20));
  assert.equal(upstream.text, requests.join(""));
});
