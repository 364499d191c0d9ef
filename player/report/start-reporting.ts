/**
 * Begins to report one play. The page loads this beside the player, so that no picture waits for it: what
 * came before is told afterwards, and a play that has begun by then is looked at as it is.
 */
import type Hls from "hls.js";
import { DEFAULT_REPORT_POLICY } from "../contract/report-options.ts";
import { Reporter, type ReporterOptions } from "./reporter.ts";
import { watchMedia } from "./watch-media.ts";

export type ReportingOptions = Omit<ReporterOptions, "policy">;

export function startReporting(
  hls: Pick<Hls, "on" | "once" | "media" | "levels" | "loadLevel">,
  options: ReportingOptions,
): Reporter {
  const reporter = new Reporter({ ...options, policy: DEFAULT_REPORT_POLICY });
  watchMedia(hls, reporter);
  return reporter;
}
