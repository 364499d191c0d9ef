/**
 * The main promise, in a real browser with real processes: the appliance that serves the viewer dies,
 * and the viewer does not notice.
 */
import { expect, test } from "playwright/test";
import { FAILBACK_LIMIT_MS, NO_STALL_SECONDS, SHORT_BUFFER } from "../limits.ts";
import { isAlive, Rig } from "../rig.ts";
import { Viewer } from "../viewer.ts";

let rig: Rig;
let film: string;

test.beforeEach(async () => {
  rig = await Rig.start();
  await rig.prefersOne();
  film = (await rig.watchPages()).film + SHORT_BUFFER;
});

test.afterEach(() => rig.close());

test("with nothing broken, a title plays to its end without a stall", async ({ page }) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.settles();
  const before = await viewer.counts();
  await viewer.playsAtRate(3);
  await viewer.seesTheEnd();
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
  expect(await viewer.counts()).toEqual(before);
});

test("the serving appliance is killed in mid-stream: no stall, and back on it once it is back", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.watches(3);
  const primary = await viewer.settles();

  await rig.act(primary, "kill");
  await viewer.isTold("failover");
  // Well beyond what was in the buffer when it died.
  await viewer.watches(12);
  expect(await viewer.servedBy()).not.toBe(primary);

  await rig.revives(primary);
  await viewer.isServedBy(primary, FAILBACK_LIMIT_MS);
  await viewer.isTold("failback");
  await viewer.watches(3);
  const picture = await viewer.picture();
  expect(picture.frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
  expect(picture.framesPerSecond).toBeGreaterThan(12);

  // Steering has heard of all this from the viewer's player too, and believed it.
  const { noted, malformed, "not-believed": notBelieved } = await rig.reportsByFate();
  expect(noted).toBeGreaterThan(10);
  expect([malformed, notBelieved]).toEqual([0, 0]);
});

test("steering is killed: playback goes on, and survives the loss of its appliance too", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.watches(2);
  const primary = await viewer.settles();

  await rig.act("steering", "kill");
  await viewer.watches(5);
  await rig.act(primary, "kill");
  await viewer.isTold("failover");
  await viewer.watches(12);
  expect(await viewer.servedBy()).not.toBe(primary);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

test("steering stays down: the viewer still returns to the recovered appliance", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.watches(2);
  const primary = await viewer.settles();
  await rig.act("steering", "kill");
  await rig.act(primary, "kill");
  await viewer.isTold("failover");
  await viewer.watches(4);

  await rig.revives(primary);
  await viewer.isServedBy(primary, 20_000);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

test("a page opened while steering is down plays, and is steered once steering is back", async ({
  page,
}) => {
  await rig.act("steering", "kill");
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.watches(5);
  expect((await viewer.snapshot()).steering).toBe("none");
  await rig.act("steering", "start");
  const primary = await viewer.settles();
  await rig.act(primary, "kill");
  await viewer.isTold("failover");
  await viewer.watchesBeyondBuffer();
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

test("all appliances die: the page says so, and playback resumes by itself when one returns", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.watches(2);
  const appliances = await rig.appliances();
  for (const name of appliances) await rig.act(name, "kill");

  const slate = page.getByTestId("slate");
  await expect(slate).toBeVisible({ timeout: 30_000 });
  await expect(slate).toContainText("by itself");
  const frozenAt = await viewer.currentTime();

  await rig.act(appliances.at(-1) ?? "", "start");
  await expect.poll(() => viewer.currentTime(), { timeout: 20_000 }).toBeGreaterThan(frozenAt + 3);
  await expect(slate).toBeHidden();
  expect(await viewer.servedBy()).toBe(appliances.at(-1));
});

test("the operator kills and revives the serving appliance with the page's own buttons", async ({
  page,
}) => {
  await page.goto(rig.operatorLink);
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.watches(2);
  const primary = await viewer.settles();
  const card = page.locator(`[data-testid="appliance"][data-id="${primary}"]`);

  await card.locator('[data-act="kill"]').click();
  await viewer.isTold("failover");
  await card.locator('[data-act="start"]').click();
  await viewer.isServedBy(primary, FAILBACK_LIMIT_MS + 5_000);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

test("Ctrl-C leaves no process behind", async ({ page }) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  const pids = (await rig.processes()).map(({ pid }) => pid ?? 0);
  expect(pids.length).toBeGreaterThanOrEqual(6);

  expect(await rig.interrupt()).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
});
