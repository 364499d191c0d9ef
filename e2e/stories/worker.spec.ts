/**
 * Players of others, as they come from npm, behind our service worker: the box that serves them fails in
 * mid-play, the picture goes on, and they are back on the box once it has healed.
 */
import { expect, type Page, test } from "playwright/test";
import {
  openPlayerPages,
  type PlayerName,
  type PlayerPages,
} from "../../bench/player-pages/player-pages.ts";
import type { FaultName } from "../../chaos/contract/faults.ts";
import { buildPlayerScript } from "../build-player-script.ts";
import { FAILBACK_LIMIT_MS, NO_STALL_SECONDS } from "../limits.ts";
import { noteFigure } from "../note-figure.ts";
import { Rig } from "../rig.ts";
import { Viewer } from "../viewer.ts";

const BUFFER_SECONDS = 6;
/** More than any of the players has in hand. */
const BEYOND_BUFFER_SECONDS = 9;

let rig: Rig;
let pages: PlayerPages;

test.beforeEach(async () => {
  const [register, worker] = await Promise.all([
    buildPlayerScript("register"),
    buildPlayerScript("worker"),
  ]);
  const scripts = new Map([
    ["/scripts/register-failover-worker.js", register],
    ["/understudy-worker.js", worker],
  ]);
  [rig, pages] = await Promise.all([Rig.start(), openPlayerPages(scripts)]);
  await rig.prefersOne();
});

test.afterEach(() => Promise.all([rig.close(), pages.close()]));

for (const [player, name, format, faults] of [
  ["shaka", "Shaka", "hls", ["hang-mid"]],
  ["vhs", "VHS", "hls", ["blackhole"]],
  ["dash", "dash.js", "dash", ["hang-mid"]],
] as const satisfies readonly (readonly [PlayerName, string, "hls" | "dash", FaultName[]])[]) {
  for (const fault of faults) {
    test(`${name} behind the worker, and ${fault} on the box that serves it: no stall, and back`, async ({
      page,
    }) => {
      const viewer = await opens(page, player, format);
      const primary = await viewer.settles();
      const before = await viewer.snapshot();

      await rig.breaks(primary, fault);
      await viewer.watches(BEYOND_BUFFER_SECONDS);
      const during = await viewer.snapshot();
      expect(during.servedBy).not.toBe(primary);
      expect(during.counts.failovers).toBeGreaterThan(before.counts.failovers);

      await rig.heals(primary);
      await viewer.isServedBy(primary, FAILBACK_LIMIT_MS);
      await viewer.watches(1);
      expect((await viewer.snapshot()).counts.failbacks).toBeGreaterThan(before.counts.failbacks);
      const lines = await page
        .getByTestId("video")
        .evaluate((video: HTMLVideoElement) => video.videoHeight);
      noteFigure(`${lines} lines`);
      const picture = await viewer.picture();
      expect(picture.frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
      expect(picture.framesPerSecond).toBeGreaterThan(12);
    });
  }
}

async function opens(page: Page, player: PlayerName, format: "hls" | "dash"): Promise<Viewer> {
  const viewer = new Viewer(page);
  const [source = "", ...otherSources] = await rig.filmSources(format);
  const wishes = { source, otherSources, bufferSeconds: BUFFER_SECONDS, worker: true };
  await viewer.opens(pages.urlOf(player, wishes));
  await viewer.watches(2);
  return viewer;
}
