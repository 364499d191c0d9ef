/** Ten minutes of play: certainty costs next to nothing, and a primary that stays dead costs no frame. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { type Behaviour, Rig } from "./wire.rig.ts";

const LINK_BYTES_PER_SECOND = 400_000;
const MINUTES = 10;
const EXTRA_SHARE = 0.02;
/** Of what is delivered, and once for what may be spent in advance. */
const PROBING_SHARE = 0.05;
const PROBES_PER_SECOND = 0.5;

async function watchingChannel() {
  const rig = new Rig();
  rig.isLive = true;
  rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
  const viewer = new Viewer(rig);
  viewer.opens();
  await viewer.watches(20);
  return { rig, viewer };
}

/** What came over the wire beyond what the media player was given, as a share of that. */
function extraShare(rig: Rig): number {
  const sentBytes = rig.requests.reduce((sum, request) => sum + request.sentBytes, 0);
  return sentBytes / rig.transport.snapshot().bytes.delivered - 1;
}

describe(`${MINUTES} minutes of a live channel`, () => {
  test("with everybody well, on a link that breathes: nothing is hedged, moved or asked twice", async () => {
    const { rig, viewer } = await watchingChannel();
    for (let minute = 0; minute < MINUTES * 6; minute += 1) {
      rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND / (1 + (minute % 4));
      await viewer.watches(10);
    }
    assert.deepEqual(rig.names(), []);
    assert.equal(viewer.stalledMs, 0);
    assert.ok(extraShare(rig) <= EXTRA_SHARE, `${extraShare(rig)}`);
  });

  for (const [name, behaviour] of [
    ["refuses", { does: "refuse" }],
    ["hangs", { does: "hang" }],
    ["hangs in mid-body", { does: "hang-mid" }],
    ["cuts bodies short", { does: "cut" }],
    ["answers 503", { does: "status", status: 503 }],
    ["trickles", { does: "trickle", bytesPerSecond: 8_000 }],
    ["is slower than real time", { does: "trickle", bytesPerSecond: 20_000 }],
  ] as const satisfies readonly (readonly [string, Behaviour])[]) {
    test(`with a primary that ${name}: no stall, one move, probes at their pace that cost next to nothing`, async () => {
      const { rig, viewer } = await watchingChannel();
      rig.set("a", behaviour);
      await viewer.watches(10);
      const deadSinceMs = rig.nowMs;
      await viewer.watches(MINUTES * 60);
      assert.equal(viewer.stalledMs, 0);
      assert.deepEqual(
        rig.names().filter((told) => told !== "resume"),
        ["failover"],
      );
      assert.equal(viewer.route(deadSinceMs), "b");
      const probes = rig.requests.filter(({ host, atMs }) => host === "a" && atMs > deadSinceMs);
      assert.ok(probes.length >= MINUTES * 60 * PROBES_PER_SECOND, `${probes.length} probes`);
      assert.ok(extraShare(rig) <= PROBING_SHARE, `${extraShare(rig)}`);
    });
  }
});
