/** A live playlist that stands still: what clients hear of it. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import {
  get,
  headAndRest,
  pourUntilStalled,
  settled,
  startRawUpstream,
  startRig,
  startUpstream,
} from "../app.rig.ts";
import type { Fault } from "../contract/faults.ts";

const STALE: Fault = { fault: "stale-playlist", seconds: 60 };
const PLAYLIST = "/live/news/index.m3u8";

async function start(t: TestContext) {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, upstream);
  const read = async (path = PLAYLIST, init: RequestInit = {}) => fetch(rig.url + path, init);
  return { upstream, rig, read, text: async (path?: string) => (await read(path)).text() };
}

describe("stale-playlist", () => {
  for (const path of [PLAYLIST, "/live/chunked/index.m3u8"]) {
    test(`repeats the first answer, and the upstream hears no more: ${path}`, async (t) => {
      const { upstream, rig, read, text } = await start(t);
      await text(path);
      await rig.put(STALE);
      assert.equal(await text(path), "#EXTM3U 2");
      for (const query of ["", "?CMCD=x"]) {
        const response = await read(path + query);
        assert.equal(response.status, 200);
        assert.equal(response.headers.get("content-length"), "9");
        assert.equal(response.headers.get("transfer-encoding"), null);
        assert.equal(response.headers.get("etag"), '"2"');
        assert.equal(response.headers.get("access-control-allow-origin"), "*");
        assert.equal(await response.text(), "#EXTM3U 2");
      }
      assert.equal(upstream.asked.length, 2);
      assert.equal((await rig.target()).fault?.touchedRequests, 2);
    });
  }
  for (const how of ["healed", "over", "replaced"] as const) {
    test(`lets the playlist move on when it is ${how}`, async (t) => {
      const { rig, text } = await start(t);
      await rig.put(STALE);
      await text();
      if (how === "healed") await rig.heal();
      else if (how === "over") rig.pass(60_000);
      else await rig.put(STALE);
      assert.equal(await text(), "#EXTM3U 2");
      assert.equal(await text(), how === "replaced" ? "#EXTM3U 2" : "#EXTM3U 3");
    });
  }
  test("lets segments pass, and what is no reading", async (t) => {
    const { upstream, rig, read } = await start(t);
    await rig.put(STALE);
    for (const count of [1, 2]) {
      assert.equal(await (await read("/live/1.m4s")).text(), `#EXTM3U ${count}`);
    }
    await (await read(PLAYLIST, { method: "POST" })).text();
    await (await read(PLAYLIST, { method: "POST" })).text();
    assert.equal(upstream.asked.length, 4);
  });
  test("freezes each path by itself, and only its own", async (t) => {
    const { rig, text } = await start(t);
    await rig.put({ ...STALE, paths: ["/live/a/*", "/live/b/*"] });
    const paths = ["/live/a/i.m3u8", "/live/b/i.m3u8", "/live/c/i.m3u8"];
    const first = await Promise.all(paths.map(text));
    const second = await Promise.all(paths.map(text));
    assert.deepEqual(second.slice(0, 2), first.slice(0, 2));
    assert.notEqual(second[2], first[2]);
  });
  test("answers a HEAD with the head, and a part or a condition with the whole", async (t) => {
    const { rig, read, text } = await start(t);
    await rig.put(STALE);
    // None of these has the whole of it: the first one that has is kept.
    await read(PLAYLIST, { method: "HEAD" });
    assert.equal(await text(), "#EXTM3U 2");
    const head = await read(PLAYLIST, { method: "HEAD" });
    assert.deepEqual([head.headers.get("content-length"), await head.text()], ["9", ""]);
    for (const headers of [{ range: "bytes=0-1" }, { "if-none-match": '"2"' }]) {
      const response = await read(PLAYLIST, { headers });
      assert.deepEqual([response.status, await response.text()], [200, "#EXTM3U 2"]);
    }
  });
  test("keeps the connection usable, in order, for several requests at once", async (t) => {
    const { rig } = await start(t);
    await rig.put(STALE);
    const client = await rig.connect();
    client.say(get(PLAYLIST));
    await client.until((text) => text.endsWith("#EXTM3U 1"));
    client.say(get(PLAYLIST) + get("/length/10") + get(PLAYLIST) + get("/length/20"));
    await client.until((text) => text.endsWith("\r\n\r\n0123456789abcdefghij"));
    assert.deepEqual(client.text.match(/#EXTM3U \d|\r\n\r\n0123456789/g), [
      "#EXTM3U 1",
      "#EXTM3U 1",
      "\r\n\r\n0123456789",
      "#EXTM3U 1",
      "\r\n\r\n0123456789",
    ]);
  });
  test("touches its share", async (t) => {
    const { rig, text } = await start(t);
    await rig.put({ ...STALE, share: 0.5, seed: "a" });
    const heard: string[] = [];
    for (let count = 0; count < 30; count += 1) heard.push(await text());
    const repeated = heard.length - new Set(heard).size;
    assert.equal((await rig.target()).fault?.touchedRequests, repeated);
    assert.ok(repeated > 5 && repeated < 25, `${repeated}`);
  });
  test("keeps nothing of an answer that breaks off", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    await rig.put(STALE);
    for (const [body, ending] of [
      ["half", "rst"],
      ["the whole", undefined],
    ] as const) {
      const accepted = upstream.accepted();
      const client = await rig.connect();
      client.say(get(PLAYLIST));
      const side = await accepted;
      await side.untilBytes(get(PLAYLIST).length);
      side.say(`HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n${body}`);
      await client.until((text) => text.endsWith(body));
      if (ending === undefined) continue;
      side.socket.resetAndDestroy();
      assert.equal(await client.ending, ending);
    }
    const client = await rig.connect();
    client.say(get(PLAYLIST));
    await client.until((text) => headAndRest(text).rest === "the whole");
  });
  test("lets a playlist pass that began before it, and is none it could keep", async (t) => {
    const upstream = await startRawUpstream(t);
    const rig = await startRig(t, upstream);
    const accepted = upstream.accepted();
    const client = await rig.connect();
    client.say(get(PLAYLIST));
    const side = await accepted;
    await side.untilBytes(get(PLAYLIST).length);
    side.say("HTTP/1.1 200 OK\r\nContent-Le");
    await client.until((text) => text.endsWith("Le"));
    await rig.put(STALE);
    side.say("ngth: 3\r\n\r\nold");
    await client.until((text) => text.endsWith("old"));
    client.say(get(PLAYLIST));
    await side.untilBytes(get(PLAYLIST).length * 2);
    side.say("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew");
    await client.until((text) => text.endsWith("new"));
    client.say(get(PLAYLIST));
    await client.until((text) => text.split("new").length === 3);
  });
  describe("for a client that takes nothing", () => {
    const ANSWER = `HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n${"x".repeat(200_000)}`;

    /** A client that has read the playlist once, and reads no more. */
    async function startPaused(t: TestContext) {
      const upstream = await startRawUpstream(t);
      const rig = await startRig(t, upstream);
      await rig.put(STALE);
      const accepted = upstream.accepted();
      const client = await rig.connect();
      client.say(get(PLAYLIST));
      const side = await accepted;
      await side.untilBytes(get(PLAYLIST).length);
      side.say(ANSWER);
      await client.untilBytes(ANSWER.length);
      client.socket.pause();
      return { client, side };
    }

    test("keeps few answers waiting, and gives them all in the end", async (t) => {
      const { client } = await startPaused(t);
      const [requests, piece] = [500, Buffer.from(get(PLAYLIST))];
      const before = process.memoryUsage().arrayBuffers;
      await pourUntilStalled(client, requests * piece.length, { piece });
      await settled();
      assert.ok(process.memoryUsage().arrayBuffers - before < (requests * ANSWER.length) / 4);
      client.socket.resume();
      await client.untilBytes(ANSWER.length * (requests + 1));
      assert.equal(client.text.split(ANSWER).length, requests + 2);
    });
    test("has what the upstream says next come behind those that wait", async (t) => {
      const { client, side } = await startPaused(t);
      const [first, second] = ["a", "b"].map(
        (body) => `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${body}`,
      );
      client.say(get("/1.m4s") + get(PLAYLIST).repeat(60) + get("/2.m4s"));
      await side.until((text) => text.endsWith(get("/2.m4s")));
      // In one piece, between whose halves the proxy has its own answers to give.
      side.socket.end(`${first}${second}`);
      await settled();
      client.socket.resume();
      assert.equal(await client.ending, "fin");
      assert.equal(client.text, `${ANSWER}${first}${ANSWER.repeat(60)}${second}`);
    });
    test("has the end of the upstream come behind those that wait", async (t) => {
      const { client, side } = await startPaused(t);
      client.say(get(PLAYLIST).repeat(60));
      await settled();
      side.socket.end();
      await settled();
      client.socket.resume();
      assert.equal(await client.ending, "fin");
      assert.equal(client.text, ANSWER.repeat(61));
    });
  });
});
