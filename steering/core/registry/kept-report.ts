/**
 * Makes the report of a heartbeat into what is kept until the next one.
 *
 * A fleet of ten thousand says ten thousand times a second what it said a second ago. Each report is kept
 * just long enough to outlive the young generation of the heap, where garbage costs nothing. So what has
 * not changed is kept from the last report, and the rest is copied into one shape, which is smaller than
 * what a parser makes.
 */
import type { ApplianceReport, Tier } from "../../../appliance/contract/appliance-status.ts";

export function keptReport(
  report: ApplianceReport,
  before: ApplianceReport | undefined,
): ApplianceReport {
  const { upstreams, isSheddingSessions } = report;
  const disk = keptTier(report.disk, before?.disk);
  const health =
    before !== undefined && isSame(report.disk.health, before.disk.health)
      ? before.disk.health
      : report.disk.health;
  return {
    state: report.state,
    activeRequests: report.activeRequests,
    egressBitsPerSecond: report.egressBitsPerSecond,
    capacityBitsPerSecond: report.capacityBitsPerSecond,
    eventLoopDelayMs: report.eventLoopDelayMs,
    ram: keptTier(report.ram, before?.ram),
    disk:
      before !== undefined && disk === before.disk && health === before.disk.health
        ? before.disk
        : {
            objects: disk.objects,
            usedBytes: disk.usedBytes,
            limitBytes: disk.limitBytes,
            health,
          },
    ...(isSheddingSessions === undefined ? {} : { isSheddingSessions }),
    ...(upstreams === undefined ? {} : { upstreams }),
  };
}

function keptTier<Kept extends Tier>(tier: Tier, before: Kept | undefined): Tier | Kept {
  const { objects, usedBytes, limitBytes } = tier;
  const isKept =
    before !== undefined &&
    objects === before.objects &&
    usedBytes === before.usedBytes &&
    limitBytes === before.limitBytes;
  return isKept ? before : { objects, usedBytes, limitBytes };
}

function isSame(
  a: ApplianceReport["disk"]["health"],
  b: ApplianceReport["disk"]["health"],
): boolean {
  const reasonOf = (health: typeof a) => ("reason" in health ? health.reason : "");
  return a.state === b.state && reasonOf(a) === reasonOf(b);
}
