/**
 * What a node's last heartbeat said of it, as far as its health is concerned.
 *
 * Busy has a hysteresis: it begins nearer to the capacity than it ends, so that it does not flap.
 */
import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";

export type HeartbeatRecord = {
  readonly atMs: number;
  /** Share of its capacity that it sends. */
  readonly load: number;
  /** So near to its capacity that others should be asked first. */
  readonly isBusy: boolean;
  readonly isDraining: boolean;
  readonly isShedding: boolean;
  readonly eventLoopDelayMs: number;
  readonly disk: ApplianceReport["disk"]["health"]["state"];
  /** The next one has been due for a while. */
  readonly isLate: boolean;
};

export type BusyPolicy = {
  /** Share of its capacity from which it counts as busy, and below which it no longer does. */
  readonly busyFrom: number;
  readonly busyUntil: number;
};

/** Far beyond any box: what is said to be more is no measurement. */
const MOST_LOAD = 1_000;
const MOST_DELAY_MS = 3_600_000;

export function readReport(
  before: HeartbeatRecord | undefined,
  report: ApplianceReport,
  policy: BusyPolicy,
  nowMs: number,
): HeartbeatRecord {
  const load = within(report.egressBitsPerSecond / report.capacityBitsPerSecond, MOST_LOAD);
  return {
    atMs: nowMs,
    load,
    isBusy: load >= (before?.isBusy ? policy.busyUntil : policy.busyFrom),
    isDraining: report.state === "draining",
    isShedding: report.isSheddingSessions ?? false,
    eventLoopDelayMs: within(report.eventLoopDelayMs, MOST_DELAY_MS),
    disk: report.disk.health.state,
    isLate: false,
  };
}

function within(value: number, most: number): number {
  return Number.isNaN(value) ? 0 : Math.min(most, Math.max(0, value));
}
