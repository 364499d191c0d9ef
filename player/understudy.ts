/** What the package gives to pages. */
// biome-ignore-all lint/performance/noBarrelFile: a package has one entry, and this is it.
export type * from "./contract/player-events.ts";
export type { FailoverOptions, FailoverPolicy } from "./contract/player-options.ts";
export type {
  ReportEvent,
  ReportOptions,
  ReportTargetOptions,
  ReportTargetSnapshot,
} from "./contract/report-options.ts";
export {
  createFailoverLoader,
  type FailoverLoader,
  type FailoverLoaderOptions,
} from "./create-failover-loader.ts";
export {
  createFailoverPlayer,
  type FailoverPlayer,
  type FailoverPlayerOptions,
} from "./create-failover-player.ts";
export type { AttachOptions, FailoverPlayback } from "./hls/failover-playback.ts";
export { InvalidSourceError } from "./hls/source-urls.ts";
