/**
 * From the first byte that did not come to the first request to another pathway: soon, in every manner of
 * dying and with any number of renditions; and what was here already is not fetched again.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Viewer } from "./viewer.rig.ts";
import { type Behaviour, Rig, STEERED, type WireRequest } from "./wire.rig.ts";

const LIMIT_MS = 1_500;
const AGAIN_LIMIT_BYTES = 65_536;
const LINK_BYTES_PER_SECOND = 400_000;
const FAULTS: readonly (readonly [name: string, behaviour: Behaviour])[] = [
  ["refuse", { does: "refuse" }],
  ["blackhole", { does: "hang" }],
  ["hang-mid", { does: "hang-mid" }],
  ["status-503", { does: "status", status: 503 }],
  ["truncate", { does: "cut" }],
  ["trickle", { does: "trickle", bytesPerSecond: 8_000 }],
];
const MOMENTS_MS = [0, 300, 700, 1_100, 1_600, 1_900];

/** Every pathway with so many renditions; the viewer plays two of them. */
function ladderOf(renditions: number): string {
  const more = Array.from(
    { length: renditions - 2 },
    (
      _,
      index,
    ) => `#EXT-X-STREAM-INF:BANDWIDTH=${index + 3},PATHWAY-ID="a",STABLE-VARIANT-ID="r${index}",AUDIO="a:sound"
http://a/r${index}.m3u8
`,
  ).join("");
  return (
    STEERED +
    ["a", "b", "c"].map((id) => more.replaceAll(/"a|\/a\//g, (at) => at.replace("a", id))).join("")
  );
}

/** Milliseconds from the first request that the fault broke to the first one to another pathway. */
function waitedMs(requests: readonly WireRequest[], faultMs: number): number {
  const isMedia = ({ host }: WireRequest) => host !== "steering";
  const broken = requests.filter(({ host, servedMs }) => host === "a" && servedMs === undefined);
  const fromMs = Math.min(...broken.map(({ atMs }) => Math.max(atMs, faultMs)));
  const toMs = requests.find(
    (one) => isMedia(one) && one.host !== "a" && one.atMs >= faultMs,
  )?.atMs;
  return (toMs ?? Number.NaN) - fromMs;
}

for (const isLive of [false, true]) {
  describe(`the first request to the backup in a ${isLive ? "live channel" : "film"}`, () => {
    for (const renditions of [2, 12]) {
      for (const [name, behaviour] of FAULTS) {
        test(`${renditions} renditions, ${name}`, async (t) => {
          const waits: number[] = [];
          let againBytes = 0;
          for (const momentMs of MOMENTS_MS) {
            const rig = new Rig(undefined, ladderOf(renditions));
            rig.isLive = isLive;
            rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
            const viewer = new Viewer(rig);
            viewer.opens();
            await viewer.watches(8);
            await viewer.watches(momentMs / 1_000);
            rig.set("a", behaviour);
            const faultMs = rig.nowMs;
            const earlier = rig.requests.length;
            await viewer.watches(6);
            waits.push(waitedMs(rig.requests, faultMs));
            againBytes = Math.max(againBytes, rig.bytesSentAgain(earlier));
          }
          const worstMs = Math.max(...waits);
          t.diagnostic(`worst ${worstMs} ms, ${againBytes} bytes again`);
          assert.ok(worstMs <= LIMIT_MS, `${waits}`);
          assert.ok(againBytes <= AGAIN_LIMIT_BYTES, `${againBytes} bytes again`);
        });
      }
    }
  });
}
