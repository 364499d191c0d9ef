/**
 * Takes the pictures of the README from a running fleet: `npm run screenshots`.
 *
 * The appliance that serves the viewer is really killed, and the picture is of what the page then says.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright";
import { CHROMIUM_ARGUMENTS } from "../bench/lab/chromium.ts";
import { findBrowser } from "../setup/find-browser.mjs";
import { Rig } from "./rig.ts";
import { Viewer } from "./viewer.ts";

const FOLDER = join(import.meta.dirname, "..", "docs");
const FILM = "four-hundred-miles-of-evening";

const rig = await Rig.start();
const { path } = await findBrowser(process.env);
const browser = await chromium.launch({
  ...(path === undefined ? {} : { executablePath: path }),
  args: [...CHROMIUM_ARGUMENTS],
});
try {
  await mkdir(FOLDER, { recursive: true });
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    colorScheme: "dark",
  });
  await page.goto(rig.operatorLink);
  await page.goto(rig.siteUrl);
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(FOLDER, "home.png") });

  const viewer = new Viewer(page);
  await viewer.opens(`${rig.siteUrl}/watch/${FILM}?buffer=12`);
  await viewer.watches(18);
  await rig.act(await viewer.servedBy(), "kill");
  await viewer.isTold("failover");
  await viewer.watches(7);
  await page.screenshot({ path: join(FOLDER, "watch-after-failover.png") });

  const { channel } = await rig.watchPages();
  await viewer.opens(`${channel}?buffer=8`);
  await viewer.watches(8);
  await rig.breaks(await viewer.servedBy(), "hang-mid", 30);
  await viewer.isTold("failover");
  await viewer.watches(6);
  await page.screenshot({ path: join(FOLDER, "live-under-fault.png") });
} finally {
  await browser.close();
  await rig.close();
}
