/**
 * All of playing while a host dies: keys, byte ranges, captions, low-latency parts, separate sound, gaps,
 * other rates, and a link that comes and goes. Each on a stream that is packaged so, and no fleet.
 */
import { type BrowserContext, expect, test } from "playwright/test";
import type { PlayerEvents } from "../../player/contract/player-events.ts";
import { NO_STALL_SECONDS, UNSTEERED_FAILBACK_LIMIT_MS } from "../limits.ts";
import { type Stream, TwoPathways } from "../two-pathways.ts";
import { Viewer } from "../viewer.ts";

const BUFFER_SECONDS = 6;
const ANY = /^/;

test.describe.configure({ mode: "parallel" });

let rig: TwoPathways;
test.beforeAll(async () => {
  rig = await TwoPathways.start();
});
test.afterEach(() => rig.heals("primary"));
test.afterAll(() => rig.close());

async function watcherOf(stream: Stream, context: BrowserContext): Promise<Viewer> {
  const viewer = new Viewer(await context.newPage());
  await viewer.opens(rig.pageOf(stream, BUFFER_SECONDS));
  await viewer.watches(3);
  return viewer;
}

async function told({ page }: Viewer): Promise<readonly (keyof PlayerEvents)[]> {
  return page.evaluate(() =>
    (window as unknown as { told: { name: keyof PlayerEvents }[] }).told.map(({ name }) => name),
  );
}

async function cueOf({ page }: Viewer): Promise<string> {
  return page
    .getByTestId("video")
    .evaluate((video: HTMLVideoElement) =>
      Array.from(video.textTracks[0]?.activeCues ?? [], (cue) => (cue as VTTCue).text).join(),
    );
}

async function seesNoFreeze(viewer: Viewer): Promise<void> {
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
}

test("keys, byte ranges, captions, a gap and twice the rate: the primary falls silent in mid-play, and nobody sees it", async ({
  context,
}) => {
  const streams = ["keys", "ranges", "captions", "gap", "captions"] as const;
  const viewers = await Promise.all(streams.map((stream) => watcherOf(stream, context)));
  const [, , captions, gap, fast] = viewers as [Viewer, Viewer, Viewer, Viewer, Viewer];
  await fast.playsAtRate(2);
  rig.goesSilent("primary", ANY);
  await Promise.all(viewers.map((viewer) => viewer.watches(viewer === fast ? 26 : 13)));
  for (const viewer of viewers) {
    expect((await viewer.counts()).failovers).toBe(1);
    expect((await viewer.snapshot()).servedBy).toBe(rig.idOf("backup"));
    expect(await told(viewer)).not.toContain("error");
    await seesNoFreeze(viewer);
  }
  // The film has another key from second 16 on, which only the backup could give.
  expect(rig.asked("backup", /video-2\.key$/)).toHaveLength(1);
  // Captions that were loaded after the fault are on the screen.
  expect(await cueOf(captions)).toMatch(/^From second (12|16|20) on$/);
  // Nobody was asked for what nobody has.
  for (const pathway of ["primary", "backup"] as const) {
    expect(rig.asked(pathway, /gap\/(video|audio)-005\.m4s/)).toEqual([]);
  }

  rig.heals("primary");
  const others = viewers.filter((viewer) => viewer !== fast);
  await Promise.all(
    others.map((viewer) => viewer.isServedBy(rig.idOf("primary"), UNSTEERED_FAILBACK_LIMIT_MS)),
  );
  for (const viewer of others) await seesNoFreeze(viewer);
  expect(await gap.currentTime()).toBeGreaterThan(10);
});

test("the sound alone falls silent: picture and sound go on, and do not go back before it is well", async ({
  context,
}) => {
  const viewer = await watcherOf("ranges", context);
  rig.goesSilent("primary", /audio/);
  await viewer.watches(13);
  expect(await viewer.counts()).toMatchObject({ failovers: 1, failbacks: 0 });
  await seesNoFreeze(viewer);
  rig.heals("primary");
  await viewer.isServedBy(rig.idOf("primary"), UNSTEERED_FAILBACK_LIMIT_MS);
  await seesNoFreeze(viewer);
});

test("a low-latency channel whose answers are held: no failover while all is well, and one when it is not", async ({
  context,
}) => {
  const viewer = await watcherOf("live", context);
  await viewer.watches(3);
  expect((await viewer.counts()).failovers).toBe(0);
  expect(rig.asked("primary", /_HLS_msn=\d+&_HLS_part=\d/).length).toBeGreaterThan(3);
  expect(rig.asked("primary", /video-\d+\.\d\.m4s/).length).toBeGreaterThan(0);

  rig.goesSilent("primary", ANY);
  await viewer.watches(12);
  expect((await viewer.counts()).failovers).toBe(1);
  rig.heals("primary");
  await viewer.isServedBy(rig.idOf("primary"), UNSTEERED_FAILBACK_LIMIT_MS);
  await viewer.watches(2);
  await seesNoFreeze(viewer);
});

test("a channel that each host names in its own way: hls.js follows from one to the other and back", async ({
  context,
}) => {
  const viewer = await watcherOf("own-names", context);
  rig.goesSilent("primary", ANY);
  await viewer.watches(12);
  expect((await viewer.snapshot()).servedBy).toBe(rig.idOf("backup"));
  rig.heals("primary");
  await viewer.isServedBy(rig.idOf("primary"), UNSTEERED_FAILBACK_LIMIT_MS);
  await viewer.watches(2);
  expect(await told(viewer)).not.toContain("error");
  expect(await viewer.counts()).toMatchObject({ failovers: 1, failbacks: 1 });
  await seesNoFreeze(viewer);
});

test("a viewer who is offline blames nobody, and goes on by itself once online", async ({
  context,
}) => {
  const viewer = await watcherOf("keys", context);
  const { bufferSeconds } = await viewer.snapshot();
  await context.setOffline(true);
  await expect
    .poll(async () => (await viewer.snapshot()).bufferSeconds, { timeout: 20_000 })
    .toBeLessThan(0.2);
  await context.setOffline(false);
  await viewer.seesPictureWithin(1_500);
  await viewer.watches(bufferSeconds + 2);
  expect((await viewer.snapshot()).servedBy).toBe(rig.idOf("primary"));
  expect((await told(viewer)).filter((name) => name !== "resume")).toEqual([
    "degraded",
    "degraded",
  ]);
});
