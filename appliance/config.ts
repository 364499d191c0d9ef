/** What an operator may set (the schema), and what each profile makes of it (the policies). */
import { type Static, Type } from "typebox";
import { AdvertiseSetting, HostSetting, portSetting, tokenSetting } from "../chassis/settings.ts";
import type { BackoffPolicy } from "../kernel/backoff.ts";
import { ApplianceId, RegionName } from "../steering/contract/appliance-lease.ts";
import type { CapacityPolicy } from "./capacity/capacity.ts";
import { ADMISSION_POLICY_NAMES } from "./core/admission/new-admission.ts";
import { EVICTION_POLICY_NAMES } from "./core/eviction/new-cache-index.ts";
import type { EdgePolicy } from "./edge/edge.ts";
import type { FillPolicy } from "./fill/fills.ts";
import type { RecentChangesPolicy } from "./fill/recent-changes.ts";
import type { VariantPolicy } from "./fill/store-answer.ts";
import type { ListenPolicy } from "./listen/edge-server.ts";
import type { PrefetchPolicy } from "./prefetch/prefetcher.ts";
import type { PurgePolicy } from "./purge/purges.ts";
import type { SlicesPolicy } from "./slices/slices.ts";
import type { DiskPolicy } from "./store/disk-store.ts";
import type { FillJobsPolicy } from "./title-fill/fill-jobs.ts";
import type { UpstreamPolicy } from "./upstream/upstreams.ts";

/** All of them are asked before a request fails. */
const MAX_UPSTREAMS = 16;
const FieldName = Type.String({
  pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
  form: "the name of a field of requests",
});
const UpstreamUrl = Type.String({ pattern: "^https?://", form: "http(s)://host[:port][/path]" });

export const ApplianceConfig = Type.Object({
  id: {
    ...ApplianceId,
    form: "1 to 64 letters, digits, dots, - and _",
    description: "name in the fleet, and pathway id",
  },
  region: { ...RegionName, form: "1 to 32 of a-z, 0-9 and -", description: "where it stands" },
  origin: Type.Array(UpstreamUrl, {
    minItems: 1,
    maxItems: MAX_UPSTREAMS,
    description: "base URL that it fills from; several, by commas, are asked in this order",
  }),
  shield: Type.Optional(
    Type.Array(UpstreamUrl, {
      maxItems: MAX_UPSTREAMS,
      description: "base URLs of appliances to fill from instead, while they serve",
    }),
  ),
  host: HostSetting,
  port: portSetting(4111),
  advertise: AdvertiseSetting,
  steering: Type.Optional({
    ...UpstreamUrl,
    description: "base URL of steering; alone without it",
  }),
  eviction: Type.Union(
    EVICTION_POLICY_NAMES.map((name) => Type.Literal(name)),
    {
      default: EVICTION_POLICY_NAMES[0],
      description: `how both tiers choose what to forget: ${EVICTION_POLICY_NAMES.join(", ")}`,
    },
  ),
  admission: Type.Union(
    ADMISSION_POLICY_NAMES.map((name) => Type.Literal(name)),
    {
      default: ADMISSION_POLICY_NAMES[0],
      description: `what the disk tier takes in: ${ADMISSION_POLICY_NAMES.join(", ")}`,
    },
  ),
  cacheFolder: Type.Optional(
    Type.String({ minLength: 1, description: "folder of the disk tier; RAM only without it" }),
  ),
  ramMebibytes: Type.Integer({ minimum: 1, default: 256, description: "size of the RAM tier" }),
  prefetch: Type.Integer({
    minimum: 0,
    maximum: 16,
    // Hides the origin from everybody but a title's first viewer, for a segment in vain where one stops.
    default: 1,
    description: "segments fetched ahead of a viewer; 0 turns it off",
  }),
  diskMebibytes: Type.Integer({ minimum: 1, default: 2048, description: "size of the disk tier" }),
  capacity: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "Mbit/s it may send: paced at that, and new sessions shed; no limit without it",
    }),
  ),
  tlsCert: Type.Optional(
    Type.String({ minLength: 1, description: "certificate in PEM; HTTP/2 and TLS with it" }),
  ),
  tlsKey: Type.Optional(Type.String({ minLength: 1, description: "its private key in PEM" })),
  forwardFields: Type.Optional(
    Type.Array(FieldName, {
      maxItems: 64,
      description:
        "the only fields of requests that fills pass on, by commas; most of them without it",
    }),
  ),
  clientDirectives: Type.Union([Type.Literal("harmless"), Type.Literal("all")], {
    default: "harmless",
    description:
      "which cache directives of clients count: all, or those that cost the origin nothing",
  }),
  profile: Type.Union([Type.Literal("production"), Type.Literal("demo")], {
    default: "production",
    description: "production or demo (quicker to notice and to return)",
  }),
  token: tokenSetting("the fleet's secret"),
});
export type ApplianceConfig = Static<typeof ApplianceConfig>;

export type LeasePolicy = { readonly retry: BackoffPolicy; readonly timeoutMs: number };

export type AppliancePolicies = {
  readonly upstream: UpstreamPolicy;
  readonly edge: EdgePolicy;
  readonly fills: FillPolicy & VariantPolicy;
  readonly slices: SlicesPolicy;
  readonly prefetch: PrefetchPolicy;
  readonly titleFill: FillJobsPolicy;
  readonly disk: Omit<DiskPolicy, "maxBytes">;
  readonly lease: LeasePolicy;
  readonly listen: ListenPolicy;
  readonly capacity: CapacityPolicy;
  /** What steering is told where no capacity is configured. */
  readonly nominalBitsPerSecond: number;
  /**
   * Remembered for as long as a question to the origin can last, with its wait for a turn, and while the
   * disk is being looked through.
   */
  readonly purges: PurgePolicy;
  readonly changes: RecentChangesPolicy;
  /** How often the files of the certificate are looked at. */
  readonly certificateCheckMs: number;
  /** How long it serves on when it stops, so that steering and viewers take notice. */
  readonly noticeMs: number;
  /** How long a stop may take in all, until what is still running is cut off. */
  readonly drainMs: number;
  /** A client that takes nothing for so long is cut off. */
  readonly clientIdleMs: number;
};

const MEBIBYTE = 1024 * 1024;

const PRODUCTION: AppliancePolicies = {
  upstream: {
    // As many as the fills and their streams together; they are opened when they are needed.
    connections: 320,
    // Three quarters of what may be filled at once: a slow upstream leaves the rest to the others.
    maxUnanswered: 48,
    maxQueued: 64,
    connectTimeoutMs: 3_000,
    headersTimeoutMs: 10_000,
    // A silent body is taken up again elsewhere or anew, so that waiting longer gains nothing; and a
    // server that sends at all sends something within the length of a segment.
    bodyTimeoutMs: 5_000,
    shieldGraceMs: 2_000,
    maxHeaderBytes: 16 * 1024,
    resume: { most: 5, wait: { firstMs: 200, longestMs: 2_000 } },
    breaker: {
      failuresInRow: 5,
      failureRatio: 0.5,
      minCalls: 20,
      windowMs: 10_000,
      trials: 3,
      closeAfter: 1,
      // Short even at its longest: each trial costs the origin one request, each second an audience.
      openFor: { firstMs: 500, longestMs: 4_000 },
    },
  },
  edge: {
    maxSkippedBytes: 8 * MEBIBYTE,
    clientDirectives: "harmless",
    maxRequestBodyBytes: MEBIBYTE,
  },
  fills: {
    maxObjectBytes: 64 * MEBIBYTE,
    notFoundFreshForMs: 1_000,
    // Whoever was asked a moment too early must not be believed for long.
    longestAbsentMs: 60_000,
    longestErrorMs: 10_000,
    heuristicRatio: 0.1,
    longestHeuristicMs: 86_400_000,
    // Less than a segment lasts: nobody is held up who waits for the next one.
    longestPlaylistHeuristicMs: 2_000,
    // A live playlist lives about as long as one of its segments, and players stand three behind.
    disconnectedLifetimes: 2,
    longestDisconnectedMs: 3_600_000,
    // With one tick added, well within the second that a player gives an endpoint.
    patience: { waitMs: 500, timesUsual: 2, giveUpMs: 3_000 },
    refusals: { rememberedMs: 60_000, maxRemembered: 10_000 },
    brakes: { longestMs: 30_000, maxRemembered: 10_000 },
    forwardFields: undefined,
    maxVariants: 32,
    // A segment of a few seconds is smaller: it keeps its one file and its one question.
    sliceAboveBytes: 16 * MEBIBYTE,
    // As much as the disk reads at once, and a quarter of a second of a 150 Mbit/s origin.
    sliceBytes: 4 * MEBIBYTE,
    abandoning: { inFlightBytes: 128 * 1024, popularReaders: 2 },
    maxActive: 64,
    maxStreams: 256,
    idleBelow: 16,
    maxQueued: 256,
    maxQueueMs: 5_000,
    maxHeldBytes: 256 * MEBIBYTE,
    windowBytes: MEBIBYTE,
    maxFillMs: 120_000,
    slowestBytesPerSecond: 64 * 1024,
    // A turn is a millisecond or two of copying into sockets.
    crowd: {
      fewReaders: 16,
      readersPerTurn: 16,
      firstPieceBytes: 16 * 1024,
      pieceBytes: 256 * 1024,
    },
  },
  slices: { pieceBytes: MEBIBYTE, keepUpMs: 2_000 },
  prefetch: {
    maxRunning: 8,
    // A few hundred renditions of long titles.
    maxSegments: 200_000,
    maxPlaylistBytes: MEBIBYTE,
    abandonAfterMs: 10_000,
    wastedAfterMs: 60_000,
  },
  titleFill: {
    maxJobs: 16,
    maxFinished: 100,
    maxObjects: 100_000,
    maxRunning: 4,
    maxAttempts: 3,
    retryAfterMs: 2_000,
    maxListedFailures: 50,
  },
  disk: {
    wholeReadBytes: 4 * MEBIBYTE,
    maxLentBytes: 128 * MEBIBYTE,
    maxIdleBytes: 32 * MEBIBYTE,
    // Two thousand slow clients then hold less than 100 MiB.
    maxStreamedBytes: 16 * MEBIBYTE,
    mostPieceBytes: MEBIBYTE,
    leastPieceBytes: 32 * 1024,
    maxQueuedBytes: 128 * MEBIBYTE,
    retry: { firstMs: 5_000, longestMs: 60_000 },
    journal: {
      commitEveryMs: 1_000,
      commitEntries: 512,
      rewriteAfterBytes: 2 * MEBIBYTE,
      maxShare: 1 / 16,
    },
    patience: {
      leastPatienceMs: 500,
      mostPatienceMs: 5_000,
      deviations: 8,
      slowAfter: 3,
      usualAfter: 8,
      pieceBytes: MEBIBYTE,
      slowReadings: 2,
    },
    // A terabyte in six days.
    scrub: { bytesPerSecond: 2 * MEBIBYTE, restMs: 3_600_000 },
  },
  lease: { retry: { firstMs: 1_000, longestMs: 15_000 }, timeoutMs: 3_000 },
  listen: {
    maxHeaderBytes: 16 * 1024,
    maxFields: 100,
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 15_000,
    checkTimeoutsEveryMs: 2_000,
    keepAliveMs: 65_000,
    maxConnections: 16_384,
    maxConnectionsPerAddress: 8_192,
    handshakeTimeoutMs: 10_000,
    maxStreams: 100,
    maxSessionMegabytes: 512,
    // Half of what the poorest sound needs.
    slowReading: { minBytesPerSecond: 4 * 1024, graceMs: 30_000 },
  },
  capacity: {
    pacing: {
      burstMs: 50,
      turnMs: 5,
      minTurnBytes: 16 * 1024,
      maxTurnBytes: MEBIBYTE,
      lightBytes: 16 * 1024,
    },
    shedding: { fromLoad: 0.9, untilLoad: 0.75 },
    sessions: { rememberedMs: 30_000, maxSessions: 50_000, maxPlaces: 16 },
    windowMs: 2_000,
    maxLightBytes: 64 * 1024,
    retryAfterSeconds: { least: 2, most: 6 },
  },
  nominalBitsPerSecond: 1e9,
  purges: { rememberedMs: 180_000, maxRemembered: 1_000, longestRemovalMs: 5_000 },
  changes: { rememberedMs: 180_000, maxRemembered: 10_000 },
  certificateCheckMs: 10_000,
  noticeMs: 1_500,
  drainMs: 8_000,
  clientIdleMs: 60_000,
};

const DEMO: AppliancePolicies = {
  ...PRODUCTION,
  upstream: {
    ...PRODUCTION.upstream,
    connectTimeoutMs: 1_000,
    headersTimeoutMs: 4_000,
    bodyTimeoutMs: 2_500,
    shieldGraceMs: 1_000,
    // An origin that has been restarted is in service again within about a second.
    breaker: { ...PRODUCTION.upstream.breaker, openFor: { firstMs: 250, longestMs: 1_000 } },
  },
  disk: { ...PRODUCTION.disk, retry: { firstMs: 1_000, longestMs: 10_000 } },
  lease: { retry: { firstMs: 250, longestMs: 2_000 }, timeoutMs: 1_000 },
  noticeMs: 500,
};

/** What of the policies the operator can set by flags of their own. */
export type PolicyFlags = Partial<Pick<ApplianceConfig, "forwardFields" | "clientDirectives">>;

export function policiesOf(
  profile: ApplianceConfig["profile"],
  { forwardFields, clientDirectives }: PolicyFlags = {},
): AppliancePolicies {
  const policies = profile === "demo" ? DEMO : PRODUCTION;
  return {
    ...policies,
    edge: {
      ...policies.edge,
      clientDirectives: clientDirectives ?? policies.edge.clientDirectives,
    },
    fills: {
      ...policies.fills,
      forwardFields: forwardFields?.map((name) => name.toLowerCase()),
    },
  };
}
