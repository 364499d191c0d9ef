/** Builds a script of the player as `npm run build:player` would, and keeps it in memory: never a stale one. */
import { join } from "node:path";
import { build } from "vite";

/** @param mode one of `player/vite.config.ts`. */
export async function buildPlayerScript(mode: "register" | "worker"): Promise<string> {
  const built = await build({
    configFile: join(import.meta.dirname, "..", "player", "vite.config.ts"),
    mode,
    logLevel: "error",
    build: { write: false },
  });
  const [bundle] = Array.isArray(built) ? built : [built];
  const [script] = bundle !== undefined && "output" in bundle ? bundle.output : [];
  if (script?.type !== "chunk") throw new Error(`Cannot build ${mode}: there is no script`);
  return script.code;
}
