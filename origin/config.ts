/** What the origin can be told at its start. */
import { type Static, Type } from "typebox";
import {
  AdvertiseSetting,
  BaseUrl,
  baseUrlSetting,
  HostSetting,
  LogLevelSetting,
  portSetting,
} from "../chassis/settings.ts";
import type { LivePolicy } from "./core/live-playlist.ts";

export const OriginConfig = Type.Object({
  port: portSetting(4100),
  host: HostSetting,
  advertise: AdvertiseSetting,
  mediaFolder: Type.String({ default: "media/titles", description: "folder of titles" }),
  channelsFolder: Type.String({
    default: "media/channels",
    description: "folder of live channels; may be missing",
  }),
  siteFolder: Type.String({ default: "dist/site", description: "folder of the built site" }),
  steering: Type.Optional(baseUrlSetting("base URL of the steering service")),
  edges: Type.Array(BaseUrl, {
    default: [],
    maxItems: 1000,
    description: "base URLs of the appliances, with commas between them",
  }),
  fleet: Type.Optional(baseUrlSetting("base URL of the fleet's control API")),
  sources: Type.Union([Type.Literal("edges"), Type.Literal("self")], {
    default: "edges",
    description: "where titles are played from: `edges` (steering and appliances) or `self`",
  }),
  logLevel: LogLevelSetting,
});
export type OriginConfig = Static<typeof OriginConfig>;

export type SyntheticPolicy = {
  readonly maxSizeBytes: number;
  /** Larger objects carry no digest: it would have to be computed over the whole first. */
  readonly maxDigestBytes: number;
  readonly digestsKept: number;
};

export type LibraryPolicy = { readonly maxFiles: number; readonly maxTitleFileBytes: number };

export type LadderPolicy = { readonly maxPlaylistBytes: number };

export type ChannelsPolicy = LadderPolicy & {
  readonly maxChannels: number;
  readonly maxChannelFileBytes: number;
};

export type DashPolicy = LadderPolicy & {
  readonly maxInitBytes: number;
  /** How much of a segment is read to find out when it begins: what stands before its samples. */
  readonly segmentHeadBytes: number;
};

const MEBIBYTE = 1024 * 1024;

export const SYNTHETIC_POLICY: SyntheticPolicy = {
  maxSizeBytes: 1024 * MEBIBYTE,
  maxDigestBytes: 4 * MEBIBYTE,
  digestsKept: 10_000,
};

export const LIBRARY_POLICY: LibraryPolicy = { maxFiles: 200_000, maxTitleFileBytes: 65_536 };

export const CHANNELS_POLICY: ChannelsPolicy = {
  maxChannels: 100,
  maxChannelFileBytes: 65_536,
  maxPlaylistBytes: 4 * MEBIBYTE,
};

export const DASH_POLICY: DashPolicy = {
  maxPlaylistBytes: CHANNELS_POLICY.maxPlaylistBytes,
  maxInitBytes: 65_536,
  segmentHeadBytes: 8_192,
};

export const LIVE_POLICY: LivePolicy = {
  // Recent, so that the numbers stay small: some players index lists by them.
  epochWallMs: Date.UTC(2026, 0, 1),
  // With segments of 2 s: 40 s. A viewer 10 s behind who pauses for 30 s finds his place again.
  windowTargets: 20,
  // With segments of 2 s: 10 s. The newest is up to 2 s old, so 8 to 10 s are buffered; with 6 s a
  // player survives a failover, and a list that comes 2 s late does no harm yet.
  holdBackTargets: 5,
  // RFC 8216bis asks for the segment and the longest list that held it: about 22.
  lingerTargets: 60,
  clockSkewMs: 500,
  segmentMaxAgeSeconds: 300,
  absenceMaxAgeSeconds: 10,
};
