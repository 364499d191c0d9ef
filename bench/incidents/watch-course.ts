/**
 * Lets steering's own health watch a course: each measurement becomes the event that steering would make
 * of it, and each slot ends with a sweep.
 */
import { setImmediate } from "node:timers/promises";
import type { ApplianceReport } from "../../appliance/contract/appliance-status.ts";
import type { HealthPolicy } from "../../steering/core/health/health-policy.ts";
import type { SignalName } from "../../steering/core/health/health-signals.ts";
import {
  type HealthEvent,
  type NodeHealth,
  observeNode,
} from "../../steering/core/health/node-health.ts";
import { sweepWhole, watchSignals } from "../../steering/core/health/watch-signals.ts";
import { type Course, SLOT_SECONDS } from "./draw-course.ts";
import type { Alarms } from "./score-alarms.ts";

const CAPACITY_BITS_PER_SECOND = 10e9;
const SESSIONS = 100;
const SLOTS_AT_A_TIME = 1_000;

/** @returns where a signal of a node is found to deviate. */
export async function watchCourse(
  course: Course,
  policy: HealthPolicy,
  signal: AbortSignal,
): Promise<Alarms> {
  const { nodes, slots } = course;
  const alarms: number[] = [];
  const watch = watchSignals(policy.forecast);
  const healths: (NodeHealth | undefined)[] = nodes.map(() => undefined);
  for (let slot = 0; slot < slots; slot += 1) {
    if (slot % SLOTS_AT_A_TIME === 0) {
      // A day takes seconds: somebody may have asked to stop.
      await setImmediate();
      signal.throwIfAborted();
    }
    const nowMs = 1 + slot * SLOT_SECONDS * 1_000;
    const watched = nodes.map((node, index) => {
      let health = healths[index];
      for (const event of eventsOf(course, slot * nodes.length + index)) {
        health = observeNode(health, event, policy, nowMs);
      }
      const state = course.isUp[slot * nodes.length + index] === 1 ? "up" : "down";
      const known = health ?? observeNode(undefined, BEGIN, policy, nowMs);
      healths[index] = { ...known, state };
      return { ...node, health: { ...known, state } as const };
    });
    const found = sweepWhole(watch, watched, nowMs + 1);
    for (const [index, { id }] of nodes.entries()) {
      if ((found.get(id)?.length ?? 0) > 0) alarms.push(index * slots + slot);
    }
  }
  return Int32Array.from(alarms).sort();
}

const BEGIN: HealthEvent = { kind: "registered", report: undefined };

function eventsOf({ signals }: Course, at: number): HealthEvent[] {
  const measured = (name: SignalName): number => signals[name][at] ?? Number.NaN;
  if (Number.isNaN(measured("first-byte"))) return [];
  const probed: HealthEvent = {
    kind: "probed",
    outcome: {
      ok: true,
      reason: "right-bytes",
      firstByteMs: measured("first-byte"),
      throughputBitsPerSecond: measured("probe-throughput"),
    },
  };
  const judged: HealthEvent = {
    kind: "players-judged",
    verdict: {
      sessions: SESSIONS,
      verdict: "unknown",
      errorRatio: measured("players-errors"),
      throughputBitsPerSecond: measured("players-throughput"),
      reason: "players-disagree",
    },
  };
  if (Number.isNaN(measured("egress"))) return [probed, judged];
  return [probed, judged, { kind: "reported", report: reportOf(measured) }];
}

function reportOf(measured: (name: SignalName) => number): ApplianceReport {
  const tier = { objects: 0, usedBytes: 0, limitBytes: 0 };
  return {
    state: "serving",
    activeRequests: 0,
    egressBitsPerSecond: measured("egress") * CAPACITY_BITS_PER_SECOND,
    capacityBitsPerSecond: CAPACITY_BITS_PER_SECOND,
    eventLoopDelayMs: measured("event-loop-delay"),
    ram: tier,
    disk: { ...tier, health: { state: "ok" } },
  };
}
