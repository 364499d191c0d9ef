/** What fails because the page slept, or because the viewer's own link is gone, speaks against no host. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { ONE, POLICY, Rig, SEGMENT, TWO } from "./wire.rig.ts";

const states = (rig: Rig) =>
  rig.transport
    .snapshot()
    .pathways.map(({ state }) => state)
    .join(" ");
const ALL_WELL = "well well well";

async function watching(setUp: (rig: Rig) => void = () => undefined) {
  const rig = new Rig();
  setUp(rig);
  const viewer = new Viewer(rig);
  viewer.opens();
  await viewer.watches(10);
  return { rig, viewer };
}

describe("a page that has slept", () => {
  for (const clock of ["runs", "stops"] as const) {
    test(`goes on where it was, and blames nobody (its clock ${clock})`, async () => {
      const { rig, viewer } = await watching((set) => {
        set.linkBytesPerSecond = 60_000;
      });
      await rig.sleeps(3_600_000, clock);
      viewer.stalledMs = 0;
      await viewer.watches(10);
      assert.equal(states(rig), ALL_WELL);
      assert.deepEqual(rig.names(), []);
      assert.equal(viewer.served.at(-1)?.pathway, "a");
      assert.deepEqual(viewer.failures, []);
    });
  }

  test("asks again for what was under way, and keeps what had come", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "hang-mid" });
    const loading = rig.load(ONE);
    await rig.pass(200);
    // The connection dies without a word: only the clock tells.
    rig.nowMs += 60_000;
    await rig.pass(100);
    rig.set("a", { does: "serve" });
    await rig.pass(100);
    assert.equal((await loading).body.byteLength, SEGMENT.length);
    assert.ok(rig.asked.includes(`${ONE} bytes=400-`));
    assert.equal(states(rig), ALL_WELL);
  });

  test("blames a host that is dead long after it woke", async () => {
    const rig = await new Rig().open();
    await rig.sleeps(60_000);
    await rig.pass(POLICY.ownTroubleGraceMs + 1_000);
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    assert.equal(states(rig), "avoided well well");
  });
});

describe("a viewer whose own link is gone", () => {
  test("blames nobody, and goes on within a second of its return", async () => {
    const { rig, viewer } = await watching();
    await rig.losesItsLink();
    await viewer.watches(30);
    assert.equal(states(rig), ALL_WELL);
    assert.equal(rig.transport.snapshot().degraded, true);

    viewer.stalledMs = 0;
    rig.isOnline = true;
    await viewer.watches(10);
    assert.ok(viewer.stalledMs <= 1_000, `${viewer.stalledMs} ms`);
    assert.equal(rig.transport.snapshot().degraded, false);
    assert.equal(viewer.served.at(-1)?.pathway, "a");
    assert.equal(rig.names().join(" "), "degraded degraded");
  });

  test("sends no probe until it is back", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    await rig.losesItsLink();
    rig.asked.length = 0;
    await rig.pass(5_000);
    assert.deepEqual(
      rig.asked.filter((url) => url.includes("bytes=")),
      [],
    );
  });

  test("is not believed to be one while its requests are answered", async () => {
    const rig = new Rig();
    // A machine with nothing but loopback says that it is offline, and is not.
    rig.saysOffline = true;
    await rig.pass(200);
    await rig.open();
    rig.set("a", { does: "refuse" });
    await rig.load(TWO);
    assert.equal(states(rig), "avoided well well");
    assert.deepEqual(rig.names(), ["failover"]);
  });
});

describe("a page that is late", () => {
  for (const lateMs of [300, 700, 1_500, 4_000]) {
    test(`by ${lateMs} ms now and then leaves nobody`, async () => {
      const { rig, viewer } = await watching((set) => {
        set.linkBytesPerSecond = 80_000;
      });
      for (let times = 0; times < 20; times += 1) {
        // Nothing is read and no loop runs; what came in the meantime lies there to be read.
        rig.nowMs += lateMs;
        await viewer.watches(1.3);
      }
      assert.equal(states(rig), ALL_WELL);
      assert.deepEqual(rig.names(), []);
    });
  }
});
