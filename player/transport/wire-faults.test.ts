/** The five faults of the wire, as a viewer meets them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { type Behaviour, Rig } from "./wire.rig.ts";

const FAULTS: readonly (readonly [name: string, behaviour: Behaviour])[] = [
  ["blackhole", { does: "hang" }],
  ["hang-mid", { does: "hang-mid" }],
  ["status-503", { does: "status", status: 503 }],
  ["truncate", { does: "cut" }],
  ["trickle", { does: "trickle", bytesPerSecond: 8_000 }],
];
const MODES = ["film", "live"] as const;
/** Slow enough for bodies to be under way when a fault begins. */
const LINK_BYTES_PER_SECOND = 400_000;
const FAILBACK_LIMIT_MS = 10_000;
const FIRST_FRAME_LIMIT_MS = 3_000;

function rigFor(mode: (typeof MODES)[number]): Rig {
  const rig = new Rig();
  rig.isLive = mode === "live";
  rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
  return rig;
}

async function watching(mode: (typeof MODES)[number], seconds = 8) {
  const rig = rigFor(mode);
  const viewer = new Viewer(rig);
  viewer.opens();
  await viewer.watches(seconds);
  assert.equal(viewer.route(), "a");
  return { rig, viewer };
}

for (const mode of MODES) {
  describe(`a viewer of a ${mode}`, () => {
    for (const [name, behaviour] of FAULTS) {
      // The moments differ in what is under way: playlists, heads, bodies, or nothing.
      for (const momentMs of [0, 300, 700, 1_100, 1_600]) {
        test(`${name} ${momentMs} ms into a segment: no stall, one failover, and back in time`, async () => {
          const { rig, viewer } = await watching(mode);
          await viewer.watches(momentMs / 1_000);
          rig.set("a", behaviour);
          await viewer.watches(20);
          assert.equal(viewer.stalledMs, 0);
          assert.equal(viewer.served.at(-1)?.pathway, "b");

          const healedMs = rig.nowMs;
          rig.set("a", { does: "serve" });
          await viewer.watches(15);
          const back = viewer.served.find(
            ({ pathway, atMs }) => pathway === "a" && atMs > healedMs,
          );
          const afterMs = (back?.atMs ?? Number.NaN) - healedMs;
          assert.ok(afterMs <= FAILBACK_LIMIT_MS, `back after ${afterMs} ms`);
          assert.equal(viewer.stalledMs, 0);
          assert.deepEqual(
            rig.names().filter((told) => told !== "resume"),
            ["failover", "failback"],
          );
          assert.deepEqual(viewer.failures, []);
        });
      }

      test(`${name} before the page opens: a first frame all the same`, async () => {
        const rig = rigFor(mode);
        rig.set("a", behaviour);
        const viewer = new Viewer(rig);
        viewer.opens();
        await viewer.watches(12);
        assert.ok(
          (viewer.firstFrameMs ?? Number.NaN) <= FIRST_FRAME_LIMIT_MS,
          `${viewer.firstFrameMs} ms`,
        );
        assert.equal(viewer.stalledMs, 0);
        assert.equal(viewer.served.at(-1)?.pathway, "b");
      });

      test(`${name} on the backup too, while it takes over: the third serves`, async () => {
        const { rig, viewer } = await watching(mode);
        rig.set("a", behaviour);
        for (let waitedMs = 0; rig.names().length === 0 && waitedMs < 10_000; waitedMs += 100) {
          await rig.pass(100);
        }
        rig.set("b", behaviour);
        await viewer.watches(20);
        assert.equal(viewer.stalledMs, 0);
        assert.equal(viewer.served.at(-1)?.pathway, "c");
      });
    }
  });
}
