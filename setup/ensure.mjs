/**
 * The first step of `npm start` and `npm test`: makes what they need, in the order named, and skips
 * what is there already.
 *
 *     node setup/ensure.mjs modules browser site
 *
 * Plain JavaScript without dependencies, because it runs in a clean clone on whatever Node the
 * machine has. Every failure that a person can mend is one plain line and exit code 1.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSite } from "./build-site.mjs";
import { installBrowser } from "./install-browser.mjs";
import { installModules } from "./install-modules.mjs";
import { SetupError } from "./setup-error.mjs";

const OLDEST_NODE = 20;

/** @type {Record<string, (place: import("./place.d.mts").Place) => Promise<void>>} */
const STEPS = { modules: installModules, browser: installBrowser, site: buildSite };

// `import.meta.dirname` is too young for the oldest Node that this must run on.
const root = fileURLToPath(new URL("..", import.meta.url));
const place = {
  root,
  logFolder: join(root, ".understudy", "logs"),
  // biome-ignore lint/style/noProcessEnv: this file is the main of its folder.
  env: process.env,
  say: (/** @type {string} */ line) => void process.stdout.write(`${line}\n`),
};

const steps = process.argv.slice(2);
const unknown = steps.find((step) => !Object.hasOwn(STEPS, step));
if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  stopWith(`Node ${OLDEST_NODE} or newer is needed to begin with; this is ${process.version}.`, 1);
} else if (steps.length === 0 || unknown !== undefined) {
  const wrong = unknown === undefined ? "Nothing to do." : `There is no step ${unknown}.`;
  stopWith(`${wrong} Use: node setup/ensure.mjs ${Object.keys(STEPS).join(" ")}`, 2);
} else {
  try {
    for (const step of steps) await STEPS[step]?.(place);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    stopWith(error.message, 1);
  }
}

/** @param {string} line @param {number} code */
function stopWith(line, code) {
  process.stderr.write(`${line}\n`);
  process.exitCode = code;
}
