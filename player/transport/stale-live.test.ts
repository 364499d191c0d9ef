/** Live playlists that stand still, go back, or name what is not there yet: all of it with status 200. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer, watching } from "./viewer.rig.ts";
import { type Layout, MASTER, Rig } from "./wire.rig.ts";

function liveRig(layouts?: ReadonlyMap<string, Layout>): Rig {
  const rig = new Rig([MASTER], undefined, {}, {}, layouts);
  rig.isLive = true;
  rig.linkBytesPerSecond = 1_000_000;
  return rig;
}

const NAMED: Layout = {
  playlist: (stream) => `/x/${stream}.m3u8?t=1`,
  segment: (stream, number) => `${stream}-${number}.ts`,
  offset: 1_000,
  tags: (_, number) => [`#EXT-X-PROGRAM-DATE-TIME:${new Date(number * 2_000).toISOString()}`],
};
const PLAIN: Layout = {
  ...NAMED,
  playlist: (stream) => `/${stream}.m3u8`,
  segment: (stream, number) => `${stream}/${number}.m4s`,
  offset: 0,
};

describe("a live playlist that stands still", () => {
  for (const momentMs of [0, 500, 1_000, 1_500, 1_900]) {
    test(`on one host, ${momentMs} ms into a segment: the others are asked, and it is left`, async () => {
      const rig = liveRig();
      const viewer = await watching(rig);
      await rig.pass(momentMs);
      rig.freeze("a");
      await viewer.watches(30);
      assert.equal(viewer.stalledMs, 0);
      assert.equal(viewer.served.at(-1)?.pathway, "b");
      assert.deepEqual(
        rig.all("failover").map(({ from, to, reason }) => [from, to, reason]),
        [["a", "b", "stale-playlist"]],
      );
      assert.deepEqual(rig.names(), ["failover"], "not returned to while it stands still");

      rig.frozenMs.delete("a");
      await viewer.watches(10);
      assert.equal(viewer.served.at(-1)?.pathway, "a");
      assert.deepEqual(rig.names(), ["failover", "failback"]);
      assert.equal(viewer.stalledMs, 0);
    });
  }

  test("with never more than 4 s in hand: it is returned to all the same", async () => {
    const rig = liveRig();
    const viewer = new Viewer(rig, 1.5);
    viewer.opens();
    await viewer.watches(8);
    rig.freeze("a");
    await viewer.watches(10);
    assert.equal(viewer.served.at(-1)?.pathway, "b");
    rig.frozenMs.delete("a");
    await viewer.watches(15);
    assert.equal(viewer.served.at(-1)?.pathway, "a");
  });

  test("says nothing of a film: its host is returned to when that is played", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    rig.freeze("a");
    await viewer.watches(10);
    assert.equal(viewer.served.at(-1)?.pathway, "b");
    rig.isLive = false;
    const film = new Viewer(rig);
    film.opens();
    await film.watches(20);
    assert.equal(film.served.at(-1)?.pathway, "a");
  });

  test("of the sound alone keeps the viewer away until the sound moves", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    rig.freeze("a", "audio");
    await viewer.watches(40);
    assert.deepEqual(rig.names(), ["failover"]);
    rig.frozenMs.clear();
    await viewer.watches(12);
    assert.equal(viewer.served.at(-1)?.pathway, "a");
    assert.deepEqual(rig.names(), ["failover", "failback"]);
  });

  test("on all hosts is nobody's fault: the page is told, and told again when it moves", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    for (const host of ["a", "b", "c"]) rig.freeze(host);
    await viewer.watches(12);
    assert.deepEqual(rig.names(), ["standstill"]);
    assert.equal(rig.transport.snapshot().standsStill, true);
    assert.ok(rig.transport.snapshot().pathways.every(({ state }) => state === "well"));
    for (const host of ["a", "b", "c"]) rig.frozenMs.delete(host);
    await viewer.watches(6);
    assert.deepEqual(
      rig.all("standstill").map(({ state }) => state),
      ["still", "moving"],
    );
    assert.equal(rig.transport.snapshot().standsStill, false);
    assert.equal(viewer.route(), "a");
  });

  test("on two of three: the third is found", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    rig.freeze("a");
    rig.freeze("b");
    await viewer.watches(30);
    assert.equal(viewer.stalledMs, 0);
    assert.equal(viewer.served.at(-1)?.pathway, "c");
  });

  test("that of a backup too, some time after the failover to it", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    rig.set("a", { does: "refuse" });
    await viewer.watches(10);
    rig.freeze("b");
    await viewer.watches(20);
    assert.equal(viewer.stalledMs, 0);
    assert.equal(viewer.served.at(-1)?.pathway, "c");
  });

  test("a host that is ill is not waited for", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    for (const host of ["b", "c"]) rig.set(host, { does: "hang" });
    rig.freeze("a");
    await viewer.watches(14);
    rig.linkBytesPerSecond = undefined;
    const { pathway } = await rig.load("http://a/audio.m3u8", "media-playlist");
    assert.equal(pathway, "a", "though it is old, and no time has passed");
    assert.equal(viewer.route(), "a");
  });

  test("is seen though the other pathway counts otherwise", async () => {
    const rig = liveRig(
      new Map([
        ["a", PLAIN],
        ["b", NAMED],
        ["c", NAMED],
      ]),
    );
    await watching(rig);
    rig.freeze("a");
    await rig.pass(8_000);
    assert.equal(rig.all("failover")[0]?.reason, "stale-playlist");
  });
});

describe("a live playlist that goes back", () => {
  test("by more than edges differ: another pathway's is taken", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    rig.lagMs.set("a", 20_000);
    await viewer.watches(3);
    assert.equal(rig.all("failover")[0]?.reason, "stale-playlist");
    await viewer.watches(20);
    assert.equal(viewer.stalledMs, 0);
  });
  test("by one segment is how edges differ", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    rig.lagMs.set("a", 1_000);
    await viewer.watches(20);
    assert.deepEqual(rig.names(), []);
    assert.equal(viewer.stalledMs, 0);
  });
  test("on all hosts: an encoder that began anew is followed", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    for (const host of ["a", "b", "c"]) rig.lagMs.set(host, 30_000);
    await viewer.watches(6);
    assert.deepEqual(rig.all("failover"), []);
    assert.deepEqual(rig.all("standstill"), []);
  });
});

describe("a live playlist that is ahead of its segments", () => {
  test("costs its host nothing: what another has is taken from there", async () => {
    const rig = liveRig();
    const viewer = await watching(rig);
    rig.aheadMs.set("a", 4_000);
    await viewer.watches(20);
    assert.deepEqual(rig.all("failover"), []);
    assert.equal(viewer.stalledMs, 0);
    assert.deepEqual(viewer.failures, []);
  });
});

describe("low latency", () => {
  test("an opinion is asked for as things are, not in the words of a reload that waits", async () => {
    const rig = liveRig();
    await rig.loads(MASTER, "multivariant-playlist");
    await rig.loads("http://a/low.m3u8", "media-playlist");
    rig.freeze("a");
    await rig.pass(4_000);
    rig.asked.length = 0;
    const delivery = await rig.loads("http://a/low.m3u8?_HLS_msn=99", "media-playlist");
    assert.equal(delivery.pathway, "b");
    assert.deepEqual(rig.asked.slice(0, 2), ["http://a/low.m3u8?_HLS_msn=99", "http://b/low.m3u8"]);
  });
});
