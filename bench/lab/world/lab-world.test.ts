/** A world without a player: what it serves, what breaks in it, and what it sees of that. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { type Blow, findLabFault, type SteeringConduct } from "../../core/lab/lab-fault.ts";
import { VOD_SEGMENTS } from "../../core/lab/lab-ladder.ts";
import { openLabMedia } from "./lab-media.ts";
import { LabWorld, type LabWorldOptions } from "./lab-world.ts";

const media = openLabMedia();
const FAULT_SECONDS = 60;
const SEGMENT = "/video-240/segment-3.m4s";
const SEGMENT_BYTES = 200_000;

async function openWorld(t: TestContext, over: Partial<LabWorldOptions> = {}) {
  const world = await LabWorld.open({
    mode: "vod",
    conduct: "well",
    linkBytesPerSecond: Number.POSITIVE_INFINITY,
    media,
    now: () => performance.now(),
    wallNow: Date.now,
    random: Math.random,
    ...over,
  });
  t.after(() => world.close());
  world.beginTime();
  const master = await (await fetch(world.urlOf("hls"))).text();
  const baseOf = (pathway: "A" | "B") =>
    new RegExp(`PATHWAY-ID="${pathway}"\\n(http://[^/]+)/`).exec(master)?.[1] ??
    assert.fail(master);
  return { world, master, A: baseOf("A"), B: baseOf("B") };
}

const blowOf = (name: string): Blow => findLabFault(name)?.blow ?? assert.fail(name);
const bytesOf = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
};

describe("the test stream", () => {
  test("is the same on both pathways, to the byte and to the ETag", async (t) => {
    const { A, B } = await openWorld(t);
    const [a, b] = await Promise.all([bytesOf(A + SEGMENT), bytesOf(B + SEGMENT)]);
    assert.equal(a.bytes.length, SEGMENT_BYTES);
    assert.deepEqual(a.bytes, b.bytes);
    assert.equal(a.response.headers.get("etag"), b.response.headers.get("etag"));
  });
  test("goes on where the title begins anew", async (t) => {
    const { A } = await openWorld(t);
    const [first, again] = await Promise.all([
      bytesOf(`${A}/audio/segment-0.m4s`),
      bytesOf(`${A}/audio/segment-32.m4s`),
    ]);
    assert.equal(first.bytes.length, again.bytes.length);
    assert.notDeepEqual(first.bytes, again.bytes);
  });
  test("answers ranges, and not for what is not there", async (t) => {
    const { A } = await openWorld(t);
    const { response, bytes } = await bytesOf(A + SEGMENT, { headers: { range: "bytes=100-199" } });
    assert.deepEqual([response.status, bytes.length], [206, 100]);
    assert.equal(response.headers.get("content-range"), `bytes 100-199/${SEGMENT_BYTES}`);
    assert.equal((await fetch(`${A}/video-240/segment-${VOD_SEGMENTS}.m4s`)).status, 404);
    assert.equal((await fetch(A + SEGMENT, { headers: { range: "bytes=200000-" } })).status, 416);
  });
  test("live, it has nothing yet that is not listed", async (t) => {
    const { A } = await openWorld(t, { mode: "live" });
    const list = await (await fetch(`${A}/audio/index.m3u8`)).text();
    const last = Number(/segment-(\d+)\.m4s\n$/.exec(list)?.[1]);
    assert.equal((await fetch(`${A}/audio/segment-${last}.m4s`)).status, 200);
    assert.equal((await fetch(`${A}/audio/segment-${last + 9}.m4s`)).status, 404);
  });
});

describe("what is seen", () => {
  test("of a whole segment, a probe and one that was cut", async (t) => {
    const { world, A } = await openWorld(t);
    await bytesOf(A + SEGMENT);
    await bytesOf(`${A}/video-240/segment-4.m4s`, { headers: { range: "bytes=0-99" } });
    await bytesOf(`${A}/video-240/segment-4.m4s`, { headers: { range: "bytes=100-999999" } });
    await bytesOf(`${A}/video-240/segment-4.m4s`, { headers: { range: "bytes=199900-" } });
    await world.strike(blowOf("truncate"), FAULT_SECONDS);
    await assert.rejects(bytesOf(`${A}/video-240/segment-5.m4s`));
    assert.deepEqual(
      world.log.exchanges.map(({ pathway, number, passedBytes, asksForRest, isWhole }) =>
        [pathway, number, passedBytes, asksForRest, isWhole].join(" "),
      ),
      [
        "A 3 200000 true true",
        "A 4 100 false true",
        "A 4 199900 false true",
        "A 4 100 true true",
        "A 5 100000 true false",
      ],
    );
    assert.deepEqual(
      world.log.touches.map(({ path }) => path),
      ["/video-240/segment-5.m4s"],
    );
  });
  test("the first answer under a frozen playlist is a fresh one, the second is touched", async (t) => {
    const { world, A } = await openWorld(t, { mode: "live" });
    await world.strike(blowOf("stale-playlist"), FAULT_SECONDS);
    await fetch(`${A}/audio/index.m3u8`).then((response) => response.text());
    assert.equal(world.log.touches.length, 0);
    await fetch(`${A}/audio/index.m3u8`).then((response) => response.text());
    assert.equal(world.log.touches.length, 1);
  });
});

describe("each lie about a segment", () => {
  for (const [lie, expected] of [
    ["status-404", { status: 404, bytes: 0 }],
    ["html-200", { status: 200, bytes: 74 }],
    ["short-length", { status: 200, bytes: SEGMENT_BYTES / 2 }],
    ["corrupt", { status: 200, bytes: SEGMENT_BYTES }],
    ["wrong-range", { status: 206, bytes: SEGMENT_BYTES / 2 }],
    ["redirect-dead", { status: 302, bytes: 0 }],
  ] as const) {
    test(lie, async (t) => {
      const { world, A, B } = await openWorld(t);
      await world.strike(blowOf(lie), FAULT_SECONDS);
      const { response, bytes } = await bytesOf(A + SEGMENT, { redirect: "manual" });
      assert.deepEqual({ status: response.status, bytes: bytes.length }, expected);
      assert.equal(world.log.touches.length, 1);
      const truth = await bytesOf(B + SEGMENT);
      assert.equal(truth.bytes.length, SEGMENT_BYTES);
      assert.notDeepEqual(bytes, truth.bytes);

      await world.heal();
      assert.deepEqual((await bytesOf(A + SEGMENT)).bytes, truth.bytes);
    });
  }
  test("playlist-ahead lists what is not there", async (t) => {
    const { world, A } = await openWorld(t, { mode: "live" });
    await world.strike(blowOf("playlist-ahead"), FAULT_SECONDS);
    const list = await (await fetch(`${A}/audio/index.m3u8`)).text();
    const last = Number(/segment-(\d+)\.m4s\n$/.exec(list)?.[1]);
    assert.equal((await fetch(`${A}/audio/segment-${last}.m4s`)).status, 404);
  });
});

test("a killed server refuses, and is back on its port when it heals", async (t) => {
  const { world, A } = await openWorld(t);
  await world.strike(blowOf("kill"), FAULT_SECONDS);
  await assert.rejects(fetch(A + SEGMENT));
  await world.heal();
  for (let isBack = false; !isBack; ) {
    isBack = await fetch(A + SEGMENT).then(
      (response) => response.ok,
      () => false,
    );
  }
  assert.equal((await bytesOf(A + SEGMENT)).bytes.length, SEGMENT_BYTES);
});

test("in a second failure B is gone once it is asked for a segment", async (t) => {
  const { world, B } = await openWorld(t);
  await world.strike(blowOf("second-failure"), FAULT_SECONDS);
  assert.equal((await fetch(`${B}/audio/index.m3u8`)).status, 200);
  await assert.rejects(bytesOf(B + SEGMENT));
  await assert.rejects(fetch(`${B}/audio/index.m3u8`));
});

test("a narrow link is shared by both pathways", async (t) => {
  const bytesPerSecond = 1_000_000;
  const { A, B } = await openWorld(t, { linkBytesPerSecond: bytesPerSecond });
  const beganMs = performance.now();
  await Promise.all([bytesOf(A + SEGMENT), bytesOf(B + SEGMENT)]);
  const leastMs = ((2 * SEGMENT_BYTES) / bytesPerSecond) * 1_000;
  assert.ok(performance.now() - beganMs > leastMs * 0.8);
});

describe("steering", () => {
  for (const [conduct, expected] of [
    ["well", '200 {"VERSION":1,"TTL":5,"PATHWAY-PRIORITY":["A","B"]}'],
    ["single", '200 {"VERSION":1,"TTL":5,"PATHWAY-PRIORITY":["A"]}'],
    ["ttl-0", '200 {"VERSION":1,"TTL":0,"PATHWAY-PRIORITY":["A","B"]}'],
    ["garbage", "200 <html>not json</html>"],
    ["429", "429 "],
    ["410", "410 "],
    ["down", "refused"],
    ["hang", "nothing"],
  ] as const satisfies readonly (readonly [SteeringConduct, string])[]) {
    test(conduct, async (t) => {
      const { world, master } = await openWorld(t, { conduct });
      const uri = /SERVER-URI="([^"]+)"/.exec(master)?.[1] ?? assert.fail(master);
      const signal = AbortSignal.timeout(conduct === "hang" ? 300 : 10_000);
      const said = await fetch(uri, { signal }).then(
        async (response) => `${response.status} ${await response.text()}`,
        (error: Error) => (error.name === "TimeoutError" ? "nothing" : "refused"),
      );
      assert.equal(said, expected);
      assert.equal(world.steeringRequests, conduct === "down" ? 0 : 1);
    });
  }
});
