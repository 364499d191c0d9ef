/** Edges of one live channel are never quite equally far. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UnavailableError } from "./delivery.ts";
import { Viewer } from "./viewer.rig.ts";
import { MASTER, POLICY, Rig } from "./wire.rig.ts";

async function liveRig(): Promise<Rig> {
  const rig = new Rig();
  rig.isLive = true;
  await rig.load(MASTER, "multivariant-playlist");
  await rig.load("http://a/low.m3u8", "media-playlist");
  rig.asked.length = 0;
  return rig;
}

describe("a segment that a live playlist lists", () => {
  test("is waited for where no pathway has it yet", async () => {
    const rig = await liveRig();
    const newest = `http://a/low/${rig.edgeOf("a")}.m4s`;
    for (const host of ["a", "b", "c"]) rig.lagMs.set(host, 2_000);
    const loading = rig.load(newest);
    await rig.pass(4_000);
    assert.equal((await loading).body.byteLength, 42_000);
    assert.deepEqual(rig.names(), []);
  });

  test("is gone if it does not come at all", async () => {
    const rig = await liveRig();
    const newest = `http://a/low/${rig.edgeOf("a")}.m4s`;
    for (const host of ["a", "b", "c"]) rig.lagMs.set(host, 600_000);
    const loading = rig.load(newest);
    await rig.pass(POLICY.missingLiveMs + POLICY.retryLongestMs);
    await assert.rejects(loading, UnavailableError);
  });

  test("is not waited for once the playlist lists it no more", async () => {
    const rig = await liveRig();
    const oldest = `http://a/low/${rig.edgeOf("a") - 14}.m4s`;
    await rig.pass(4_000);
    await rig.load("http://a/low.m3u8", "media-playlist");
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "status", status: 404 });
    const loading = rig.load(oldest);
    await rig.pass(1_000);
    await assert.rejects(loading, UnavailableError);
  });
});

describe("a viewer of a live channel", () => {
  test("is not stopped by a backup that is a little behind", async () => {
    const rig = new Rig();
    rig.isLive = true;
    rig.lagMs.set("b", 1_000);
    const viewer = new Viewer(rig);
    viewer.opens();
    await viewer.watches(8);
    rig.set("a", { does: "hang" });
    await viewer.watches(20);
    assert.equal(viewer.stalledMs, 0);
    assert.deepEqual(viewer.failures, []);
  });

  test("who pauses until the window has moved on is returned to the primary all the same", async () => {
    const rig = new Rig();
    rig.isLive = true;
    const viewer = new Viewer(rig);
    viewer.opens();
    await viewer.watches(8);
    rig.set("a", { does: "hang" });
    await viewer.watches(4);
    viewer.isPaused = true;
    await viewer.watches(45);
    rig.set("a", { does: "serve" });
    rig.asked.length = 0;
    await viewer.watches(8);
    const probes = rig.asked.filter(
      (url) => url.startsWith("http://a/") && url.includes("bytes=0-"),
    );
    const listed = rig.edgeOf("a") - 20;
    assert.ok(probes.length > 0);
    assert.ok(
      probes.every((url) => Number(/(\d+)\.m4s/.exec(url)?.[1]) >= listed),
      probes[0],
    );
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "well");
  });

  test("is returned to a primary that has recovered a little behind", async () => {
    const rig = new Rig();
    rig.isLive = true;
    rig.linkBytesPerSecond = 1_000_000;
    const viewer = new Viewer(rig);
    viewer.opens();
    await viewer.watches(9);
    rig.set("a", { does: "refuse" });
    await viewer.watches(5);
    rig.set("a", { does: "serve" });
    rig.lagMs.set("a", 1_500);
    await viewer.watches(30);
    assert.equal(viewer.served.at(-1)?.pathway, "a");
    assert.equal(viewer.stalledMs, 0);
  });
});
