/** A page's own `fetch` that fails in its own ways, as where it cannot get a token: once, and then no more. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { watching } from "./viewer.rig.ts";
import { MASTER, Rig, STEERED } from "./wire.rig.ts";

const noToken = () => {
  throw new Error("no token");
};

describe("a page's own fetch that fails for a while", () => {
  test("for probes: the host is probed again, and returned to", async () => {
    const rig = new Rig();
    rig.linkBytesPerSecond = 400_000;
    const viewer = await watching(rig);
    rig.set("a", { does: "refuse" });
    await viewer.watches(3);
    rig.set("a", { does: "answer", with: noToken });
    await viewer.watches(4);
    rig.set("a", { does: "serve" });
    await viewer.watches(12);
    assert.equal(viewer.route(), "aba");
  });
  test("for steering: it is asked again", async () => {
    const rig = new Rig([MASTER], STEERED);
    let isFailing = true;
    let asked = 0;
    rig.steering = () => {
      asked += 1;
      if (isFailing) noToken();
      return Response.json({ VERSION: 1, TTL: 10, "PATHWAY-PRIORITY": ["b", "a"] });
    };
    await rig.open();
    await rig.pass(2_000);
    assert.ok(asked > 0);
    isFailing = false;
    await rig.pass(60_000);
    assert.equal(rig.transport.snapshot().steering, "following");
  });
});
