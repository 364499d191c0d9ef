/** A page that opens while its first host is dead in any manner shows a picture within two seconds. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { type Behaviour, MASTER, Rig, STEERED } from "./wire.rig.ts";

const FIRST_FRAME_LIMIT_MS = 2_000;
const LINK_BYTES_PER_SECOND = 400_000;
const FAULTS: readonly (readonly [name: string, behaviour: Behaviour])[] = [
  ["refuse", { does: "refuse" }],
  ["blackhole", { does: "hang" }],
  ["hang-mid", { does: "hang-mid" }],
  ["trickle", { does: "trickle", bytesPerSecond: 8_000 }],
  ["a trickle that playlists take seconds for", { does: "trickle", bytesPerSecond: 1_000 }],
  ["status-503", { does: "status", status: 503 }],
  ["truncate", { does: "cut" }],
  ["garbage", { does: "html" }],
];
/** The playlist lies on the pathways' own hosts, the dead one first. */
const DIRECT = ["http://a/master.m3u8", "http://b/master.m3u8", "http://c/master.m3u8"];
/** Or at steering's, which is well or as dead as the first pathway. */
const STEERING = [MASTER, ...DIRECT];

for (const isLive of [false, true]) {
  describe(`the first frame of a ${isLive ? "live channel" : "film"}`, () => {
    for (const [where, sources, dead] of [
      ["the first source and pathway", DIRECT, ["a"]],
      ["the first pathway", STEERING, ["a"]],
      ["steering and the first pathway", STEERING, ["steering", "a"]],
    ] as const) {
      for (const [name, behaviour] of FAULTS) {
        test(`${where} dead by ${name}`, async () => {
          const rig = new Rig(sources, STEERED);
          rig.isLive = isLive;
          rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
          for (const host of dead) rig.set(host, behaviour);
          const viewer = new Viewer(rig);
          viewer.opens();
          await viewer.watches(10);
          const atMs = viewer.firstFrameMs ?? Number.NaN;
          assert.ok(atMs <= FIRST_FRAME_LIMIT_MS, `${atMs} ms`);
          assert.equal(viewer.stalledMs, 0);
        });
      }
    }
  });
}
