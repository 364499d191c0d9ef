/** What a segment costs that nobody has asked for before: fetched, kept and sent on in one go. */
import { OURS } from "../contract/bench-result.ts";
import { BenchError } from "../errors.ts";
import { EVERY_TIME_ANOTHER } from "../load/load-job.ts";
import { OUR_VERSION } from "../measure/versions.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import { startAppliance } from "../systems/appliance.ts";
import { ask } from "../systems/ask.ts";
import { type BenchOrigin, startBenchOrigin } from "../systems/bench-origin.ts";
import type { MeasuredSystem } from "../systems/measured-system.ts";
import { startPeers } from "../systems/peer.ts";
import { answerBytesOf } from "../systems/warm-cache.ts";
import type { LoadBench } from "./bench.ts";

const MEBIBYTE = 1024 * 1024;

export const EDGE_MISS: LoadBench = {
  kind: "load",
  name: "edge-miss",
  question: "What does a segment cost that must be fetched first?",
  notes: [
    "Every request is for an object that was never asked for. The origin is a small Node program that does nothing but send bytes, on the processors of the load generator: where those are the limit, compare CPU per request. It counts its fetches: each answer is one.",
    "The appliance has a RAM tier and a disk tier and writes to both, nginx writes to files, ATS to its store and its RAM cache, Varnish to memory.",
  ],
  async open(stage, { connections = 32 }) {
    const origin = await startBenchOrigin(stage, { objectBytes: MEBIBYTE });
    const appliance = await startAppliance(stage, origin.server.url, { hasDisk: true });
    const { peers, missing } = await startPeers(stage, origin.server.url);
    const ours = {
      name: OURS,
      about: "one appliance process with a RAM tier and a disk tier",
      version: OUR_VERSION,
      server: appliance,
    };
    const systems: MeasuredSystem[] = [];
    for (const system of [ours, ...peers]) systems.push(await missesOf(system, origin));
    return {
      entries: [{ unit: { objectBytes: MEBIBYTE, connections }, connections, systems }],
      missing,
    };
  },
};

async function missesOf(
  system: Pick<MeasuredSystem, "name" | "about" | "version"> & { readonly server: ServerProcess },
  origin: BenchOrigin,
): Promise<MeasuredSystem> {
  const { name, about, version, server } = system;
  const { sha256 } = await ask(`${server.url}/first`);
  if (sha256 !== origin.object.sha256) throw new BenchError(`${name} answered with other bytes`);
  return {
    name,
    about,
    version,
    server,
    paths: [`/object/${EVERY_TIME_ANOTHER}`],
    answerBytes: answerBytesOf([{ ...origin.object, path: "/object" }]),
    async watch() {
      const before = await origin.readFetches();
      return async (answers) => {
        const fetches = (await origin.readFetches()) - before;
        if (fetches >= answers) return;
        throw new BenchError(`${name} gave ${answers} answers with ${fetches} fetches`);
      };
    },
  };
}
