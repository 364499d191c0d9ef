/** What a segment costs that has left the RAM tier: the long tail of a catalogue. */
import { startApplianceOnDisk } from "../systems/appliance.ts";
import { readObjects, startOrigin } from "../systems/origin.ts";
import { startPeer, warmPeer } from "../systems/peer.ts";
import type { LoadBench } from "./bench.ts";

const MEBIBYTE = 1024 * 1024;
const OBJECTS = 256;
const RAM_MEBIBYTES = 8;

export const EDGE_DISK: LoadBench = {
  kind: "load",
  name: "edge-disk",
  question: "What does a segment cost that is on disk only?",
  notes: [
    `The working set of ${OBJECTS} MiB is ${OBJECTS / RAM_MEBIBYTES} times our RAM tier, and each connection walks through it from another place. That our answers were read from files is proved by the bytes that the kernel counts as read by the process.`,
    "On both sides the kernel holds the files in memory: this is about the way from there to the socket, not about a disk. Varnish and ATS are left out: the one keeps its objects in memory, the other's RAM cache is switched off by hand only.",
  ],
  async open(stage, { connections }) {
    const origin = await startOrigin(stage);
    const objects = await readObjects(origin, { sizeBytes: MEBIBYTE, count: OBJECTS });
    const ours = await startApplianceOnDisk(stage, origin, {
      objects,
      ramMebibytes: RAM_MEBIBYTES,
    });
    const nginx = await startPeer(stage, "nginx", origin.url);
    const theirs = nginx === undefined ? [] : [await warmPeer(nginx, objects)];
    await origin.stop();
    return {
      entries: (connections === undefined ? [32, 256] : [connections]).map((count) => ({
        unit: { objectBytes: MEBIBYTE, objects: OBJECTS, connections: count },
        connections: count,
        systems: [ours, ...theirs],
      })),
      missing: nginx === undefined ? ["nginx"] : [],
    };
  },
};
