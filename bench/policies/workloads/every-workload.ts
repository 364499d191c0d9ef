/** The workloads in the order in which they are reported. */
import { LIVE } from "./live-channels.ts";
import { MIXED } from "./mixed.ts";
import {
  ABANDONMENT,
  DIURNAL,
  DRIFT,
  LADDER_MOVES,
  RELEASE_DAY,
  TITLES,
} from "./video-on-demand.ts";
import type { Workload } from "./workload.ts";

export const EVERY_WORKLOAD: readonly Workload[] = [
  MIXED,
  TITLES,
  ABANDONMENT,
  LADDER_MOVES,
  DIURNAL,
  LIVE,
  RELEASE_DAY,
  DRIFT,
];
