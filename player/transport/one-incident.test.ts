/** A host that goes bad is one incident, however many requests are under way and whatever the viewer does. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { type Behaviour, MASTER, POLICY, Rig, settled } from "./wire.rig.ts";

const LINK_BYTES_PER_SECOND = 400_000;
const TRICKLE: Behaviour = { does: "trickle", bytesPerSecond: 8_000 };

/** Has played from a long enough for its latency to be known. */
async function liveRig(): Promise<Rig> {
  const rig = new Rig();
  rig.isLive = true;
  rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
  await rig.loads(MASTER, "multivariant-playlist");
  for (const stream of ["low", "audio"]) {
    await rig.loads(`http://a/${stream}.m3u8`, "media-playlist");
  }
  return rig;
}

describe("a host that falls silent under four requests of a live stream", () => {
  async function fourRequests(rig: Rig) {
    rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND / 4;
    const edge = rig.edgeOf("a");
    const loads = [rig.load(`http://a/low/${edge}.m4s`), rig.load(`http://a/audio/${edge}.m4s`)];
    await rig.pass(100);
    rig.set("a", { does: "hang" });
    for (const stream of ["low", "audio"]) {
      loads.push(rig.load(`http://a/${stream}.m3u8`, "media-playlist"));
    }
    return loads;
  }

  test("is asked no more after a second: the next one has them all", async () => {
    const rig = await liveRig();
    const loads = await fourRequests(rig);
    rig.asked.length = 0;
    await rig.pass(900);
    assert.deepEqual(
      rig.asked.map((url) => new URL(url.split(" ")[0] ?? "").host),
      ["b", "b", "b", "b"],
    );
    await rig.pass(500);
    const deliveries = await Promise.all(loads);
    assert.deepEqual(
      deliveries.map(({ pathway }) => pathway),
      ["b", "b", "b", "b"],
    );
    assert.deepEqual(rig.all("failover").length, 1);
  });

  test("is waited for once: what had long been silent goes at the first failure", async () => {
    const rig = await liveRig();
    const edge = rig.edgeOf("a");
    rig.set("a", { does: "hang" });
    const picture = rig.load(`http://a/low/${edge}.m4s`);
    await rig.pass(300);
    rig.asked.length = 0;
    rig.set("a", { does: "refuse" });
    const playlist = rig.load("http://a/audio.m3u8", "media-playlist");
    await settled();
    assert.ok(rig.asked.some((url) => url.startsWith(`http://b/low/${edge}.m4s`)));
    await rig.pass(300);
    assert.equal((await picture).pathway, "b");
    assert.equal((await playlist).pathway, "b");
  });

  test("keeps what it goes on delivering", async () => {
    const rig = await liveRig();
    const edge = rig.edgeOf("a");
    const picture = rig.load(`http://a/low/${edge}.m4s`);
    await rig.pass(100);
    rig.set("a", { does: "status", status: 503 });
    await rig.loads("http://a/audio.m3u8", "media-playlist");
    assert.equal((await picture).pathway, "a");
  });
});

for (const [name, behaviour] of [
  ["blackhole", { does: "hang" }],
  ["hang-mid", { does: "hang-mid" }],
  ["trickle", TRICKLE],
] as const) {
  describe(`during a ${name}`, () => {
    async function watchingFilm() {
      const rig = new Rig();
      rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
      const viewer = new Viewer(rig);
      viewer.opens();
      await viewer.watches(8);
      return { rig, viewer };
    }

    test("a pause of 30 s changes nothing", async () => {
      const { rig, viewer } = await watchingFilm();
      rig.set("a", behaviour);
      await viewer.watches(1);
      viewer.isPaused = true;
      await viewer.watches(30);
      viewer.isPaused = false;
      await viewer.watches(12);
      assert.equal(viewer.stalledMs, 0);
      assert.equal(viewer.served.at(-1)?.pathway, "b");
    });

    test("a hidden tab, whose loop runs once a second, does not stall", async () => {
      const { rig, viewer } = await watchingFilm();
      rig.tickMs = 1_000;
      await viewer.watches(3);
      rig.set("a", behaviour);
      await viewer.watches(20);
      assert.equal(viewer.stalledMs, 0);
      assert.equal(viewer.served.at(-1)?.pathway, "b");
    });

    test("a seek goes to the good pathway at once", async () => {
      const { rig, viewer } = await watchingFilm();
      rig.set("a", behaviour);
      await viewer.watches(4);
      rig.asked.length = 0;
      viewer.seeksTo(40);
      await viewer.watches(2);
      const asked = rig.asked.filter((url) => url.includes("/40.m4s"));
      assert.deepEqual(
        asked.map((url) => new URL(url.split(" ")[0] ?? "").host),
        ["b", "b"],
      );
    });
  });
}

describe("a request that the player gives up", () => {
  test("is no failure, but the silence that it met is not waited out again", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "hang" });
    const controller = new AbortController();
    const dropped = rig.load("http://a/1.m4s", "segment", controller.signal);
    await rig.pass(300);
    controller.abort();
    await assert.rejects(dropped);
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "well");
    const next = rig.load("http://a/2.m4s");
    await rig.pass(POLICY.firstByteFloorMs - 200);
    assert.equal((await next).pathway, "b");
  });

  test("while its bytes were coming says nothing of its host", async () => {
    const rig = await new Rig().open();
    rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
    await rig.loads("http://a/high.m3u8", "media-playlist");
    const controller = new AbortController();
    const dropped = rig.load("http://a/high/1.m4s", "segment", controller.signal);
    await rig.pass(200);
    controller.abort();
    await assert.rejects(dropped);
    const next = rig.load("http://a/low/2.m4s");
    await rig.pass(500);
    assert.equal((await next).pathway, "a");
  });
});

describe("a page that opens on hosts that hang", () => {
  async function firstFrameMs(hanging: readonly string[]): Promise<number | undefined> {
    const rig = new Rig([MASTER, "http://a/master.m3u8", "http://b/master.m3u8"]);
    rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
    for (const host of hanging) rig.set(host, { does: "hang" });
    const viewer = new Viewer(rig);
    viewer.opens();
    await viewer.watches(8);
    return viewer.firstFrameMs;
  }

  for (const [what, hanging] of [
    ["the primary", ["a"]],
    ["steering", ["steering"]],
    ["steering and the primary", ["steering", "a"]],
  ] as const) {
    test(`${what}: has its first frame within 3 s`, async () => {
      const atMs = await firstFrameMs(hanging);
      assert.ok((atMs ?? Number.NaN) <= 3_000, `${atMs} ms`);
    });
  }

  for (const [when, bufferSeconds, waitedMs] of [
    ["soon while there is nothing to see", 0, POLICY.hedgeAfterMs],
    ["with more patience once there is", 10, POLICY.firstByteStartMs],
  ] as const) {
    test(`asks the next ${when}`, async () => {
      const rig = new Rig([MASTER, "http://a/master.m3u8"]);
      rig.bufferSeconds = bufferSeconds;
      rig.set("steering", { does: "hang" });
      const opening = rig.load(MASTER, "multivariant-playlist");
      await rig.pass(waitedMs - 100);
      assert.equal(rig.asked.length, 1);
      await rig.pass(100);
      assert.equal((await opening).pathway, "http://a/master.m3u8");
    });
  }
});
