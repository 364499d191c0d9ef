/** What steering is started with, as files, flags and tests give it. */
import type { LogLevel } from "../chassis/settings.ts";
import type { PathwayFile } from "./cdn/read-pathway-file.ts";
import type { FailedStep } from "./loop/keep-going.ts";
import type { Prober } from "./probe/probe-node.ts";
import type { SteeringPolicy } from "./profiles.ts";
import type { TextFetcher } from "./source/fetch-text.ts";

export type SteeringOptions = {
  readonly policy: SteeringPolicy;
  /** Name → base URL of the origin. The first one's bytes are what probes are measured by. */
  readonly sources: ReadonlyMap<string, string>;
  /** Where viewers reach this service; asked for with each answer, as port 0 is known only later. */
  readonly advertisedUrl: () => string;
  readonly token: string | undefined;
  /** The first one signs, all are believed. */
  readonly sessionKeys: readonly Buffer[];
  readonly probePath: string;
  /** Addresses and networks of those before us; none is believed without it. */
  readonly trustedProxies?: readonly string[];
  /** Undefined keeps it in memory. */
  readonly historyFile?: string | undefined;
  /** Pathways that are not ours, networks and distances, as they stand in their file at the start. */
  readonly pathwayFile?: PathwayFile | undefined;
  /** Monotonic, for durations. */
  readonly now: () => number;
  /** The time of day, for what leaves the process. */
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly logLevel?: LogLevel;
  readonly prober?: Prober;
  readonly textFetcher?: TextFetcher;
  /** A step of the loop has thrown, which is a mistake of ours; without it, the log is told. */
  readonly onFailedStep?: (failed: FailedStep) => void;
};
