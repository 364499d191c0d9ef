/** Starts what stands on both sides of the suite's client: the suite's server, and a cache before it. */
import { join } from "node:path";
import { OURS } from "../contract/bench-result.ts";
import { BenchError } from "../errors.ts";
import { OUR_VERSION } from "../measure/versions.ts";
import { findFreePort, type ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { startPeer } from "../systems/peer.ts";
import type { ConformanceConfig } from "./config.ts";
import type { Suite } from "./find-suite.ts";

type CacheUnderTest = {
  readonly system: string;
  readonly version: string;
  readonly server: ServerProcess;
};

/** It takes its settings as npm hands them on, and would listen on every address. */
export async function startSuiteServer(stage: Stage, { server }: Suite): Promise<ServerProcess> {
  const port = await findFreePort();
  return stage.startForeign({
    name: "the suite's server",
    command: [process.execPath, join(import.meta.dirname, "..", "run-on-loopback.ts"), server],
    port,
    part: "other",
    env: {
      npm_config_port: String(port),
      npm_config_protocol: "http",
      npm_config_pidfile: join(stage.folder, "suite-server.pid"),
    },
  });
}

/** @throws {BenchError} for a peer that is not installed. */
export async function startCacheUnderTest(
  stage: Stage,
  origin: ServerProcess,
  peer: ConformanceConfig["peer"],
): Promise<CacheUnderTest> {
  if (peer === "none") return { system: "no cache at all", version: "", server: origin };
  if (peer !== undefined) {
    const started = await startPeer(stage, peer, origin.url);
    if (started === undefined) throw new BenchError(`${peer} is not installed here.`);
    return { system: peer, version: started.version, server: started.server };
  }
  const server = await stage.startService({
    name: "appliance",
    program: "appliance/main.ts",
    flags: ["--id", "conformance", "--region", "bench", "--origin", origin.url],
    part: "measured",
  });
  return { system: OURS, version: OUR_VERSION, server };
}
