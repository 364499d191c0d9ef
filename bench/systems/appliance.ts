/** Ours: one appliance process with nothing but its RAM tier, asked directly. */
import { Value } from "typebox/value";
import { ApplianceStatus, STATUS_PATH } from "../../appliance/contract/appliance-status.ts";
import { OURS } from "../contract/bench-result.ts";
import { BenchError } from "../errors.ts";
import { OUR_VERSION } from "../measure/versions.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { askForSuccess } from "./ask.ts";
import type { MeasuredSystem } from "./measured-system.ts";
import type { BenchObject } from "./origin.ts";
import { answerBytesOf, warmCache } from "./warm-cache.ts";

export async function startAppliance(
  stage: Stage,
  origin: ServerProcess,
  objects: readonly BenchObject[],
): Promise<MeasuredSystem> {
  const server = await stage.startService({
    name: "appliance",
    program: "appliance/main.ts",
    // Without a cache folder there is no disk tier, so a hit can only come from RAM.
    flags: ["--id", "bench", "--region", "bench", "--origin", origin.url],
    part: "measured",
  });
  await warmCache(server, objects, (answer) =>
    /^bench; hit; .*detail=fresh$/.test(answer.header("cache-status") ?? ""),
  );
  return {
    name: OURS,
    about: "one appliance process; objects in its RAM tier",
    version: OUR_VERSION,
    server,
    paths: objects.map(({ path }) => path),
    answerBytes: answerBytesOf(objects),
    async watch() {
      const before = await readCounts(server);
      return async (answers) => {
        const after = await readCounts(server);
        const hits = after.hits - before.hits;
        if (hits < answers || after.others !== before.others || after.fills !== before.fills) {
          throw new BenchError(
            `The appliance gave ${answers} answers but counts ${hits} hits, ${after.others - before.others} others and ${after.fills - before.fills} fills`,
          );
        }
      };
    },
  };
}

async function readCounts({ url }: ServerProcess) {
  const { body } = await askForSuccess(`${url}${STATUS_PATH}`);
  const status = Value.Parse(ApplianceStatus, JSON.parse(body.toString()));
  const { hits, misses, collapsed, passed, errors } = status.requests;
  return { hits, others: misses + collapsed + passed + errors, fills: status.fills.started };
}
