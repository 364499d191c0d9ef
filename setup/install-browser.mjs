/**
 * Makes sure that there is a Chromium: finds one, else has Playwright download its own, else (as
 * root on Debian) installs the distribution's.
 */
import { join } from "node:path";
import { findBrowser, programsOnPath } from "./find-browser.mjs";
import { runCommand } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";

const LIMIT_SECONDS = 600;

/** @typedef {import("./place.d.mts").Place} Place */

/** @param {Place} place */
export async function installBrowser(place) {
  const found = await findBrowser(place.env);
  if (found.path !== undefined) return;
  if (found.reason.startsWith("CHROMIUM_PATH")) {
    throw new SetupError(`${found.reason}. Correct it, or unset it to have one found.`);
  }

  for (const way of waysOf(place)) {
    place.say(`No Chromium found: trying ${way.name} ...`);
    let failed;
    for (const command of way.commands) {
      const { ok, logFile } = await runCommand({ ...command, limitSeconds: LIMIT_SECONDS }, place);
      if (!ok) failed = logFile;
    }
    if ((await findBrowser(place.env)).path !== undefined) return;
    place.say(`That did not bring one${failed === undefined ? "" : ` (log: ${failed})`}.`);
  }
  throw new SetupError(
    "Cannot find or install a Chromium. Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH to one, and run the command again.",
  );
}

/** @param {Place} place */
function waysOf({ root, env }) {
  const playwright = {
    name: "playwright install --with-deps chromium",
    commands: [
      {
        command: join(root, "node_modules", ".bin", "playwright"),
        args: ["install", "--with-deps", "chromium"],
        logName: "playwright-install.log",
      },
    ],
  };
  const [aptGet] = programsOnPath(["apt-get"], env["PATH"] ?? "");
  if (aptGet === undefined || process.getuid?.() !== 0) return [playwright];
  const debian = {
    name: "apt-get install chromium",
    commands: [
      { command: aptGet, args: ["update"], logName: "apt-get-update.log" },
      {
        command: aptGet,
        args: ["install", "--yes", "--no-install-recommends", "chromium"],
        logName: "apt-get-install.log",
      },
    ],
  };
  return [playwright, debian];
}
