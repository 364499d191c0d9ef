/** A slow host is left; a slow link of the viewer's own is not run away from. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { MASTER, Rig, STEERED } from "./wire.rig.ts";

const FAST_BYTES_PER_SECOND = 1_000_000;
const SLOW_BYTES_PER_SECOND = 50_000;
/** Of the low rendition and the sound, which play 2 s of 42 and 15 kB. */
const LOWEST_BYTES_PER_SECOND = 28_500;
const TWO_PATHWAYS = STEERED.replaceAll(/#EXT-X-MEDIA[^\n]*"c:sound"[^\n]*\n/g, "").replaceAll(
  /#EXT-X-STREAM-INF[^\n]*"c"[^\n]*\n[^\n]*\n/g,
  "",
);
const MODES = ["film", "live"] as const;

async function watching(mode: (typeof MODES)[number], master = STEERED) {
  const rig = new Rig([MASTER], master);
  rig.isLive = mode === "live";
  rig.linkBytesPerSecond = FAST_BYTES_PER_SECOND;
  const viewer = new Viewer(rig);
  viewer.opens();
  await viewer.watches(9);
  return { rig, viewer };
}

for (const mode of MODES) {
  describe(`a viewer of a ${mode} on a slow link`, () => {
    for (const bytesPerSecond of [SLOW_BYTES_PER_SECOND, 40_000, 33_000]) {
      for (const momentMs of [0, 700, 1_600]) {
        test(`of ${bytesPerSecond} B/s for 20 s from ${momentMs} ms on: no switch, no hedge, no stall`, async () => {
          const { rig, viewer } = await watching(mode, TWO_PATHWAYS);
          await viewer.watches(momentMs / 1_000);
          const slowSinceMs = rig.nowMs;
          rig.linkBytesPerSecond = bytesPerSecond;
          await viewer.watches(20);
          assert.equal(viewer.route(slowSinceMs), "a");
          assert.deepEqual(
            rig.names().filter((told) => told !== "resume"),
            [],
          );
          assert.equal(viewer.stalledMs, 0);
        });
      }
    }

    for (const bytesPerSecond of [SLOW_BYTES_PER_SECOND, LOWEST_BYTES_PER_SECOND * 1.2]) {
      test(`of ${bytesPerSecond} B/s, who has just seen how quick the other pathway is: no switch`, async () => {
        const { rig, viewer } = await watching(mode, TWO_PATHWAYS);
        rig.set("a", { does: "refuse" });
        await viewer.watches(4);
        rig.set("a", { does: "serve" });
        await viewer.watches(8);
        assert.equal(viewer.route(), "aba");
        rig.linkBytesPerSecond = bytesPerSecond;
        const slowSinceMs = rig.nowMs;
        await viewer.watches(20);
        assert.equal(viewer.route(slowSinceMs), "a");
        assert.equal(viewer.stalledMs, 0);
      });
    }

    test("with a third pathway: it is not tried in vain while the picture moves", async () => {
      const { rig, viewer } = await watching(mode);
      rig.linkBytesPerSecond = SLOW_BYTES_PER_SECOND;
      await viewer.watches(20);
      assert.equal(viewer.route(), "a");
    });

    test("is back where it was once the link has recovered", async () => {
      const { rig, viewer } = await watching(mode, TWO_PATHWAYS);
      rig.linkBytesPerSecond = SLOW_BYTES_PER_SECOND;
      await viewer.watches(20);
      rig.linkBytesPerSecond = FAST_BYTES_PER_SECOND;
      await viewer.watches(15);
      assert.equal(viewer.served.at(-1)?.pathway, "a");
    });

    for (const factor of [1.2, 0.8, 0.5]) {
      for (const when of ["from the start", "later"]) {
        test(`of ${factor} times the lowest rendition ${when}: no switch and no hedge in a minute`, async () => {
          const rig = new Rig([MASTER, "http://a/master.m3u8"], STEERED);
          rig.isLive = mode === "live";
          rig.linkBytesPerSecond = FAST_BYTES_PER_SECOND;
          const viewer = new Viewer(rig);
          viewer.opens();
          if (when === "later") await viewer.watches(9);
          rig.linkBytesPerSecond = LOWEST_BYTES_PER_SECOND * factor;
          await viewer.watches(60);
          assert.deepEqual(rig.names(), []);
          assert.equal(viewer.route(), "a");
          assert.deepEqual(viewer.failures, []);
        });
      }
    }
  });
}

describe("a host that trickles", () => {
  test("is told as too slow, and what it brought is kept", async () => {
    const { rig, viewer } = await watching("film");
    rig.set("a", { does: "trickle", bytesPerSecond: 8_000 });
    await viewer.watches(8);
    const [failover] = rig.all("failover");
    assert.equal(failover?.reason, "too-slow");
    assert.ok((failover?.keptBytes ?? 0) > 0);
    assert.equal(rig.transport.snapshot().pathways[0]?.reason, "too-slow");
  });

  test("is left for one that was measured first, not for one that brought nothing", async () => {
    const { rig, viewer } = await watching("film");
    rig.set("a", { does: "trickle", bytesPerSecond: 8_000 });
    rig.set("b", { does: "hang" });
    rig.requests.length = 0;
    await viewer.watches(10);
    assert.equal(viewer.route(), "ac");
    assert.equal(viewer.stalledMs, 0);
    const toB = rig.requests.filter(({ host }) => host === "b");
    assert.ok(toB.every(({ range }) => range?.startsWith("bytes=0-") === true));
    assert.equal(rig.all("failover").length, 1);
  });

  test("has its probes given up soon, so that the next one can find it healed", async () => {
    const { rig, viewer } = await watching("film");
    rig.set("a", { does: "trickle", bytesPerSecond: 4_000 });
    await viewer.watches(5);
    rig.asked.length = 0;
    await viewer.watches(20);
    const probes = rig.asked.filter((url) => url.startsWith("http://a/"));
    assert.ok(probes.length >= 10, `${probes.length} probes`);
  });

  test("is not returned to while its probes trickle too", async () => {
    const { rig, viewer } = await watching("film");
    rig.set("a", { does: "trickle", bytesPerSecond: 8_000 });
    await viewer.watches(60);
    assert.equal(viewer.route(), "ab");
    assert.deepEqual(rig.all("failback"), []);
  });

  test("does not make the next bitrate suit it", async () => {
    const rig = await new Rig().open();
    rig.bufferSeconds = 6;
    await rig.load("http://a/high.m3u8", "media-playlist");
    rig.set("a", { does: "trickle", bytesPerSecond: 8_000 });
    rig.linkBytesPerSecond = FAST_BYTES_PER_SECOND;
    const loading = rig.load("http://a/high/1.m4s");
    await rig.pass(3_000);
    const { transferMs, begunOn, body } = await loading;
    assert.equal(begunOn, "a");
    assert.ok(
      body.byteLength / (transferMs / 1_000) > FAST_BYTES_PER_SECOND / 3,
      `${transferMs} ms`,
    );
  });

  test("is left for one that sends the whole, whatever part is asked for", async () => {
    const { rig, viewer } = await watching("film");
    for (const host of ["b", "c"]) {
      rig.set(host, {
        does: "answer",
        with: ({ body }) =>
          new Response(body, { headers: { "content-length": String(body.length) } }),
      });
    }
    rig.set("a", { does: "trickle", bytesPerSecond: 8_000 });
    await viewer.watches(20);
    assert.equal(viewer.route(), "ab");
    assert.equal(viewer.stalledMs, 0);
  });

  test("serves on where nobody else can", async () => {
    const rig = await new Rig().open();
    await rig.load("http://a/audio.m3u8", "media-playlist");
    rig.set("b", { does: "refuse" });
    rig.set("c", { does: "refuse" });
    rig.set("a", { does: "trickle", bytesPerSecond: 8_000 });
    const loading = rig.load("http://a/audio/1.m4s");
    await rig.pass(12_000);
    assert.equal((await loading).pathway, "a");
  });
});
