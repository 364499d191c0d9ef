/** Builds the site with Vite, unless what it is made from is as it was at the last build. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hashInputs, isStamped, writeStamp } from "./input-stamp.mjs";
import { runCommand } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";

const LIMIT_SECONDS = 300;
const INPUTS = [
  "site",
  "player",
  "kernel",
  "appliance/contract",
  "fleet/contract",
  "origin/contract",
  "steering/contract",
  "package-lock.json",
  "tsconfig.json",
];

/** @param {import("./place.d.mts").Place} place */
export async function buildSite(place) {
  const { root, say } = place;
  const folder = join(root, "dist", "site");
  // The origin serves no file whose name begins with a dot.
  const stampFile = join(folder, ".inputs-sha256");
  const hash = hashInputs(root, INPUTS);
  if (isStamped(stampFile, hash) && existsSync(join(folder, "index.html"))) return;

  say("Building the site ...");
  const { ok, output, logFile } = await runCommand(
    {
      // Vite needs a newer Node than the one that may be running this.
      command: join(root, "node_modules", ".bin", "node"),
      args: ["node_modules/vite/bin/vite.js", "build", "--config", "site/vite.config.ts"],
      logName: "vite-build.log",
      limitSeconds: LIMIT_SECONDS,
    },
    place,
  );
  if (!ok) {
    const cause =
      output
        .split("\n")
        .find((line) => /error/i.test(line))
        ?.trim() ?? "see its log";
    throw new SetupError(`Cannot build the site: ${cause}. Full log: ${logFile}`);
  }
  writeStamp(stampFile, hash);
}
