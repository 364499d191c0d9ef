/**
 * Installs the packages of package-lock.json, Node 24 among them: every script runs on the `node` in
 * `node_modules/.bin`, whatever the machine has.
 *
 * With `npm install --no-save` and a check of our own rather than `npm ci`, which refuses the whole
 * lock file where a registry lacks an optional package for some other system. It also leaves alone
 * what is right already.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findMissingModule } from "./installed-modules.mjs";
import { explainNpmFailure } from "./npm-failure.mjs";
import { runCommand } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";

const WANTED_NODE = 24;
const NPM_LIMIT_SECONDS = 900;

/** @typedef {import("./place.d.mts").Place} Place */

/** @param {Place} place */
export async function installModules(place) {
  const wanted = readJson(join(place.root, "package-lock.json"));
  if (wanted === undefined) throw new SetupError("package-lock.json is missing: clone again.");
  const missing = findMissingModule(wanted, readInstalled(place.root));
  if (missing !== undefined) {
    await installAll(place);
    const wrong = findMissingModule(wanted, readInstalled(place.root));
    if (wrong !== undefined) {
      throw new SetupError(
        `npm did not install ${wrong} as package-lock.json asks. Remove node_modules and run the command again.`,
      );
    }
  }
  requireNode(place);
}

/** @param {Place} place */
async function installAll(place) {
  const startedMs = Date.now();
  place.say("Installing packages, usually less than a minute ...");
  const npm = findNpm(place.env);
  const { ok, output, logFile } = await runCommand(
    {
      command: npm.command,
      // Dev packages are needed to run at all, whatever NODE_ENV says. npm's own retries would keep
      // a person without a network waiting for minutes.
      args: [
        ...npm.args,
        "install",
        "--no-save",
        "--include=dev",
        "--prefer-offline",
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=500",
        "--fetch-retry-maxtimeout=2000",
      ],
      logName: "npm-install.log",
      limitSeconds: NPM_LIMIT_SECONDS,
    },
    place,
  );
  if (!ok) {
    const { advice } = explainNpmFailure(output);
    throw new SetupError(`Cannot install packages: ${advice}. Full log: ${logFile}`);
  }
  place.say(`Packages installed in ${Math.round((Date.now() - startedMs) / 1000)} s.`);
}

/**
 * npm as it runs us, where it does; yarn and others set the same variable.
 *
 * @param {Place["env"]} env
 */
function findNpm(env) {
  const path = env["npm_execpath"];
  if (path === undefined || !/npm-cli\.[cm]?js$/.test(path)) return { command: "npm", args: [] };
  return { command: process.execPath, args: [path] };
}

/** @param {Place} place */
function requireNode({ root, env }) {
  const program = join(root, "node_modules", ".bin", "node");
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 10_000 });
  const major = Number(/^v(\d+)\./.exec(stdout ?? "")?.[1]);
  if (major >= WANTED_NODE) return;
  const cause =
    env["npm_config_ignore_scripts"] === "true"
      ? "npm is set to ignore-scripts, so"
      : "its install script did not run (ignore-scripts?), so";
  throw new SetupError(
    `The package "node" brings Node ${WANTED_NODE}, but ${cause} it is not there. Run: npm rebuild node --ignore-scripts=false`,
  );
}

/** @param {string} root */
function readInstalled(root) {
  return readJson(join(root, "node_modules", ".package-lock.json"));
}

/**
 * @param {string} path
 * @returns {import("./installed-modules.mjs").LockFile | undefined}
 */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
