/**
 * What an appliance says of itself: `GET /_appliance/status`, and the same report in its heartbeat.
 *
 * Owned by the appliance; steering's heartbeat embeds it.
 */
import { type Static, Type } from "typebox";

export const APPLIANCE_PREFIX = "/_appliance";
export const HEALTH_PATH = `${APPLIANCE_PREFIX}/healthz`;
export const STATUS_PATH = `${APPLIANCE_PREFIX}/status`;
export const METRICS_PATH = `${APPLIANCE_PREFIX}/metrics`;
export const DRAIN_PATH = `${APPLIANCE_PREFIX}/drain`;
export const UNDRAIN_PATH = `${APPLIANCE_PREFIX}/undrain`;

const maximum = Number.MAX_SAFE_INTEGER;
const count = (description: string) => Type.Integer({ minimum: 0, maximum, description });
const bytes = (description: string) => Type.Integer({ minimum: 0, maximum, description });

export const DiskState = Type.Union([
  Type.Object({ state: Type.Literal("ok") }),
  Type.Object({ state: Type.Literal("recovering") }),
  Type.Object({
    state: Type.Literal("slow"),
    reason: Type.String({ maxLength: 300, description: "why little is read and nothing kept" }),
  }),
  Type.Object({
    state: Type.Literal("unavailable"),
    reason: Type.String({ maxLength: 300, description: "why nothing is kept on disk" }),
  }),
]);
export type DiskState = Static<typeof DiskState>;

export const DiskWork = Type.Object({
  recoveredInMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: "how long it took to find what was there at the start",
    }),
  ),
  scrubbed: count("objects of which the checksum was looked at in the background"),
  damaged: count("objects among them that were not as they had been written"),
  overdueReads: count("reads that took so long that the origin was asked instead"),
  bufferBytes: bytes("RAM in buffers between disk and socket"),
});
export type DiskWork = Static<typeof DiskWork>;

export const Tier = Type.Object({
  objects: count("objects held"),
  usedBytes: bytes("bytes held, including what is being written or unlinked"),
  limitBytes: bytes("bytes it may hold"),
});
export type Tier = Static<typeof Tier>;

export const MAX_CALLED_UPSTREAMS = 16;
export const CalledUpstream = Type.Object({
  url: Type.String({ maxLength: 256, description: "its base address" }),
  calls: count("calls begun since the start"),
  failures: count("calls among them that found nobody, no answer in time, or a broken one"),
});
export type CalledUpstream = Static<typeof CalledUpstream>;

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
  isSheddingSessions: Type.Optional(
    Type.Boolean({ description: "at its capacity: new sessions are refused with 503" }),
  ),
  eventLoopDelayMs: Type.Number({ minimum: 0, maximum, description: "p99 since the last report" }),
  ram: Tier,
  disk: Type.Object({ ...Tier.properties, health: DiskState }),
  upstreams: Type.Optional(
    Type.Array(CalledUpstream, {
      maxItems: MAX_CALLED_UPSTREAMS,
      description: "whom it calls to be filled, in a heartbeat only",
    }),
  ),
});
export type ApplianceReport = Static<typeof ApplianceReport>;

export const UpstreamState = Type.Object({
  url: Type.String({ description: "its base address" }),
  role: Type.Union([Type.Literal("origin"), Type.Literal("shield")]),
  breaker: Type.Union([Type.Literal("closed"), Type.Literal("open"), Type.Literal("half-open")], {
    description: "open while it is left alone, half-open while a few calls try it",
  }),
  active: count("calls under way"),
  queued: count("calls that wait for their turn"),
  calls: count("calls begun"),
  resumes: count("bodies that broke off and went on here"),
  failures: Type.Object({
    unreachable: count("calls that found no connection"),
    timeout: count("calls without an answer, or with a silence in it, for too long"),
    broken: count("calls that broke off"),
    unavailable: count("calls answered with 502, 503, 504 or 508"),
  }),
});
export type UpstreamState = Static<typeof UpstreamState>;

export const ApplianceStatus = Type.Object({
  id: Type.String(),
  region: Type.String(),
  url: Type.String({ description: "the address that viewers use" }),
  origin: Type.String({ description: "the first of the origins that it fills from" }),
  upstreams: Type.Array(UpstreamState, { description: "all that it may ask, shields first" }),
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
  diskWork: Type.Optional(DiskWork),
  prefetch: Type.Object({
    prefetched: count("segments fetched before anybody asked for them"),
    used: count("those of them that a viewer asked for"),
    wasted: count("those of them that nobody asked for in time"),
  }),
  steering: Type.Union([
    Type.Object({ state: Type.Literal("alone") }),
    Type.Object({ state: Type.Literal("registered"), leaseSeconds: Type.Number() }),
    Type.Object({ state: Type.Literal("unreachable"), reason: Type.String() }),
  ]),
});
export type ApplianceStatus = Static<typeof ApplianceStatus>;
