/** A live channel has no end, and little in hand: what fails must be noticed within seconds. */
import { expect, test } from "playwright/test";
import {
  FAILBACK_LIMIT_MS,
  LIVE_LATENCY_LIMIT_SECONDS,
  NO_STALL_SECONDS,
  SHORT_BUFFER,
} from "../limits.ts";
import { Rig } from "../rig.ts";
import { Viewer } from "../viewer.ts";

let rig: Rig;
let channel: string;
test.beforeEach(async () => {
  rig = await Rig.start();
  await rig.prefersOne();
  channel = (await rig.watchPages()).channel + SHORT_BUFFER;
});
test.afterEach(() => rig.close());

test("with nothing broken, a live channel goes on without a stall, and stays live", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens(channel);
  await viewer.settles();
  const before = await viewer.counts();
  await viewer.watches(15);
  await isUnbroken(viewer);
  expect(await viewer.counts()).toEqual(before);
});

test("the appliance that serves a live channel is killed: no stall, and back on it once it is back", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens(channel);
  await viewer.watches(3);
  const primary = await viewer.settles();

  await rig.act(primary, "kill");
  await viewer.isTold("failover");
  await viewer.watchesBeyondBuffer();
  expect(await viewer.servedBy()).not.toBe(primary);

  await rig.revives(primary);
  await viewer.isServedBy(primary, FAILBACK_LIMIT_MS);
  await viewer.watches(2);
  await isUnbroken(viewer);
});

test("the origin restarts under a live channel: it goes on where the clock says, into the next title", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens(channel);
  await viewer.watches(2);
  await rig.act("origin", "restart");
  // Longer than a title: a discontinuity has passed.
  await viewer.watches(66);
  await isUnbroken(viewer);
});

async function isUnbroken(viewer: Viewer): Promise<void> {
  const picture = await viewer.picture();
  expect(picture.frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
  expect(picture.framesPerSecond).toBeGreaterThan(12);
  expect((await viewer.snapshot()).live?.latencySeconds).toBeLessThan(LIVE_LATENCY_LIMIT_SECONDS);
}
