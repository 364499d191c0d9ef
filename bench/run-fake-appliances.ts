/**
 * A made-up fleet as one process: registers thousands of appliances that are none with a steering
 * service, keeps their leases with heartbeats that are spread evenly over time, and answers the probes
 * of all of them at one address.
 *
 * It says that it listens once steering has taken in the last of them.
 */
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { Type } from "typebox";
import { runService, StartError } from "../chassis/run-service.ts";
import { baseUrlSetting } from "../chassis/settings.ts";
import {
  APPLIANCES_PATH,
  heartbeatPath,
  RegionName,
} from "../steering/contract/appliance-lease.ts";
import { beatEvenly } from "./fake-fleet/beat-evenly.ts";
import { newFakeFleet } from "./fake-fleet/fake-appliance.ts";
import { newTallyKeeper, TALLY_PATH } from "./fake-fleet/fleet-tally.ts";
import { openRequestPool } from "./fake-fleet/request-pool.ts";
import { newViewersAddress, readProbeObject } from "./fake-fleet/viewers-address.ts";

const BACKLOG = 1_024;

await runService({
  command: "node bench/run-fake-appliances.ts",
  schema: Type.Object({
    count: Type.Integer({ minimum: 1, maximum: 10_000, description: "how many appliances" }),
    regions: Type.Array(RegionName, { minItems: 1, description: "dealt out over these" }),
    heartbeatSeconds: Type.Number({
      exclusiveMinimum: 0,
      maximum: 60,
      description: "each sends one so often",
    }),
    steering: baseUrlSetting("where they register"),
    origin: baseUrlSetting("what they claim to cache"),
    probePath: Type.String({
      pattern: "^/[!-~]*$",
      default: "/synthetic/65536/probe",
      description: "the object that steering probes with",
    }),
    connections: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 64,
      description: "to steering, kept alive and shared by all",
    }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 0, description: "port" }),
    token: Type.String({ minLength: 8, description: "what steering wants appliances to show" }),
  }),
  env: {},
  start: async (config) => {
    const now = () => performance.now();
    const probe = await readProbeObject(config.origin, config.probePath);
    if (probe === undefined) throw new StartError(`The origin has no ${config.probePath}.`);
    const tally = newTallyKeeper();
    const server = newViewersAddress(probe, ({ url }, response) => {
      if (url !== TALLY_PATH) return false;
      response.end(JSON.stringify(tally.look()));
      return true;
    });
    await new Promise<void>((resolve) =>
      server.listen(config.port, "127.0.0.1", BACKLOG, () => resolve()),
    );
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fleet = newFakeFleet({ ...config, url, drawIncarnation: randomUUID });

    const pool = await openRequestPool({ url: config.steering, ...config }, now);
    const write = requestWriter(config.steering, config.token);
    const registered = await Promise.all(
      fleet.map(({ registration }) => pool.send(write("POST", APPLIANCES_PATH, registration))),
    );
    const refusal = registered.find(({ flaw }) => flaw !== undefined);
    if (refusal !== undefined) throw new StartError(`Steering took not all in: ${refusal.flaw}`);

    const leaving = new AbortController();
    const beating = beatEvenly({
      count: fleet.length,
      everyMs: config.heartbeatSeconds * 1000,
      now,
      signal: leaving.signal,
      beat: ({ place, sequence, lateMs }) => {
        const appliance = fleet[place];
        if (appliance === undefined) return;
        tally.noteBegun(lateMs);
        const request = write("PUT", heartbeatPath(appliance.id), appliance.heartbeat(sequence));
        void pool.send(request).then((sent) => tally.noteSent(sent, lateMs));
      },
    });
    return {
      url,
      close: async () => {
        leaving.abort();
        await beating;
        pool.close();
        server.close();
        server.closeAllConnections();
      },
    };
  },
});

function requestWriter(steering: string, token: string) {
  const { host } = new URL(steering);
  return (method: string, path: string, content: object): string => {
    const body = JSON.stringify(content);
    return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  };
}
