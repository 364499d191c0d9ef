/** The counting origin of `run-origin.ts` on the stage, beside the load generator. */
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { askForSuccess } from "./ask.ts";
import type { BenchObject } from "./origin.ts";

export const FETCHES_PATH = "/fetches";

export type BenchOrigin = {
  readonly server: ServerProcess;
  /** Of its objects, which are all the same bytes. */
  readonly object: Omit<BenchObject, "path">;
  /** How often it was asked for an object so far. */
  readonly readFetches: () => Promise<number>;
};

export async function startBenchOrigin(
  stage: Stage,
  wishes: { readonly objectBytes: number; readonly bytesPerSecond?: number },
): Promise<BenchOrigin> {
  const { objectBytes, bytesPerSecond } = wishes;
  const pace = bytesPerSecond === undefined ? [] : ["--bytes-per-second", String(bytesPerSecond)];
  const server = await stage.startService({
    name: "origin",
    program: "bench/run-origin.ts",
    flags: ["--bytes", String(objectBytes), ...pace],
    part: "other",
  });
  const { sha256 } = await askForSuccess(`${server.url}/sample`);
  return {
    server,
    object: { sizeBytes: objectBytes, sha256 },
    async readFetches() {
      const { body } = await askForSuccess(server.url + FETCHES_PATH);
      return Value.Parse(Type.Object({ fetches: Type.Integer() }), JSON.parse(body.toString()))
        .fetches;
    },
  };
}
