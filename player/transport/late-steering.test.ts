/** A page that opened while steering was down is steered as soon as it is back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { MASTER, Rig, STEERED } from "./wire.rig.ts";

const DIRECT = "http://a/direct.m3u8";
const SECOND = "http://b/direct.m3u8";
/** As an appliance has it: it knows of no other. */
const OWN = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="x",URI="audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="sound"
low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="sound"
high.m3u8
`;
const NAMED = STEERED.replace(/(PATHWAY-ID=|GROUP-ID=|AUDIO=)"([abc])/g, '$1"edge-$2');

const steered =
  (...priority: readonly string[]) =>
  () =>
    new Response(JSON.stringify({ VERSION: 1, TTL: 2, "PATHWAY-PRIORITY": priority }));

/** Opened from the second source, as steering keeps silent. */
async function opened(master = NAMED, isLive = false): Promise<{ rig: Rig; viewer: Viewer }> {
  const rig = new Rig([MASTER, DIRECT, SECOND], master);
  rig.isLive = isLive;
  rig.linkBytesPerSecond = 400_000;
  rig.playlists.set("/direct.m3u8", OWN);
  rig.set("steering", { does: "hang" });
  const viewer = new Viewer(rig);
  viewer.opens();
  await viewer.watches(6);
  assert.equal(viewer.route(), "a");
  return { rig, viewer };
}

const ids = (rig: Rig) => rig.transport.snapshot().pathways.map(({ id }) => id);
const manifestsRead = (rig: Rig) => rig.asked.filter((url) => url.startsWith(MASTER)).length;

for (const isLive of [false, true]) {
  describe(`${isLive ? "a channel" : "a film"} that was opened while steering was down`, () => {
    test("goes on by the names and in the order of steering", async () => {
      const { rig, viewer } = await opened(NAMED, isLive);
      assert.deepEqual(ids(rig), ["a", "steering", "b"]);
      rig.steering = steered("edge-a", "edge-c", "edge-b");
      rig.set("steering", { does: "serve" });
      await viewer.watches(15);
      assert.deepEqual(ids(rig), ["edge-a", "edge-c", "edge-b"]);
      assert.equal(rig.transport.snapshot().steering, "following");
      assert.equal(rig.transport.snapshot().servedBy, "edge-a");
      assert.equal(viewer.route(rig.nowMs - 5_000), "edge-a");
      assert.equal(viewer.stalledMs, 0);
      assert.deepEqual(viewer.wrongBodies, []);
      assert.deepEqual(rig.transport.snapshot().counts.failovers, 0);
    });

    test("moves where steering wants it, also to an appliance that was no source", async () => {
      const { rig, viewer } = await opened(NAMED, isLive);
      rig.steering = steered("edge-c", "edge-b", "edge-a");
      rig.set("steering", { does: "serve" });
      await viewer.watches(20);
      assert.match(viewer.route(), /edge-c$/);
      rig.set("c", { does: "hang" });
      rig.set("b", { does: "refuse" });
      await viewer.watches(15);
      assert.match(viewer.route(), /edge-cedge-a$/);
      assert.equal(viewer.stalledMs, 0);
      assert.deepEqual(viewer.wrongBodies, []);
    });

    test("is steered after it has left the appliance that it began on", async () => {
      const { rig, viewer } = await opened(NAMED, isLive);
      rig.set("a", { does: "hang" });
      await viewer.watches(8);
      assert.equal(viewer.route(), "ab");
      rig.steering = steered("edge-a", "edge-b", "edge-c");
      rig.set("steering", { does: "serve" });
      await viewer.watches(10);
      assert.equal(rig.transport.snapshot().servedBy, "edge-b");
      rig.set("a", { does: "serve" });
      await viewer.watches(20);
      assert.match(viewer.route(), /edge-bedge-a$/);
      assert.equal(viewer.stalledMs, 0);
      assert.equal(rig.all("failback").length, 1);
    });

    test("is steered though steering does not list the appliance that it began on", async () => {
      const { rig, viewer } = await opened(
        NAMED.replaceAll("http://a/", "http://d/").replaceAll("edge-a", "edge-d"),
        isLive,
      );
      rig.steering = steered("edge-d", "edge-b", "edge-c");
      rig.set("steering", { does: "serve" });
      await viewer.watches(20);
      assert.match(viewer.route(), /edge-d$/);
      assert.deepEqual(ids(rig), ["edge-d", "edge-b", "edge-c"]);
      assert.equal(viewer.stalledMs, 0);
      assert.deepEqual(viewer.wrongBodies, []);
    });
  });
}

describe("a play without steering", () => {
  test("is not tied to a playlist that is not seen to be of the same media", async () => {
    const { rig, viewer } = await opened(NAMED.replaceAll(/(?<=http:\/\/)(?=[abc]\/)/g, "other-"));
    rig.set("steering", { does: "serve" });
    await viewer.watches(20);
    assert.deepEqual(ids(rig), ["a", "steering", "b"]);
    assert.equal(viewer.stalledMs, 0);
  });

  test("reads a better source once that has no steering either", async () => {
    const { rig, viewer } = await opened(OWN);
    rig.set("steering", { does: "serve" });
    await viewer.watches(7);
    const read = manifestsRead(rig);
    await viewer.watches(30);
    assert.equal(manifestsRead(rig), read);
    assert.deepEqual(ids(rig), ["a", "steering", "b"]);
  });

  test("asks for a better source ever more seldom", async () => {
    const { rig, viewer } = await opened(NAMED, true);
    rig.random = () => 0.99;
    rig.requests.length = 0;
    await viewer.watches(300);
    const askedMs = rig.requests.filter(({ url }) => url === MASTER).map(({ atMs }) => atMs);
    const pausesMs = askedMs.slice(1).map((atMs, index) => atMs - (askedMs[index] ?? 0));
    assert.ok(pausesMs.every((pauseMs, index) => pauseMs >= (pausesMs[index - 1] ?? 0)));
    assert.ok(Math.max(...pausesMs) >= 59_000, pausesMs.join(" "));
    assert.ok(askedMs.length <= 7, `${askedMs.length}`);
  });

  test("asks no source that stands behind the one it plays from", async () => {
    const rig = new Rig([DIRECT, MASTER], NAMED);
    rig.playlists.set("/direct.m3u8", OWN);
    const viewer = new Viewer(rig);
    viewer.opens();
    await viewer.watches(20);
    assert.equal(manifestsRead(rig), 0);
  });

  test("does not ask while there is little in hand", async () => {
    const { rig, viewer } = await opened();
    rig.linkBytesPerSecond = 30_000;
    viewer.seeksTo(40);
    const read = manifestsRead(rig);
    await viewer.watches(8);
    assert.ok(rig.bufferSeconds < 4);
    assert.equal(manifestsRead(rig), read);
  });
});

test("another transport goes on with what steering had brought", async () => {
  const { rig, viewer } = await opened();
  rig.steering = steered("edge-c", "edge-b", "edge-a");
  rig.set("steering", { does: "serve" });
  await viewer.watches(20);
  const next = new Rig([MASTER, DIRECT, SECOND], NAMED);
  next.transport.restore(rig.transport.save());
  assert.deepEqual(ids(next), ["edge-c", "edge-b", "edge-a"]);
  assert.equal(next.transport.snapshot().servedBy, "edge-c");
  next.transport.learnPlaylist("http://a/low.m3u8", "#EXTM3U\n#EXTINF:2,\n7.m4s\n");
  assert.equal((await next.load("http://a/7.m4s")).pathway, "edge-c");
});
