/**
 * What an appliance says of itself: `GET /_appliance/status`, and the same report in its heartbeat.
 *
 * Owned by the appliance; steering's heartbeat embeds it.
 */
import { type Static, Type } from "typebox";

export const APPLIANCE_PREFIX = "/_appliance";
export const HEALTH_PATH = `${APPLIANCE_PREFIX}/healthz`;
export const STATUS_PATH = `${APPLIANCE_PREFIX}/status`;
export const DRAIN_PATH = `${APPLIANCE_PREFIX}/drain`;
export const UNDRAIN_PATH = `${APPLIANCE_PREFIX}/undrain`;

const maximum = Number.MAX_SAFE_INTEGER;
const count = (description: string) => Type.Integer({ minimum: 0, maximum, description });
const bytes = (description: string) => Type.Integer({ minimum: 0, maximum, description });

export const DiskState = Type.Union([
  Type.Object({ state: Type.Literal("ok") }),
  Type.Object({ state: Type.Literal("recovering") }),
  Type.Object({
    state: Type.Literal("unavailable"),
    reason: Type.String({ maxLength: 300, description: "why nothing is kept on disk" }),
  }),
]);
export type DiskState = Static<typeof DiskState>;

export const Tier = Type.Object({
  objects: count("objects held"),
  usedBytes: bytes("bytes held, including what is being written or unlinked"),
  limitBytes: bytes("bytes it may hold"),
});
export type Tier = Static<typeof Tier>;

export const ApplianceReport = Type.Object({
  state: Type.Union([Type.Literal("serving"), Type.Literal("draining")]),
  activeRequests: count("requests being answered now"),
  egressBitsPerSecond: Type.Number({
    minimum: 0,
    maximum,
    description: "sent over the last few seconds",
  }),
  capacityBitsPerSecond: Type.Number({
    exclusiveMinimum: 0,
    maximum,
    description: "what it may send",
  }),
  eventLoopDelayMs: Type.Number({ minimum: 0, maximum, description: "p99 since the last report" }),
  ram: Tier,
  disk: Type.Object({ ...Tier.properties, health: DiskState }),
});
export type ApplianceReport = Static<typeof ApplianceReport>;

export const ApplianceStatus = Type.Object({
  id: Type.String(),
  region: Type.String(),
  url: Type.String({ description: "the address that viewers use" }),
  origin: Type.String({ description: "the upstream that it fills from" }),
  uptimeSeconds: Type.Number({ minimum: 0 }),
  report: ApplianceReport,
  requests: Type.Object({
    hits: count("answered from RAM or disk"),
    misses: count("answered by a fill of their own"),
    collapsed: count("answered by a fill that another request had begun"),
    passed: count("forwarded without storing"),
    errors: count("answered with 5xx"),
  }),
  fills: Type.Object({
    started: count("upstream fetches begun"),
    failed: count("upstream fetches that broke"),
    active: count("upstream fetches under way"),
  }),
  steering: Type.Union([
    Type.Object({ state: Type.Literal("alone") }),
    Type.Object({ state: Type.Literal("registered"), leaseSeconds: Type.Number() }),
    Type.Object({ state: Type.Literal("unreachable"), reason: Type.String() }),
  ]),
});
export type ApplianceStatus = Static<typeof ApplianceStatus>;
