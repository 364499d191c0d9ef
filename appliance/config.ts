/** What an operator may set (the schema), and what each profile makes of it (the policies). */
import { type Static, Type } from "typebox";
import { AdvertiseSetting, HostSetting, portSetting, tokenSetting } from "../chassis/settings.ts";
import type { BackoffPolicy } from "../kernel/backoff.ts";
import { ApplianceId, RegionName } from "../steering/contract/appliance-lease.ts";
import type { PassingPolicy } from "./core/decide-passing.ts";
import type { FillPolicy } from "./fill/fills.ts";
import type { DiskPolicy } from "./store/disk-store.ts";
import type { UpstreamPolicy } from "./upstream/origin-upstream.ts";

export const ApplianceConfig = Type.Object({
  id: { ...ApplianceId, description: "name in the fleet, and pathway id" },
  region: { ...RegionName, description: "where it stands" },
  origin: Type.String({ pattern: "^https?://", description: "base URL that it fills from" }),
  host: HostSetting,
  port: portSetting(4111),
  advertise: AdvertiseSetting,
  steering: Type.Optional(
    Type.String({ pattern: "^https?://", description: "base URL of steering; alone without it" }),
  ),
  cacheFolder: Type.Optional(
    Type.String({ minLength: 1, description: "folder of the disk tier; RAM only without it" }),
  ),
  ramMebibytes: Type.Integer({ minimum: 1, default: 256, description: "size of the RAM tier" }),
  diskMebibytes: Type.Integer({ minimum: 1, default: 2048, description: "size of the disk tier" }),
  capacity: Type.Number({ exclusiveMinimum: 0, default: 1000, description: "Mbit/s it may send" }),
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
  readonly edge: PassingPolicy;
  readonly fills: FillPolicy;
  readonly disk: Omit<DiskPolicy, "maxBytes">;
  readonly lease: LeasePolicy;
  /** How long what is running may take to finish when the appliance stops. */
  readonly drainMs: number;
  /** A client that takes nothing for so long is cut off. */
  readonly clientIdleMs: number;
};

const MEBIBYTE = 1024 * 1024;

const PRODUCTION: AppliancePolicies = {
  upstream: {
    connections: 64,
    connectTimeoutMs: 3_000,
    headersTimeoutMs: 10_000,
    bodyTimeoutMs: 10_000,
    maxHeaderBytes: 16 * 1024,
  },
  edge: { maxSkippedBytes: 8 * MEBIBYTE },
  fills: {
    maxObjectBytes: 64 * MEBIBYTE,
    notFoundFreshForMs: 1_000,
    // A live playlist lives about as long as one of its segments, and players stand three behind.
    disconnectedLifetimes: 2,
    longestDisconnectedMs: 3_600_000,
    // With one tick added, well within the second that a player gives an endpoint.
    patience: { waitMs: 500, timesUsual: 2, giveUpMs: 3_000 },
    refusals: { rememberedMs: 60_000, maxRemembered: 10_000 },
    maxActive: 64,
    maxQueued: 256,
    maxQueueMs: 5_000,
    maxHeldBytes: 256 * MEBIBYTE,
    windowBytes: MEBIBYTE,
    maxFillMs: 120_000,
  },
  disk: {
    wholeReadBytes: 4 * MEBIBYTE,
    maxQueuedBytes: 128 * MEBIBYTE,
    retry: { firstMs: 5_000, longestMs: 60_000 },
  },
  lease: { retry: { firstMs: 1_000, longestMs: 15_000 }, timeoutMs: 3_000 },
  drainMs: 8_000,
  clientIdleMs: 60_000,
};

const DEMO: AppliancePolicies = {
  ...PRODUCTION,
  upstream: { ...PRODUCTION.upstream, connectTimeoutMs: 1_000, headersTimeoutMs: 4_000 },
  disk: { ...PRODUCTION.disk, retry: { firstMs: 1_000, longestMs: 10_000 } },
  lease: { retry: { firstMs: 250, longestMs: 2_000 }, timeoutMs: 1_000 },
};

export function policiesOf(profile: ApplianceConfig["profile"]): AppliancePolicies {
  return profile === "demo" ? DEMO : PRODUCTION;
}
