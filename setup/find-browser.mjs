/**
 * Finds the Chromium that the tests drive: the one named by CHROMIUM_PATH, else one on the PATH,
 * else Playwright's own.
 *
 * A candidate counts only if it answers `--version`: on some systems `chromium-browser` is a stub
 * that tells where to get the browser.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const VERSION_LIMIT_MS = 15_000;

/**
 * @typedef {(
 *   | { readonly path: string, readonly from: "CHROMIUM_PATH" | "PATH" | "playwright" }
 *   | { readonly path: undefined, readonly reason: string }
 * )} FoundBrowser
 */

/**
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Promise<FoundBrowser>}
 */
export async function findBrowser(env) {
  const named = env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") {
    if (answersVersion(named)) return { path: named, from: "CHROMIUM_PATH" };
    return { path: undefined, reason: `CHROMIUM_PATH names ${named}, which is no browser` };
  }
  const onPath = programsOnPath(NAMES, env["PATH"] ?? "").find(answersVersion);
  if (onPath !== undefined) return { path: onPath, from: "PATH" };

  const own = await playwrightsOwn();
  if (own !== undefined && answersVersion(own)) return { path: own, from: "playwright" };
  return { path: undefined, reason: "no Chromium or Chrome was found" };
}

/**
 * In the order of `names`, then of the folders.
 *
 * @param {readonly string[]} names
 * @param {string} searchPath
 */
export function programsOnPath(names, searchPath) {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== "");
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .filter((path) => isExecutable(path));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} path */
function answersVersion(path) {
  const { status, stdout } = spawnSync(path, ["--version"], {
    encoding: "utf8",
    timeout: VERSION_LIMIT_MS,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 && /\d+\.\d+/.test(stdout);
}

async function playwrightsOwn() {
  try {
    const { chromium } = await import("playwright");
    const path = chromium.executablePath();
    return isExecutable(path) ? path : undefined;
  } catch {
    // Playwright is not installed, or has no browser for this system.
    return undefined;
  }
}
