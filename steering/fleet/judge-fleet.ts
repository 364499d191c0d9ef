/**
 * Weighs what is known of everybody against everybody: who is late, what players say, whose signals are
 * worse than expected or than its peers'; and takes down those that the evidence speaks against, only
 * some at a time, because a judgement may be wrong about all of them at once.
 */
import { chooseEjections } from "../core/health/choose-ejections.ts";
import type { HealthEvent } from "../core/health/node-health.ts";
import { watchSignals } from "../core/health/watch-signals.ts";
import { deservesEjection, weighEvidence } from "../core/health/weigh-evidence.ts";
import type { PlayersVerdict } from "../core/reports/players-verdict.ts";
import type { NewEvent } from "../history/open-history.ts";
import type { SteeringPolicy } from "../profiles.ts";
import { type FleetNode, regionOf } from "./fleet-node.ts";

export type FleetJudgeOptions = {
  readonly nodes: ReadonlyMap<string, FleetNode>;
  readonly policy: SteeringPolicy;
  readonly verdicts: (nowMs: number) => ReadonlyMap<string, PlayersVerdict>;
  readonly observe: (node: FleetNode, event: HealthEvent, nowMs: number) => void;
  readonly tell: (event: NewEvent) => void;
  readonly startedAtMs: number;
};

const LATE_AFTER_HEARTBEATS = 1.5;

export function openFleetJudge(options: FleetJudgeOptions) {
  const { nodes, policy, observe, tell } = options;
  const watch = watchSignals(policy.health.forecast);
  let nextEjectionAtMs = options.startedAtMs;
  /** Those that would have been taken down, but for how many there are: each is told of once. */
  let sparedIds: ReadonlySet<string> = new Set();

  /** Takes down those that the evidence speaks against, but only some at a time. */
  function eject(nowMs: number): void {
    if (nowMs < nextEjectionAtMs) return;
    const candidates = Array.from(nodes.values())
      .filter(({ health }) => deservesEjection(health, policy.health, nowMs))
      .map(({ id, health }) => ({
        id,
        evidence: weighEvidence(health, policy.health, nowMs).weight,
        badProbesInRow: health.probes.badInRow,
      }));
    if (candidates.length === 0) {
      sparedIds = new Set();
      return;
    }
    nextEjectionAtMs = nowMs + policy.ejection.everyMs;
    const present = Array.from(nodes.values()).filter(({ health }) => health.state !== "gone");
    const chosen = new Set(
      chooseEjections(candidates, { fleetSize: present.length, policy: policy.ejection }),
    );
    const sparedBefore = sparedIds;
    sparedIds = new Set(candidates.flatMap(({ id }) => (chosen.has(id) ? [] : [id])));
    for (const { id } of candidates) {
      const node = nodes.get(id);
      if (node === undefined) continue;
      const { reason } = weighEvidence(node.health, policy.health, nowMs);
      if (chosen.has(id)) observe(node, { kind: "ejected", reason }, nowMs);
      else if (!sparedBefore.has(id)) {
        tell({ kind: "spared", subject: id, from: "up", to: "up", reason: "too-many-at-once" });
      }
    }
  }

  function noteLate(nowMs: number): void {
    const lateMs = policy.registry.heartbeatMs * LATE_AFTER_HEARTBEATS;
    for (const node of nodes.values()) {
      const { standing } = node;
      if (standing.kind !== "appliance" || standing.member.lease.state === "ended") continue;
      if (nowMs - standing.member.reportedAtMs <= lateMs) continue;
      observe(node, { kind: "heartbeat-late" }, nowMs);
    }
  }

  function noteVerdicts(nowMs: number): void {
    for (const [id, verdict] of options.verdicts(nowMs)) {
      const node = nodes.get(id);
      if (node !== undefined) observe(node, { kind: "players-judged", verdict }, nowMs);
    }
  }

  function* compare(nowMs: number): Generator<undefined, void> {
    const watched = Array.from(nodes.values(), (node) => ({
      id: node.id,
      region: regionOf(node),
      health: node.health,
    }));
    for (const [id, deviations] of yield* watch.sweep(watched, nowMs)) {
      const node = nodes.get(id);
      // It may have fallen, or begun a new life, while the others were looked at.
      if (node?.health.state !== "up") continue;
      const hadNone = (node.health.compared?.deviations.length ?? 0) === 0;
      if (hadNone && deviations.length === 0) continue;
      observe(node, { kind: "compared", deviations }, nowMs);
    }
  }

  return {
    eject,
    /** A piece with each step. */
    *judge(nowMs: number): Generator<undefined, void> {
      noteLate(nowMs);
      yield;
      noteVerdicts(nowMs);
      yield;
      yield* compare(nowMs);
      yield;
      eject(nowMs);
    },
  };
}
