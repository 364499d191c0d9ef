/** Appliances that join a running session as clones, and go again. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { Rig } from "./wire.rig.ts";

const clone = (id: string, host: string) => ({
  "BASE-ID": "a",
  ID: id,
  "URI-REPLACEMENT": { HOST: host },
});
function steered(priority: readonly string[], clones: readonly object[] = []) {
  return () =>
    new Response(
      JSON.stringify({
        VERSION: 1,
        TTL: 2,
        "PATHWAY-PRIORITY": priority,
        "PATHWAY-CLONES": clones,
      }),
    );
}

async function watching(): Promise<{ rig: Rig; viewer: Viewer }> {
  const rig = new Rig();
  rig.linkBytesPerSecond = 400_000;
  rig.steering = steered(["a", "b", "c"]);
  const viewer = new Viewer(rig);
  viewer.opens();
  await viewer.watches(8);
  assert.equal(viewer.route(), "a");
  return { rig, viewer };
}

describe("an appliance that joins", () => {
  test("serves when steering prefers it, and is one pathway among others", async () => {
    const { rig, viewer } = await watching();
    rig.steering = steered(["d", "a", "b", "c"], [clone("d", "d:81")]);
    await viewer.watches(10);
    assert.equal(viewer.route(), "ad");
    assert.equal(rig.transport.snapshot().pathways[0]?.host, "http://d:81");
    assert.deepEqual(rig.all("steering").at(-1)?.order, ["d", "a", "b", "c"]);
    assert.deepEqual(rig.all("failover")[0]?.reason, "steering-order");
  });

  test("takes over where all that the playlist lists have died, with every byte that is held", async () => {
    const { rig, viewer } = await watching();
    rig.steering = steered(["a", "b", "c", "d"], [clone("d", "d:81")]);
    await viewer.watches(4);
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "hang" });
    await viewer.watches(20);
    assert.equal(viewer.route(), "ad");
    assert.equal(viewer.stalledMs, 0);
  });

  test("serves on when it is no longer offered, until somebody better is named", async () => {
    const { rig, viewer } = await watching();
    rig.steering = steered(["d", "a", "b", "c"], [clone("d", "d:81")]);
    await viewer.watches(8);
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "refuse" });
    rig.steering = steered(["a", "b", "c"]);
    await viewer.watches(12);
    assert.equal(viewer.route(), "ad");
    assert.equal(viewer.stalledMs, 0);

    rig.set("b", { does: "serve" });
    await viewer.watches(15);
    assert.equal(viewer.route(), "adb");
    assert.equal(viewer.stalledMs, 0);
    const ids = rig.transport.snapshot().pathways.map(({ id }) => id);
    assert.deepEqual(ids, ["a", "b", "c"], "and then it is gone");
  });

  test("fails over like any other, with steering down", async () => {
    const { rig, viewer } = await watching();
    rig.steering = steered(["d", "a", "b", "c"], [clone("d", "d:81")]);
    await viewer.watches(8);
    rig.steering = () => new Response("down", { status: 503 });
    rig.set("d:81", { does: "hang" });
    await viewer.watches(10);
    assert.equal(viewer.route(), "ada");
    rig.set("d:81", { does: "serve" });
    await viewer.watches(15);
    assert.equal(viewer.route(), "adad");
    assert.equal(viewer.stalledMs, 0);
  });

  test("is found at its new place where hundreds have come and gone since", async () => {
    const { rig, viewer } = await watching();
    rig.steering = steered(["a"], [clone("d", "d:81")]);
    await viewer.watches(4);
    for (let turn = 0; turn < 6; turn += 1) {
      const crowd = Array.from({ length: 60 }, (_, index) => clone(`x${turn}-${index}`, "x:1"));
      rig.steering = steered(["a"], crowd);
      await viewer.watches(3);
    }
    rig.steering = steered(["d", "a", "b", "c"], [clone("d", "d:82")]);
    await viewer.watches(8);
    assert.equal(rig.transport.snapshot().pathways[0]?.host, "http://d:82");
    assert.equal(viewer.route(), "ad");
  });
});
