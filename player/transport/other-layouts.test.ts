/** CDNs that have one film in common, and neither paths nor tokens nor names. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UnavailableError } from "./delivery.ts";
import { watching } from "./viewer.rig.ts";
import { type Layout, MASTER, Rig, STEERED } from "./wire.rig.ts";

const PLAIN: Layout = {
  playlist: (stream) => `/film/${stream}.m3u8`,
  segment: (stream, number) => `${stream}/${number}.m4s`,
};
const TOKENS: Layout = {
  playlist: (stream) => `/cdn/x7/${stream}/index.m3u8?sig=p`,
  segment: (stream, number) => `chunk_${stream}-${String(number + 1).padStart(5, "0")}.m4s?sig=s`,
};
const THIRD_HOST: Layout = {
  playlist: (stream) => `/film/${stream}.m3u8`,
  segment: (stream, number) => `http://media-b/${stream}/${number}-v2.mp4?sig=s`,
};
const FROM_ONE: Layout = { ...TOKENS, offset: 1 };
const dated = (layout: Layout): Layout => ({
  ...layout,
  tags: (_, number) => [`#EXT-X-PROGRAM-DATE-TIME:${new Date(number * 2_000).toISOString()}`],
});
const SAME_PATH: Layout = { ...TOKENS, playlist: PLAIN.playlist };
const SIX_SECONDS: Layout = { ...TOKENS, durations: () => 6 };

function rigWith(b: Layout, { isLive = false, c = PLAIN } = {}): Rig {
  const layouts = new Map([
    ["a", PLAIN],
    ["b", b],
    ["c", c],
  ]);
  const rig = new Rig([MASTER], undefined, {}, {}, layouts);
  rig.isLive = isLive;
  rig.linkBytesPerSecond = 400_000;
  return rig;
}

describe("a failover to a pathway that names things otherwise", () => {
  for (const [what, layout] of [
    ["paths, names and tokens", TOKENS],
    ["segments elsewhere than playlists", THIRD_HOST],
    ["another first number", FROM_ONE],
    ["names alone", SAME_PATH],
  ] as const) {
    for (const isLive of [false, true]) {
      if (isLive && layout === FROM_ONE) continue; // A channel's numbers are told apart by dates alone.
      test(`${isLive ? "live" : "film"}, ${what}: no stall, and no request in vain`, async () => {
        const rig = rigWith(layout, { isLive });
        const viewer = await watching(rig);
        rig.set("a", { does: "hang" });
        await viewer.watches(12);
        assert.equal(viewer.stalledMs, 0);
        assert.equal(viewer.served.at(-1)?.pathway, "b");
        assert.deepEqual([...viewer.failures, ...viewer.wrongBodies], []);
        const [failover] = rig.all("failover");
        assert.deepEqual([failover?.from, failover?.to], ["a", "b"]);

        rig.set("a", { does: "serve" });
        await viewer.watches(15);
        assert.equal(viewer.served.at(-1)?.pathway, "a");
        assert.equal(viewer.stalledMs, 0);
      });
    }
  }

  test("a channel that is counted from elsewhere: the media player's numbers go on", async () => {
    const layouts = new Map([
      ["a", dated(PLAIN)],
      ["b", dated({ ...TOKENS, offset: 7_000, head: ["#EXT-X-DISCONTINUITY-SEQUENCE:40"] })],
      ["c", PLAIN],
    ]);
    const rig = new Rig([MASTER], undefined, {}, {}, layouts);
    rig.isLive = true;
    rig.linkBytesPerSecond = 400_000;
    const viewer = await watching(rig);
    rig.set("a", { does: "hang" });
    const { pathway, body } = await rig.loads("http://a/film/low.m3u8", "media-playlist", 4_000);
    assert.equal(pathway, "b");
    assert.match(new TextDecoder().decode(body), /#EXT-X-DISCONTINUITY-SEQUENCE:0$/m);
    // Until nothing that was listed before is listed any more.
    await viewer.watches(60);
    assert.equal(viewer.route(), "ab");
    rig.set("a", { does: "serve" });
    await viewer.watches(15);
    assert.equal(viewer.route(), "aba");
    assert.equal(viewer.stalledMs, 0);
    assert.deepEqual([...viewer.failures, ...viewer.wrongBodies], []);
  });

  test("a rendition that only the failed pathway has is given up: others can be played", async () => {
    const rig = await new Rig(
      [MASTER],
      STEERED.replaceAll(/#.*"low".*\nhttp:\/\/[bc].*\n/g, ""),
    ).open();
    rig.set("a", { does: "refuse" });
    const loading = rig.load("http://a/low/1.m4s");
    await rig.pass(3_000);
    await assert.rejects(loading, UnavailableError);
    assert.equal((await rig.loads("http://a/high.m3u8", "media-playlist")).pathway, "b");
  });

  test("where all others cut the film elsewhere, the one that does not is waited for", async () => {
    const rig = rigWith(SIX_SECONDS, { c: { ...SIX_SECONDS } });
    const viewer = await watching(rig);
    rig.set("a", { does: "refuse" });
    await viewer.watches(20);
    rig.set("a", { does: "serve" });
    await viewer.watches(8);
    assert.equal(viewer.route(), "a");
    assert.deepEqual([...viewer.failures, ...viewer.wrongBodies], []);
    assert.ok(viewer.stalledMs < 20_000);
  });

  test("a media playlist as the source, at two places: each is a pathway", async () => {
    const sources = ["http://a/film/low.m3u8", "http://b/cdn/x7/low/index.m3u8?sig=p"];
    const layouts = new Map([
      ["a", PLAIN],
      ["b", TOKENS],
    ]);
    const rig = new Rig(sources, undefined, {}, {}, layouts);
    await rig.load("http://a/film/low.m3u8", "multivariant-playlist");
    await rig.pass(1_000);
    rig.set("a", { does: "refuse" });
    const delivery = await rig.load("http://a/film/low/7.m4s");
    assert.equal(delivery.pathway, "b");
    assert.equal(new Uint8Array(delivery.body)[0], 7);
    assert.ok(rig.asked.includes("http://b/cdn/x7/low/chunk_low-00008.m4s?sig=s"));
    assert.ok(
      rig.asked.every((url) => !url.startsWith("http://b/cdn/x7/low/low/")),
      "no guess",
    );
  });

  test("what is a gap on the pathway that serves next is fetched from the one after it", async () => {
    const gap: Layout = {
      ...TOKENS,
      tags: (_, number) => (number === 7 ? ["#EXT-X-GAP"] : []),
    };
    const rig = rigWith(gap);
    rig.linkBytesPerSecond = undefined;
    await rig.load(MASTER, "multivariant-playlist");
    await rig.load("http://a/film/low.m3u8", "media-playlist");
    await rig.pass(1_000);
    rig.set("a", { does: "refuse" });
    assert.equal((await rig.load("http://a/film/low/6.m4s")).pathway, "b");
    assert.equal((await rig.load("http://a/film/low/7.m4s")).pathway, "c");
    assert.equal((await rig.load("http://a/film/low/8.m4s")).pathway, "b");
  });

  test("reads the other's playlists beforehand, once for a film, and of no mirror", async () => {
    const rig = rigWith(TOKENS);
    const viewer = await watching(rig, 4);
    const before = rig.asked.filter((url) => url.includes("/cdn/"));
    assert.deepEqual(before.toSorted(), [
      "http://b/cdn/x7/audio/index.m3u8?sig=p",
      "http://b/cdn/x7/high/index.m3u8?sig=p",
      "http://b/cdn/x7/low/index.m3u8?sig=p",
    ]);
    await viewer.watches(30);
    assert.equal(rig.asked.filter((url) => url.includes("/cdn/")).length, before.length);
    assert.equal(rig.asked.filter((url) => url.startsWith("http://c/")).length, 0);
  });

  test("keeps out of the viewer's way while little is buffered", async () => {
    const rig = rigWith(TOKENS);
    rig.bufferSeconds = 3;
    await rig.loads(MASTER, "multivariant-playlist");
    await rig.loads("http://a/film/low.m3u8", "media-playlist");
    const foreign = () => rig.asked.filter((url) => url.includes("/cdn/")).length;
    await rig.pass(5_000);
    assert.equal(foreign(), 0);
    rig.bufferSeconds = 6;
    await rig.pass(500);
    assert.equal(foreign(), 1);
  });

  test("a guess that is refused is followed by the pathway's own name", async () => {
    const rig = rigWith(SAME_PATH);
    rig.bufferSeconds = 0;
    await rig.loads(MASTER, "multivariant-playlist");
    await rig.loads("http://a/film/low.m3u8", "media-playlist");
    rig.set("a", { does: "refuse" });
    rig.asked.length = 0;
    const delivery = await rig.loads("http://a/film/low/7.m4s", "segment", 1_000);
    assert.equal(delivery.pathway, "b");
    assert.deepEqual(rig.asked, [
      "http://a/film/low/7.m4s",
      "http://b/film/low/7.m4s",
      "http://b/film/low.m3u8",
      "http://b/film/chunk_low-00008.m4s?sig=s",
    ]);
  });

  test("one that cuts the film elsewhere is passed over, and the page is told", async () => {
    const rig = rigWith(SIX_SECONDS);
    const viewer = await watching(rig);
    rig.set("a", { does: "hang" });
    await viewer.watches(12);
    assert.equal(viewer.served.at(-1)?.pathway, "c");
    assert.equal(viewer.stalledMs, 0);
    assert.ok(rig.asked.every((url) => !url.startsWith("http://b/cdn/x7/low/chunk")));
    assert.deepEqual(rig.all("incompatible")[0], {
      pathway: "b",
      playlist: "http://a/film/low.m3u8",
      reason: "other-boundaries",
    });
  });

  test("a host of its own for playlists is trusted again once a segment has come", async () => {
    const own = (stream: string, number: number) => `http://media-a/${stream}/${number}`;
    const layouts = new Map([
      ["a", { ...PLAIN, segment: own }],
      ["b", TOKENS],
    ]);
    const rig = new Rig([MASTER], undefined, {}, {}, layouts);
    rig.linkBytesPerSecond = 400_000;
    const viewer = await watching(rig);
    rig.set("a", { does: "refuse" }, /./);
    await rig.loads("http://a/film/high.m3u8", "media-playlist");
    await viewer.watches(5);
    rig.set("a", { does: "serve" }, /./);
    await viewer.watches(20);
    const { pathway } = await rig.loads("http://a/film/high.m3u8", "media-playlist");
    await viewer.watches(10);
    assert.equal(pathway, "a");
    assert.equal(viewer.route(), "aba");
    assert.deepEqual(rig.names(), ["failover", "failback"]);
  });

  test("a host of its own for segments fails like the pathway that it belongs to", async () => {
    const own = (stream: string, number: number) => `http://media-a/${stream}/${number}`;
    const layouts = new Map([
      ["a", { ...PLAIN, segment: own }],
      ["b", TOKENS],
      ["c", PLAIN],
    ]);
    const rig = new Rig([MASTER], undefined, {}, {}, layouts);
    rig.isLive = true;
    rig.linkBytesPerSecond = 400_000;
    const viewer = await watching(rig);
    rig.set("media-a", { does: "hang" });
    // Longer than anything that was listed at the time.
    await viewer.watches(50);
    rig.set("media-a", { does: "serve" });
    await viewer.watches(15);
    assert.equal(viewer.route(), "aba");
    assert.equal(viewer.stalledMs, 0);
    assert.deepEqual(rig.names(), ["failover", "failback"]);
  });
});
