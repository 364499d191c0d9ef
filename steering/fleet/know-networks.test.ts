import assert from "node:assert/strict";
import { test } from "node:test";
import { distanceBetween, type RegionDistances } from "../core/ranking/network-distance.ts";
import { knowNetworks } from "./know-networks.ts";

function openRig() {
  let published: RegionDistances | undefined;
  let times = 0;
  const networks = knowNetworks({
    board: {
      useDistances(distances) {
        published = distances;
        times += 1;
      },
    },
    hasNodes: (region) => region === "west",
    policy: { farthestMs: 200, minSamples: 3, maxPairs: 10 },
  });
  const distance = (from: string, to: string) =>
    published === undefined ? undefined : distanceBetween(published, { from, to });
  return { networks, distance, times: () => times };
}

test("an address is in the region of the narrowest network that holds it", () => {
  const { networks } = openRig();
  networks.use({
    pathways: [],
    networks: [
      { cidr: "10.0.0.0/8", region: "east" },
      { cidr: "10.9.0.0/16", region: "west" },
    ],
    distances: [],
  });
  const regions = ["10.1.2.3", "10.9.2.3", "::ffff:10.9.0.1", "192.0.2.1", "nonsense"];
  assert.deepEqual(regions.map(networks.regionOfAddress), [
    "east",
    "west",
    "west",
    undefined,
    undefined,
  ]);
});
test("what players measure counts once there is enough of it, and is told once", () => {
  const { networks, distance, times } = openRig();
  for (let sample = 0; sample < 3; sample += 1) {
    networks.noteRoundTrip({ from: "east", to: "west" }, 50);
    networks.settle();
  }
  assert.equal(distance("east", "west"), 0.25);
  networks.settle();
  assert.equal(times(), 3);
});
test("what the operator wrote counts before what was measured", () => {
  const { networks, distance } = openRig();
  for (let sample = 0; sample < 9; sample += 1) {
    networks.noteRoundTrip({ from: "east", to: "west" }, 200);
  }
  networks.use({
    pathways: [],
    networks: [],
    distances: [{ from: "east", to: "west", distance: 0.1 }],
  });
  assert.deepEqual([distance("east", "west"), distance("west", "east")], [0.1, 0.1]);
});
test("made-up regions take the place of none that nodes, networks or distances name", () => {
  const { networks, distance } = openRig();
  networks.use({
    pathways: [],
    networks: [{ cidr: "10.0.0.0/8", region: "north" }],
    distances: [{ from: "south", to: "elsewhere", distance: 0.5 }],
  });
  const flood = () => {
    for (let at = 0; at < 300; at += 1) {
      networks.noteRoundTrip({ from: `made-up-${at}`, to: "west" }, 1);
    }
  };
  flood();
  for (const from of ["north", "south", "made-up-299"]) {
    for (let sample = 0; sample < 3; sample += 1) {
      networks.noteRoundTrip({ from, to: "west" }, 50);
      if (from !== "made-up-299") flood();
    }
  }
  networks.settle();
  assert.deepEqual([distance("north", "west"), distance("south", "west")], [0.25, 0.25]);
  assert.ok(
    (distance("made-up-299", "west") ?? 1) < 1,
    "who is nowhere that we know is measured too",
  );
});
