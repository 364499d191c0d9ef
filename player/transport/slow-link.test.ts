/** A slow host is left; a slow link of the viewer's own is not run away from. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { MASTER, Rig, STEERED } from "./wire.rig.ts";

const FAST_BYTES_PER_SECOND = 1_000_000;
const SLOW_BYTES_PER_SECOND = 50_000;
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
        test(`of ${bytesPerSecond} B/s for 20 s from ${momentMs} ms on: at most one switch, no stall`, async () => {
          const { rig, viewer } = await watching(mode, TWO_PATHWAYS);
          await viewer.watches(momentMs / 1_000);
          const slowSinceMs = rig.nowMs;
          rig.linkBytesPerSecond = bytesPerSecond;
          await viewer.watches(20);
          const route = viewer.route(slowSinceMs);
          assert.ok(["a", "b", "ab"].includes(route), route);
          assert.ok(rig.all("failover").length + rig.all("failback").length <= 1);
          assert.equal(viewer.stalledMs, 0);
        });
      }
    }

    test("with a third pathway: it is not tried in vain while the picture moves", async () => {
      const { rig, viewer } = await watching(mode);
      rig.linkBytesPerSecond = SLOW_BYTES_PER_SECOND;
      await viewer.watches(20);
      assert.ok(["a", "ab"].includes(viewer.route()), viewer.route());
    });

    test("is back where it was once the link has recovered", async () => {
      const { rig, viewer } = await watching(mode, TWO_PATHWAYS);
      rig.linkBytesPerSecond = SLOW_BYTES_PER_SECOND;
      await viewer.watches(20);
      rig.linkBytesPerSecond = FAST_BYTES_PER_SECOND;
      await viewer.watches(15);
      assert.equal(viewer.served.at(-1)?.pathway, "a");
    });

    test("too slow for any rendition: never more than one switch in a minute", async () => {
      const { rig, viewer } = await watching(mode, TWO_PATHWAYS);
      rig.linkBytesPerSecond = 15_000;
      await viewer.watches(60);
      assert.ok(rig.all("failover").length <= 1, viewer.route());
      assert.ok(viewer.failures.length === 0);
    });
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
