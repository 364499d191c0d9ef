/** The browser stories: few, slow, and each with a fleet of its own. */
import { defineConfig } from "playwright/test";
import { CHROMIUM_ARGUMENTS } from "../bench/lab/chromium.ts";
import { findBrowser } from "../setup/find-browser.mjs";

const { path: executablePath } = await findBrowser(process.env);

export default defineConfig({
  testDir: "stories",
  // node:test has *.test.ts, and Playwright would take those too.
  testMatch: "**/*.spec.ts",
  // Two stories at once use about a quarter of two processors: most of a story is waiting. With more,
  // software decoding would measure the machine, not the player.
  workers: 2,
  timeout: 120_000,
  forbidOnly: true,
  retries: 0,
  reporter: [["list"], ["./figures-reporter.ts"]],
  outputDir: "../test-results",
  use: {
    browserName: "chromium",
    headless: true,
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [...CHROMIUM_ARGUMENTS],
    },
    screenshot: "only-on-failure",
  },
});
