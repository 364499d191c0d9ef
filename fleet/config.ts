/** What `npm start` can be told, and the limits by which a fleet is run. */
import { type Static, Type } from "typebox";
import { baseUrlSetting } from "../chassis/settings.ts";
import { RegionName } from "../steering/contract/appliance-lease.ts";
import type { SupervisionPolicy } from "./core/supervision.ts";

const HIGHEST_FIRST_PORT = 65_000;

export const FleetConfig = Type.Object({
  port: Type.Integer({
    minimum: 1,
    maximum: HIGHEST_FIRST_PORT,
    default: 4100,
    description: "first port N: site N, steering N+1, control N+2, chaos N+3, appliances from N+11",
  }),
  regions: Type.Array(RegionName, {
    minItems: 1,
    maxItems: 20,
    uniqueItems: true,
    default: ["east", "west"],
    description: "regions, with commas between them",
  }),
  appliances: Type.Integer({
    minimum: 1,
    maximum: 64,
    default: 3,
    description: "how many, dealt out over the regions",
  }),
  origin: Type.Optional(
    baseUrlSetting("base URL of a real origin to stand in front of, instead of the demo's"),
  ),
  probePath: Type.Optional(
    Type.String({
      pattern: "^/[!-~]*$",
      form: "a path that begins with /",
      description: "with --origin: a path of it that steering probes the appliances with (/)",
    }),
  ),
  chaos: Type.Boolean({
    default: true,
    description: "fault proxies before the appliances; --no-chaos leaves them out",
  }),
  data: Type.String({
    minLength: 1,
    default: ".understudy",
    description: "folder for caches, logs and the token",
  }),
  host: Type.String({
    default: "127.0.0.1",
    description: "address that all but control listen on",
  }),
  advertise: Type.Optional(
    Type.String({
      pattern: "^[^/:@\\s]+$",
      form: "a host name, without scheme and port",
      description: "host name by which viewers reach them",
    }),
  ),
  profile: Type.Union([Type.Literal("demo"), Type.Literal("production")], {
    default: "demo",
    description: "demo (quick to notice and to return) or production",
  }),
});
export type FleetConfig = Static<typeof FleetConfig>;

export type FleetPolicy = {
  readonly supervision: SupervisionPolicy;
  /** How often processes are looked after. */
  readonly tickMs: number;
  /** From the first SIGTERM to the SIGKILL of all that is left. */
  readonly closeLimitMs: number;
  /** A log file is begun anew at this size; one older file is kept. */
  readonly maxLogBytes: number;
  /** How long a call of the control API waits to see the death that it asked for. */
  readonly killWaitMs: number;
};

export const FLEET_POLICY: FleetPolicy = {
  supervision: {
    startLimitMs: 20_000,
    stopLimitMs: 12_000,
    steadyAfterMs: 20_000,
    maxFailuresInRow: 8,
    backoff: { firstMs: 500, longestMs: 15_000 },
  },
  tickMs: 100,
  closeLimitMs: 12_000,
  maxLogBytes: 8 * 1024 * 1024,
  killWaitMs: 2_000,
};
