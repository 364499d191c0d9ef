/**
 * Players of others, as they come from npm, follow our steering: what they ask for, and of whom, is
 * seen at the edge of the page.
 */
import { expect, type Page, test } from "playwright/test";
import {
  openPlayerPages,
  type PlayerName,
  type PlayerPages,
} from "../../bench/player-pages/player-pages.ts";
import type { SteeringManifest } from "../../steering/contract/steering-manifest.ts";
import { NO_STALL_SECONDS } from "../limits.ts";
import { noteFigure } from "../note-figure.ts";
import { type Node, SteeredFleet } from "../steered-fleet.ts";
import { Viewer } from "../viewer.ts";

const MOVE_LIMIT_MS = 15_000;
/** Little, so that a move is soon seen. */
const BUFFER_SECONDS = 6;
/** Enough to be sure that a player has not merely looked in. */
const SEGMENTS_IN_A_ROW = 4;

let fleet: SteeredFleet;
let pages: PlayerPages;

test.beforeEach(async () => {
  [fleet, pages] = await Promise.all([SteeredFleet.start(2), openPlayerPages()]);
});

test.afterEach(() => Promise.all([fleet.close(), pages.close()]));

for (const [player, name, file] of [
  ["hls", "hls.js", "master.m3u8"],
  ["shaka", "Shaka", "master.m3u8"],
  ["vhs", "VHS", "master.m3u8"],
  ["dash", "dash.js", "manifest.mpd"],
] as const) {
  test(`${name} leaves an appliance that is drained, and returns when it must`, async ({
    page,
  }) => {
    const { viewer, traffic } = await opens(page, player, file);
    const first = await traffic.servedBy();
    const other = fleet.nodes.find((node) => node !== first) as Node;

    await fleet.drains(first);
    await traffic.comesFrom(other);

    await fleet.undrains(first);
    await fleet.drains(other);
    await traffic.comesFrom(first);
    expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
  });
}

test("hls.js moves to an appliance that joined while it played", async ({ page }) => {
  const { viewer, traffic } = await opens(page, "hls", "master.m3u8");
  const before = [...fleet.nodes];

  const joined = await fleet.joins();
  await traffic.isOfferedAsClone(joined);
  for (const node of before) await fleet.drains(node);
  await traffic.comesFrom(joined);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

test("VHS, which would freeze on a clone, plays on without one", async ({ page }) => {
  const { viewer, traffic } = await opens(page, "vhs", "master.m3u8");
  const first = await traffic.servedBy();
  const other = fleet.nodes.find((node) => node !== first) as Node;

  await fleet.joins();
  await fleet.areUp();
  await fleet.drains(first);
  // Only now would it look at clones, and go to one when there is nothing else.
  await traffic.comesFrom(other);
  await fleet.drains(other);
  await viewer.watches(10);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

async function opens(page: Page, player: PlayerName, file: "master.m3u8" | "manifest.mpd") {
  const traffic = watchTraffic(page);
  const viewer = new Viewer(page);
  await viewer.opens(
    pages.urlOf(player, { source: await fleet.film(file), bufferSeconds: BUFFER_SECONDS }),
  );
  await viewer.watches(1);
  return { viewer, traffic };
}

/** Whom the page asks for segments, and what it is told by steering. */
function watchTraffic(page: Page) {
  const segmentPorts: number[] = [];
  let manifest: SteeringManifest | undefined;
  page.on("request", (request) => {
    const { pathname, port } = new URL(request.url());
    if (pathname.endsWith(".m4s")) segmentPorts.push(Number(port));
  });
  page.on("response", async (response) => {
    if (!response.url().includes("/v1/steer/")) return;
    // Of an answer that comes as the page closes there is no body.
    manifest = await response.json().catch(() => manifest);
  });
  return {
    async servedBy(): Promise<Node> {
      const port = segmentPorts.at(-1);
      const node = fleet.nodes.find((one) => one.port === port);
      if (node === undefined) throw new Error(`No appliance has port ${port}`);
      return node;
    },
    async comesFrom(node: Node): Promise<void> {
      const fromMs = performance.now();
      const lastPorts = () => new Set(segmentPorts.slice(-SEGMENTS_IN_A_ROW));
      await expect
        .poll(lastPorts, { message: `segments of ${node.id}`, timeout: MOVE_LIMIT_MS })
        .toEqual(new Set([node.port]));
      const seconds = ((performance.now() - fromMs) / 1_000).toFixed(1);
      noteFigure(`${SEGMENTS_IN_A_ROW} segments of ${node.id} after ${seconds} s`);
    },
    async isOfferedAsClone(node: Node): Promise<void> {
      await expect
        .poll(() => manifest?.["PATHWAY-CLONES"]?.map(({ ID }) => ID).join(" ") ?? "", {
          message: `${node.id} is offered`,
          timeout: MOVE_LIMIT_MS,
        })
        .toContain(`${node.id}.`);
    },
  };
}
