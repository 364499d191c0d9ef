/** Events for tests of health, one mark each, so that a test reads as a line. */
import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";
import type { HealthState } from "../../contract/fleet-view.ts";
import type { PlayersVerdict } from "../reports/players-verdict.ts";
import { HEALTH_PROFILES, type HealthPolicy } from "./health-policy.ts";
import type { SignalName } from "./health-signals.ts";
import type { ProbeOutcome } from "./judge-probe.ts";
import { type HealthEvent, type NodeHealth, observeNode } from "./node-health.ts";
import type { Deviation } from "./watch-signals.ts";
import { deservesEjection, weighEvidence } from "./weigh-evidence.ts";

export const DEMO = HEALTH_PROFILES.demo;
/** A sample a second, with the sharp eye of production. */
export const WATCH_POLICY = { ...HEALTH_PROFILES.production.forecast, slotMs: 1_000 };
/** Marks come a second apart, and a trial lasts one. */
export const POLICY: HealthPolicy = { ...DEMO, damping: { ...DEMO.damping, trialMs: 1_000 } };

export function report(
  load: number,
  changes: Partial<ApplianceReport> & { diskState?: "ok" | "slow" | "unavailable" } = {},
): ApplianceReport {
  const { diskState = "ok", ...rest } = changes;
  const tier = { objects: 0, usedBytes: 0, limitBytes: 0 };
  const health = diskState === "ok" ? { state: diskState } : { state: diskState, reason: "old" };
  return {
    state: "serving",
    activeRequests: 0,
    egressBitsPerSecond: load * 1_000,
    capacityBitsPerSecond: 1_000,
    eventLoopDelayMs: 0,
    ram: tier,
    disk: { ...tier, health },
    ...rest,
  };
}

export function goodProbe(firstByteMs = 10, throughputBitsPerSecond?: number): ProbeOutcome {
  return { ok: true, reason: "right-bytes", firstByteMs, throughputBitsPerSecond };
}

export function verdict(word: PlayersVerdict["verdict"], sessions = 50): PlayersVerdict {
  const errorRatio = word === "bad" ? 0.5 : 0;
  return {
    verdict: word,
    sessions,
    errorRatio,
    throughputBitsPerSecond: undefined,
    reason: `players-${word}`,
  };
}

export function deviation(signal: SignalName): Deviation {
  return { signal, worseThan: "forecast", value: 9, expected: 1 };
}

const EVENTS: Readonly<Record<string, HealthEvent>> = {
  n: { kind: "registered", report: report(0) },
  c: { kind: "registered", report: undefined },
  ".": { kind: "probed", outcome: goodProbe() },
  x: { kind: "probed", outcome: { ok: false, reason: "timeout", isFact: false } },
  "!": { kind: "probed", outcome: { ok: false, reason: "refused", isFact: true } },
  s: { kind: "reported", report: report(0) },
  d: { kind: "reported", report: report(0, { state: "draining" }) },
  "8": { kind: "reported", report: report(0.8) },
  "7": { kind: "reported", report: report(0.7) },
  "5": { kind: "reported", report: report(0.5) },
  l: { kind: "heartbeat-late" },
  b: { kind: "players-judged", verdict: verdict("bad") },
  p: { kind: "players-judged", verdict: verdict("good") },
  P: { kind: "players-judged", verdict: verdict("good", POLICY.players.enoughSessions - 1) },
  f: { kind: "compared", deviations: [deviation("first-byte")] },
  v: { kind: "compared", deviations: [deviation("event-loop-delay")] },
  q: {
    kind: "compared",
    deviations: [deviation("players-errors"), deviation("players-throughput")],
  },
  a: { kind: "compared", deviations: [] },
  g: { kind: "lease-ended", reason: "lease-expired" },
  h: { kind: "lease-ended", reason: "lease-cancelled" },
};
/** The sweep, which ejects whoever deserves it. */
const SWEEP = "e";

function eventOf(mark: string): HealthEvent {
  const event = EVENTS[mark];
  if (event === undefined) throw new TypeError(`No event is marked ${mark}`);
  return event;
}

const atMs = (index: number) => 1 + index * 1_000;

export function healthsAfter(marks: string): NodeHealth[] {
  let health: NodeHealth | undefined;
  return Array.from(marks, (mark, index) => {
    const nowMs = atMs(index);
    if (mark === SWEEP && health !== undefined) health = sweep(health, POLICY, nowMs);
    else health = observeNode(health, eventOf(mark), POLICY, nowMs);
    return health;
  });
}

export function sweep(health: NodeHealth, policy: HealthPolicy, nowMs: number): NodeHealth {
  if (!deservesEjection(health, policy, nowMs)) return health;
  const { reason } = weighEvidence(health, policy, nowMs);
  return observeNode(health, { kind: "ejected", reason }, policy, nowMs);
}

/** Its health after the last mark, and the time then. */
export function following(marks: string): { health: NodeHealth; nowMs: number } {
  const health = healthsAfter(marks).at(-1);
  if (health === undefined) throw new TypeError("No event");
  return { health, nowMs: atMs(marks.length - 1) };
}

const LETTERS: Readonly<Record<HealthState, string>> = {
  up: "U",
  down: "D",
  recovering: "R",
  draining: "W",
  gone: "G",
};

/** U up, D down, R recovering, W draining (withdrawing), G gone; one letter per event. */
export function states(marks: string): string {
  return healthsAfter(marks)
    .map(({ state }) => LETTERS[state])
    .join("");
}
