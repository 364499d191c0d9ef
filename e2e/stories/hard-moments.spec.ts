/** The moments at which a fault hurts most: at the start, in a seek, in a pause, out of sight, and twice. */
import { expect, test } from "playwright/test";
import {
  FAILBACK_LIMIT_MS,
  FIRST_FRAME_LIMIT_MS,
  NO_STALL_SECONDS,
  SHORT_BUFFER,
} from "../limits.ts";
import { Rig } from "../rig.ts";
import { Viewer } from "../viewer.ts";

let rig: Rig;
let preferred: string;
let film: string;
let channel: string;
test.beforeEach(async () => {
  rig = await Rig.start();
  preferred = await rig.prefersOne();
  const pages = await rig.watchPages();
  film = pages.film + SHORT_BUFFER;
  channel = pages.channel + SHORT_BUFFER;
});
test.afterEach(() => rig.close());

for (const what of ["film", "channel"] as const) {
  test(`a ${what} opened while its primary is a black hole shows its first frame within 3 s`, async ({
    page,
  }) => {
    const url = what === "film" ? film : channel;
    await rig.breaks(preferred, "blackhole");
    const viewer = new Viewer(page);
    await viewer.opens(url);
    expect(await viewer.firstFrameAfterMs()).toBeLessThan(FIRST_FRAME_LIMIT_MS);
    await viewer.watches(5);
    expect(await viewer.servedBy()).not.toBe(preferred);
    // It was the black hole that was asked first.
    expect((await viewer.snapshot()).counts.failovers).toBeGreaterThan(0);
    expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
  });
}

test("a page opened while steering is down and its first source a black hole shows its first frame within 3 s", async ({
  page,
}) => {
  const [first] = await rig.appliances();
  await rig.act("steering", "kill");
  await rig.breaks(first ?? "", "blackhole");
  const viewer = new Viewer(page);
  await viewer.opens(film);
  expect(await viewer.firstFrameAfterMs()).toBeLessThan(FIRST_FRAME_LIMIT_MS);
  await viewer.watches(5);
});

test("a viewer who seeks while the primary hangs sees the new place at once", async ({ page }) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.watches(2);
  const primary = await viewer.settles();

  await rig.breaks(primary, "hang-mid");
  await viewer.seeksTo(40);
  await viewer.seesPictureWithin(3_000);
  await viewer.watches(4);
  await rig.heals(primary);
  await viewer.isServedBy(primary, FAILBACK_LIMIT_MS);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

test("viewers who pause for 30 s while the primary is a black hole go on as if nothing had been", async ({
  page,
}) => {
  const viewers = [new Viewer(page), new Viewer(await page.context().newPage())];
  for (const [index, viewer] of viewers.entries()) {
    await viewer.opens(index === 0 ? film : channel);
    await viewer.watches(2);
    await rig.breaks(await viewer.servedBy(), "blackhole");
    await viewer.pauses();
  }
  // The pause itself is what the story is about: nothing happens that could be awaited.
  await page.waitForTimeout(30_000);
  for (const viewer of viewers) {
    await viewer.resumes();
    await viewer.seesPictureWithin(2_000);
    await viewer.watches(10);
    expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
  }
});

for (const what of ["film", "channel"] as const) {
  test(`a ${what} in a hidden tab outlives a trickle, and is back when the tab is seen again`, async ({
    page,
  }) => {
    const viewer = new Viewer(page);
    await viewer.opens(what === "film" ? film : channel);
    await viewer.watches(2);
    const primary = await viewer.settles();

    await viewer.looksAway();
    await rig.breaks(primary, "trickle");
    await viewer.watches(12);
    await rig.heals(primary);
    await viewer.looksAgain();
    await viewer.isServedBy(primary, FAILBACK_LIMIT_MS);
    expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
  });
}

test("the backup dies during the failover: a third serves, and the viewer sees nothing of it", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.watches(3);
  await viewer.settles();
  const [primary, backup, third] = (await viewer.snapshot()).pathways.map(({ id }) => id);
  expect(await viewer.servedBy()).toBe(primary);

  // The backup accepts the failover's requests, and breaks off half-way through what it answers.
  await rig.breaks(backup ?? "", "truncate");
  await rig.breaks(primary ?? "", "blackhole");
  await viewer.isServedBy(third ?? "", 15_000);
  await rig.act(backup ?? "", "kill");
  await viewer.watches(12);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);

  await rig.heals(primary ?? "");
  await viewer.isServedBy(primary ?? "", FAILBACK_LIMIT_MS);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});
