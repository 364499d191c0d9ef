/** A host that serves is spared for a while where it asks for that, or has just recovered. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { ONE, POLICY, Rig, settled, TWO } from "./wire.rig.ts";

const UNDER_DURESS = { "cmsd-dynamic": '"a";etp=96;du' };

describe("a host under duress", () => {
  async function plays(rig: Rig, seconds: number): Promise<string> {
    const route: string[] = [];
    for (let second = 0; second < seconds; second += 1) {
      route.push((await rig.load(second % 2 === 0 ? ONE : TWO)).pathway);
      await rig.pass(1_000);
    }
    return route.join("");
  }

  test("is left after a while that each viewer draws, and returned to when it has had its rest", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "serve", headers: UNDER_DURESS });
    const route = await plays(rig, 6);
    assert.equal(route, "aaabbb");
    assert.equal(rig.all("failover")[0]?.reason, "under-duress");
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "well");
    rig.set("a", { does: "serve" });
    assert.match(await plays(rig, 20), /^b+a+$/);
    assert.deepEqual(rig.names(), ["failover", "failback"]);
  });

  test("is stayed with if it is relieved in time", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "serve", headers: UNDER_DURESS });
    assert.equal(await plays(rig, 2), "aa");
    rig.set("a", { does: "serve" });
    assert.equal(await plays(rig, 10), "aaaaaaaaaa");
  });

  test("is stayed with where nobody else is well, or all are under duress", async () => {
    const rig = await new Rig().open();
    for (const host of ["b", "c"]) rig.set(host, { does: "refuse" });
    rig.set("a", { does: "refuse" });
    const loading = rig.load(ONE);
    await rig.pass(500);
    rig.set("a", { does: "serve", headers: UNDER_DURESS });
    await rig.pass(3_000);
    await loading;
    assert.equal(await plays(rig, 10), "aaaaaaaaaa");
  });
});

describe("a host that refuses and names a time", () => {
  async function refused(retryAfter: string) {
    const rig = await new Rig().open();
    rig.set("a", { does: "status", status: 503, headers: { "retry-after": retryAfter } });
    await rig.load(ONE);
    rig.requests.length = 0;
    return rig;
  }
  const probesAt = (rig: Rig) => rig.requests.filter(({ host }) => host === "a").map((r) => r.atMs);

  test("is probed at a slower pace, which is still the one that is promised", async () => {
    const rig = await refused("60");
    await rig.pass(20_000);
    const times = probesAt(rig);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    assert.ok(gaps.length >= 8 && gaps.every((gap) => gap === POLICY.quietProbeEveryMs), `${gaps}`);
  });

  test("is returned to no sooner than it said, if that is soon", async () => {
    const rig = await refused("4");
    rig.set("a", { does: "serve" });
    let returnedMs: number | undefined;
    for (let step = 0; step < 100 && returnedMs === undefined; step += 1) {
      await rig.pass(100);
      if ((await rig.load(TWO)).pathway === "a") returnedMs = rig.nowMs;
    }
    assert.ok(
      returnedMs !== undefined && returnedMs >= 4_000 && returnedMs <= 10_000,
      `${returnedMs}`,
    );
  });

  test("and within ten seconds of its recovery, whatever it said", async () => {
    const rig = await refused("3600");
    await rig.pass(20_000);
    rig.set("a", { does: "serve" });
    const healedMs = rig.nowMs;
    for (let step = 0; step < 100; step += 1) {
      await rig.pass(100);
      if ((await rig.load(TWO)).pathway === "a") break;
    }
    assert.ok(rig.nowMs - healedMs < 10_000, `${rig.nowMs - healedMs} ms`);
  });
});

describe("a pathway that has recovered", () => {
  async function recovered(): Promise<Rig> {
    const rig = await new Rig().open();
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    rig.set("a", { does: "serve" });
    await rig.pass(6_000);
    rig.requests.length = 0;
    return rig;
  }
  const hosts = (rig: Rig) => rig.requests.map(({ host }) => host);

  test("gets one segment first, and then everything", async () => {
    const rig = await recovered();
    rig.linkBytesPerSecond = 20_000;
    const trial = rig.load("http://a/low/1.m4s");
    await settled();
    await Promise.all([
      rig.load("http://a/low.m3u8", "media-playlist"),
      rig.load("http://a/1.m4s"),
      rig.pass(1_000),
    ]);
    assert.deepEqual(hosts(rig), ["a", "b", "b"]);
    assert.deepEqual(rig.all("failback"), []);
    await rig.pass(3_000);
    assert.equal((await trial).pathway, "a");
    assert.equal(rig.all("failback").length, 1);
    rig.requests.length = 0;
    await rig.loads("http://a/low.m3u8", "media-playlist");
    assert.deepEqual(hosts(rig), ["a"]);
  });

  test("gets one of each stream, as picture and sound are fetched together", async () => {
    const rig = await recovered();
    await rig.load("http://a/audio.m3u8", "media-playlist");
    rig.requests.length = 0;
    rig.linkBytesPerSecond = 20_000;
    const loads = [rig.load("http://a/low/1.m4s"), rig.load("http://a/audio/1.m4s")];
    await rig.pass(4_000);
    await Promise.all(loads);
    assert.deepEqual(hosts(rig), ["a", "a"]);
    assert.equal(rig.all("failback").length, 1);
  });

  test("that fails its trial is left again, and nobody has been told", async () => {
    const rig = await recovered();
    rig.set("a", { does: "cut" });
    assert.equal((await rig.load(TWO)).pathway, "b");
    assert.deepEqual(
      rig.names().filter((name) => name !== "resume"),
      ["failover"],
    );
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "avoided");
  });

  test("is on trial anew where the player gave the first one up", async () => {
    const rig = await recovered();
    rig.linkBytesPerSecond = 20_000;
    const controller = new AbortController();
    const dropped = rig.load("http://a/low/1.m4s", "segment", controller.signal);
    await rig.pass(200);
    controller.abort();
    await assert.rejects(dropped);
    await rig.loads(ONE, "segment");
    assert.deepEqual(hosts(rig), ["a", "a"]);
  });
});

describe("a viewer without steering", () => {
  test("is back on the recovered primary within twenty seconds, ramp included", async () => {
    const rig = new Rig(undefined, undefined, { failbackRampMs: 8_000, dwellJitterMs: 1_000 });
    rig.random = () => 0.999;
    rig.linkBytesPerSecond = 400_000;
    const viewer = new Viewer(rig);
    viewer.opens();
    await viewer.watches(8);
    rig.set("a", { does: "hang" });
    await viewer.watches(10);
    rig.set("a", { does: "serve" });
    const healedMs = rig.nowMs;
    await viewer.watches(25);
    const back = viewer.served.find(({ pathway, atMs }) => pathway === "a" && atMs > healedMs);
    const afterMs = (back?.atMs ?? Number.NaN) - healedMs;
    assert.ok(afterMs > 8_000 && afterMs <= 20_000, `${afterMs} ms`);
  });
});
