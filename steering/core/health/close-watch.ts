/**
 * Which nodes are probed more often than the others: those on trial, and those about which something
 * was heard that a probe would settle. That is where seconds are won, both ways.
 */
import type { HealthPolicy } from "./health-policy.ts";
import type { NodeHealth } from "./node-health.ts";
import { doPlayersComplain } from "./weigh-evidence.ts";

export function needsCloseWatch(health: NodeHealth, policy: HealthPolicy, nowMs: number): boolean {
  if (health.state === "recovering") return true;
  if (health.state !== "up") return false;
  const { probes, heartbeat } = health;
  return (
    probes.badInRow > 0 ||
    probes.isFailing ||
    (heartbeat?.isLate ?? false) ||
    doPlayersComplain(health, policy, nowMs)
  );
}
