/** Our origin on the stage, and the objects that it lends to a bench. */
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { askForSuccess } from "./ask.ts";

/** What every cache must answer with, byte for byte. */
export type BenchObject = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
};

export function startOrigin(stage: Stage): Promise<ServerProcess> {
  return stage.startService({
    name: "origin",
    program: "origin/main.ts",
    flags: ["--log-level", "warn"],
    part: "other",
  });
}

export async function readObjects(
  origin: ServerProcess,
  wanted: { readonly sizeBytes: number; readonly count: number },
): Promise<BenchObject[]> {
  const { sizeBytes, count } = wanted;
  const objects: BenchObject[] = [];
  for (let number = 0; number < count; number += 1) {
    const path = `/synthetic/${sizeBytes}/bench-${number}`;
    const { sha256 } = await askForSuccess(`${origin.url}${path}`);
    objects.push({ path, sizeBytes, sha256 });
  }
  return objects;
}
