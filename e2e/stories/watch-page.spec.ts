/** What the watch page shows when things go wrong, and for whom. */
import { expect, type Page, test } from "playwright/test";
import { accessibilityFaults } from "../check-accessibility.ts";
import { NO_STALL_SECONDS, SHORT_BUFFER } from "../limits.ts";
import { Rig } from "../rig.ts";
import { Viewer } from "../viewer.ts";

let rig: Rig;
let film: string;
test.beforeEach(async () => {
  rig = await Rig.start();
  await rig.prefersOne();
  film = (await rig.watchPages()).film + SHORT_BUFFER;
});
test.afterEach(() => rig.close());

test("nothing can be reached: the page says what happens and what comes next, to everybody, and goes on by itself", async ({
  page,
}) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.settles();
  expect(await accessibilityFaults(page)).toEqual([]);

  const button = page.getByRole("button", { name: "Behind the picture" });
  await button.focus();
  const appliances = await rig.appliances();
  for (const name of appliances) await rig.act(name, "kill");
  const slate = page.getByTestId("slate");
  await expect(slate).toBeVisible({ timeout: 30_000 });
  await expect(slate).toContainText("goes on by itself");
  await expect(page.getByRole("status").filter({ hasText: "No box" })).toBeAttached();
  // Whoever was somewhere on the page with the keyboard is still there, and the controls are within reach.
  await expect(button).toBeFocused();
  await expect(slate).toHaveAttribute("data-state", "dry", { timeout: 20_000 });
  await page.getByRole("button", { name: "mute" }).first().focus();
  expect(await accessibilityFaults(page)).toEqual([]);
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await sticksOut(page)).toEqual([]);
  }

  const frozenAt = await viewer.currentTime();
  await rig.act(appliances[0] ?? "", "start");
  await expect.poll(() => viewer.currentTime(), { timeout: 20_000 }).toBeGreaterThan(frozenAt + 2);
  await expect(slate).toBeHidden();
});

// Without steering: where that finds the fault while the stock player happens to ask for nothing, it takes
// the stock player to another box in time.
test("a stock player beside it stands still where ours does not", async ({ page }) => {
  const viewer = new Viewer(page);
  await viewer.opens(film);
  const primary = await viewer.settles();
  await page.getByRole("button", { name: "Play a stock player beside it" }).click();
  const stock = page.getByTestId("stock");
  await expect
    .poll(() => stock.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime))
    .toBeGreaterThan(await viewer.currentTime());

  await rig.act("steering", "kill");
  await rig.breaks(primary, "blackhole");
  await expect(stock).toHaveAttribute("data-state", "still", { timeout: 20_000 });
  await expect(page.getByTestId("stock-still")).toContainText("stands still");
  await expect(page.getByTestId("ours-still")).toHaveText("has not stood still");
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);

  await page.getByRole("button", { name: "Take the stock player away" }).click();
  await expect(stock).toBeHidden();
  await viewer.watches(1);
});

test("steering is away, and then the origin: the page says so, on a phone too", async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 800 });
  const viewer = new Viewer(page);
  await viewer.opens(film);
  await viewer.settles();
  const fact = page.locator("status-line").getByText("steering unreachable");
  const panel = page.locator("behind-panel");
  await page.getByRole("button", { name: "Behind the picture" }).click();

  await rig.act("steering", "kill");
  await expect(fact).toBeVisible({ timeout: 20_000 });
  await expect(panel).toContainText("Steering has not answered for");
  expect(await sticksOut(page)).toEqual([]);

  await page.reload();
  await viewer.seesFirstFrame();
  await page.getByRole("button", { name: "Behind the picture" }).click();
  await expect(panel).toContainText("Steering does not answer");

  await rig.act("origin", "kill");
  await expect(panel).toContainText("The origin is down");
});

/** What is wider than the window, so that one would have to scroll sideways. */
function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("main *")]
      .filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1)
      .map((each) => each.tagName),
  );
}
