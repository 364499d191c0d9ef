/**
 * Faults on the wire: the box is alive and its connections are accepted, and still the bytes do not
 * come. Whatever it is, on a film as on a live channel, the viewer sees an unbroken picture, and the
 * box has its viewer back soon after it has healed.
 */
import { expect, test } from "playwright/test";
import { FAULT_NAMES, type FaultName } from "../../chaos/contract/faults.ts";
import { FAILBACK_LIMIT_MS, NO_STALL_SECONDS, SHORT_BUFFER } from "../limits.ts";
import { isAlive, Rig } from "../rig.ts";
import { Viewer } from "../viewer.ts";

/** A box that is late, or up again every other moment, need not be left; a film stands still for nobody. */
const LEFT_ALONE: readonly FaultName[] = ["latency", "flap", "stale-playlist"];
/** Half a minute each, and the player sees no other than in one that is told: a broken body, a slow one, no segment. */
const LEFT_TO_THE_LAB: readonly FaultName[] = [
  "truncate",
  "trickle",
  "status-404",
  "html-200",
  "redirect-dead",
];
const FAULTS = FAULT_NAMES.filter(
  (fault) => !LEFT_ALONE.includes(fault) && !LEFT_TO_THE_LAB.includes(fault),
);

/** Five seconds until steering knows, a time to live, and a segment. */
const STALE_NOTICED_MS = 10_000;

let rig: Rig;
test.beforeEach(async () => {
  rig = await Rig.start();
  await rig.prefersOne();
});
test.afterEach(() => rig.close());

// Each on one of the two, in turn: on both, live and on demand, `npm run lab` plays them all.
for (const [place, fault] of FAULTS.entries()) {
  const what = place % 2 === 0 ? "film" : "channel";
  test(`${fault} on the appliance that serves a ${what}: no stall, and back on it once it has healed`, async ({
    page,
  }) => {
    const viewer = new Viewer(page);
    await viewer.opens((await rig.watchPages())[what] + SHORT_BUFFER);
    await viewer.watches(2);
    const primary = await viewer.settles();
    const before = await viewer.counts();

    await rig.breaks(primary, fault);
    await viewer.watchesBeyondBuffer();
    await viewer.isTold("failover");
    expect((await viewer.counts()).failovers).toBeGreaterThan(before.failovers);
    expect(await viewer.servedBy()).not.toBe(primary);

    await rig.heals(primary);
    await viewer.isServedBy(primary, FAILBACK_LIMIT_MS);
    await viewer.isTold("failback");
    expect((await viewer.counts()).failbacks).toBeGreaterThan(before.failbacks);
    await viewer.watches(1);
    const picture = await viewer.picture();
    expect(picture.frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
    expect(picture.framesPerSecond).toBeGreaterThan(12);
  });
}

test("stale-playlist on the appliance that serves a channel: steering sees it, and moves the viewer in time", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens((await rig.watchPages()).channel);
  await viewer.watches(3);
  const primary = await viewer.settles();

  // Every answer is quick, whole and 200: nothing that the player asks for fails.
  await rig.breaks(primary, "stale-playlist");
  await viewer.isServedByAnother(primary, STALE_NOTICED_MS);
  await viewer.watches(8);
  await rig.heals(primary);
  await viewer.isServedBy(primary, FAILBACK_LIMIT_MS + 5_000);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

test("the operator breaks the serving appliance with the page's own buttons, and it heals by itself", async ({
  page,
}) => {
  await page.goto(rig.operatorLink);
  const viewer = new Viewer(page);
  await viewer.opens((await rig.watchPages()).film + SHORT_BUFFER);
  await viewer.watches(2);
  const primary = await viewer.settles();
  const card = page.locator(`[data-testid="appliance"][data-id="${primary}"]`);

  await card.locator('[data-act="break"]').click();
  await card.locator('[data-fault-name="hang-mid"]').click();
  await expect(card).toHaveAttribute("data-fault", "hang-mid");
  await viewer.isTold("failover");
  await card.locator('[data-act="heal"]').click();
  await viewer.isServedBy(primary, FAILBACK_LIMIT_MS);

  await rig.breaks(primary, "status-503", 5);
  await expect(card).toHaveAttribute("data-fault", "status-503");
  await expect(card).not.toHaveAttribute("data-fault", "status-503", { timeout: 10_000 });
  await viewer.isServedBy(primary, FAILBACK_LIMIT_MS);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

test("Ctrl-C during a fault ends everything at once", async ({ page }) => {
  const viewer = new Viewer(page);
  await viewer.opens((await rig.watchPages()).film + SHORT_BUFFER);
  await viewer.watches(1);
  await rig.breaks(await viewer.settles(), "blackhole");
  await viewer.isTold("failover");

  const pids = (await rig.processes()).map(({ pid }) => pid ?? 0);
  expect(await rig.interrupt()).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
});
