/**
 * `npm test` after its set-up: runs the layers, stops at the first that fails, and prints what each
 * took beside its budget.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { LAYERS, type LayerRun, layerReport } from "./layer-report.ts";

const runs: LayerRun[] = [];
for (const layer of LAYERS) {
  if (runs.some(({ outcome }) => outcome !== "passed")) {
    runs.push({ layer, tookMs: 0, outcome: "not run" });
    continue;
  }
  const startedMs = performance.now();
  const isGood = await passes(layer.scripts);
  runs.push({
    layer,
    tookMs: performance.now() - startedMs,
    outcome: isGood ? "passed" : "failed",
  });
}
process.stdout.write(layerReport(runs));
process.exitCode = runs.every(({ outcome }) => outcome === "passed") ? 0 : 1;

async function passes(scripts: readonly string[]): Promise<boolean> {
  for (const script of scripts) {
    const child = spawn("npm", ["run", "--silent", script], {
      cwd: join(import.meta.dirname, ".."),
      stdio: "inherit",
    });
    const [code] = await once(child, "exit");
    if (code !== 0) return false;
  }
  return true;
}
