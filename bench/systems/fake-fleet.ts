/** The made-up fleet of `run-fake-appliances.ts` on the stage, beside the load generator. */
import { Value } from "typebox/value";
import { BenchError } from "../errors.ts";
import { FleetTally, TALLY_PATH } from "../fake-fleet/fleet-tally.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { askForSuccess } from "./ask.ts";

export type FakeFleet = {
  readonly server: ServerProcess;
  /** What became of the heartbeats so far; times are those since the last look. */
  readonly readTally: () => Promise<FleetTally>;
};

export type FakeFleetWishes = {
  readonly appliances: number;
  readonly regions: readonly string[];
  readonly heartbeatSeconds: number;
  readonly steering: ServerProcess;
  readonly origin: ServerProcess;
  readonly token: string;
};

/** Every one of them is registered when this resolves. */
export async function startFakeFleet(stage: Stage, wishes: FakeFleetWishes): Promise<FakeFleet> {
  const server = await stage.startService({
    name: "the made-up fleet",
    program: "bench/run-fake-appliances.ts",
    flags: [
      ["--count", String(wishes.appliances)],
      ["--regions", wishes.regions.join(",")],
      ["--heartbeat-seconds", String(wishes.heartbeatSeconds)],
      ["--steering", wishes.steering.url],
      ["--origin", wishes.origin.url],
      [`--token=${wishes.token}`],
    ].flat(),
    part: "other",
  });
  return {
    server,
    async readTally() {
      const { body } = await askForSuccess(server.url + TALLY_PATH);
      return Value.Parse(FleetTally, JSON.parse(body.toString()));
    },
  };
}

/** @throws {BenchError} for a heartbeat that steering did not accept. */
export async function requireEveryHeartbeat({ readTally }: FakeFleet): Promise<void> {
  const { failed, firstFailure } = await readTally();
  if (failed === 0) return;
  throw new BenchError(`Steering did not accept ${failed} heartbeats (${firstFailure})`);
}
