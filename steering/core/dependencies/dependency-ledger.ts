/**
 * Who called whom, for what, how often and how well: counted where it happens, declared nowhere.
 *
 * Whoever calls often asks once for its edge and counts on it by a few additions; what is rare or has
 * many callees is noted by name. Edges are bounded: when there is no room for another, the one that
 * has been silent for longest is forgotten, and if none has been silent for long, the new one is
 * counted with all others.
 */
import type { Dependency } from "../../contract/dependencies.ts";

export type DependencyName = {
  /** Such as viewers, steering, or a node's id. */
  readonly caller: string;
  readonly callee: string;
  readonly purpose: string;
};

export type DependencyPolicy = {
  readonly maxEdges: number;
  /** An edge may be forgotten, for want of room, after so long a silence. */
  readonly forgetAfterMs: number;
};

/** Counts of one edge; only the functions below write to it. */
export type DependencyEdge = {
  readonly name: DependencyName;
  /** Somebody holds it, and goes on counting: it is not forgotten. */
  isHeld: boolean;
  calls: number;
  failures: number;
  readonly failureReasons: Map<string, number>;
  timedCalls: number;
  totalMs: number;
  slowestMs: number;
  lastAtMs: number;
  fallback: { what: string; used: number } | undefined;
  /** Calls of the last minute, in a ring of short spans. */
  readonly spans: number[];
  lastSpan: number;
};

const OTHERS = "others";
const MAX_REASONS = 16;
const OTHER_REASON = "other";
const SPAN_MS = 5_000;
const SPANS = 12;

/** @param durationMs undefined where nobody has measured it. */
export function noteCall(edge: DependencyEdge, nowMs: number, durationMs?: number): void {
  const span = Math.floor(nowMs / SPAN_MS);
  if (span !== edge.lastSpan) advance(edge, span);
  const place = span % SPANS;
  edge.spans[place] = (edge.spans[place] ?? 0) + 1;
  edge.calls += 1;
  edge.lastAtMs = nowMs;
  if (durationMs === undefined) return;
  edge.timedCalls += 1;
  edge.totalMs += durationMs;
  if (durationMs > edge.slowestMs) edge.slowestMs = durationMs;
}

/** Many at once, which somebody else has counted. */
function noteCounted(
  edge: DependencyEdge,
  counted: { readonly calls: number; readonly failures: number },
  nowMs: number,
): void {
  const span = Math.floor(nowMs / SPAN_MS);
  if (span !== edge.lastSpan) advance(edge, span);
  const place = span % SPANS;
  edge.spans[place] = (edge.spans[place] ?? 0) + counted.calls;
  edge.calls += counted.calls;
  edge.failures += counted.failures;
  edge.lastAtMs = nowMs;
}

/** A call that did not get what it was for. */
export function noteFailure(
  edge: DependencyEdge,
  failure: { readonly reason: string; readonly durationMs?: number },
  nowMs: number,
): void {
  noteCall(edge, nowMs, failure.durationMs);
  edge.failures += 1;
  const { failureReasons: reasons } = edge;
  const isKnown = reasons.has(failure.reason) || reasons.size < MAX_REASONS - 1;
  const reason = isKnown ? failure.reason : OTHER_REASON;
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}

export class DependencyLedger {
  readonly #edges = new Map<string, DependencyEdge>();
  readonly #others: DependencyEdge;
  readonly #policy: DependencyPolicy;
  readonly #startedAtMs: number;
  /** Before this nobody has been silent for long enough: to look each time would be dear. */
  #nextForgettingAtMs = Number.NEGATIVE_INFINITY;

  constructor(policy: DependencyPolicy, startedAtMs: number) {
    this.#policy = policy;
    this.#startedAtMs = startedAtMs;
    this.#others = newEdge({ caller: OTHERS, callee: OTHERS, purpose: OTHERS }, startedAtMs);
  }

  /** To hold, and to count on by `noteCall` and `noteFailure`. */
  hold(name: DependencyName, nowMs: number): DependencyEdge {
    const edge = this.#find(name, nowMs);
    edge.isHeld = true;
    return edge;
  }

  /** @param call with a reason if it failed. */
  note(
    name: DependencyName,
    call: { readonly failedFor?: string; readonly durationMs?: number },
    nowMs: number,
  ): void {
    const edge = this.#find(name, nowMs);
    const { failedFor: reason, durationMs } = call;
    if (reason === undefined) noteCall(edge, nowMs, durationMs);
    else noteFailure(edge, { reason, ...(durationMs === undefined ? {} : { durationMs }) }, nowMs);
  }

  /** What somebody else has counted. */
  add(
    name: DependencyName,
    counted: { readonly calls: number; readonly failures: number },
    nowMs: number,
  ): void {
    if (counted.calls <= 0 && counted.failures <= 0) return;
    noteCounted(this.#find(name, nowMs), counted, nowMs);
  }

  /** @param what answered in its place. */
  noteFallback(name: DependencyName, what: string, nowMs: number): void {
    const edge = this.#find(name, nowMs);
    edge.lastAtMs = nowMs;
    edge.fallback = { what, used: (edge.fallback?.used ?? 0) + 1 };
  }

  sinceSeconds(nowMs: number): number {
    return (nowMs - this.#startedAtMs) / 1000;
  }

  /** Those that were ever used, in the order of their names. */
  list(nowMs: number): Dependency[] {
    const watchedMs = nowMs - this.#startedAtMs;
    return [...this.#edges.values(), this.#others]
      .filter(({ calls, fallback }) => calls > 0 || fallback !== undefined)
      .map((edge) => dependencyOf(edge, { nowMs, watchedMs }))
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }

  #find(name: DependencyName, nowMs: number): DependencyEdge {
    const key = sortKey(name);
    const known = this.#edges.get(key);
    if (known !== undefined) return known;
    if (this.#edges.size >= this.#policy.maxEdges && !this.#forgetOne(nowMs)) return this.#others;
    const edge = newEdge(name, nowMs);
    this.#edges.set(key, edge);
    return edge;
  }

  #forgetOne(nowMs: number): boolean {
    if (nowMs < this.#nextForgettingAtMs) return false;
    let silent: string | undefined;
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const [key, { isHeld, lastAtMs }] of this.#edges) {
      if (isHeld || lastAtMs >= oldestMs) continue;
      oldestMs = lastAtMs;
      silent = key;
    }
    const dueAtMs = oldestMs + this.#policy.forgetAfterMs;
    if (silent !== undefined && nowMs >= dueAtMs) return this.#edges.delete(silent);
    this.#nextForgettingAtMs = dueAtMs;
    return false;
  }
}

function newEdge(name: DependencyName, nowMs: number): DependencyEdge {
  return {
    name,
    isHeld: false,
    calls: 0,
    failures: 0,
    failureReasons: new Map(),
    timedCalls: 0,
    totalMs: 0,
    slowestMs: 0,
    lastAtMs: nowMs,
    fallback: undefined,
    spans: new Array<number>(SPANS).fill(0),
    lastSpan: Math.floor(nowMs / SPAN_MS),
  };
}

/** Empties the spans that have passed since the last call. */
function advance(edge: DependencyEdge, span: number): void {
  const passed = Math.min(span - edge.lastSpan, SPANS);
  for (let step = 0; step < passed; step += 1) edge.spans[(span - step) % SPANS] = 0;
  edge.lastSpan = span;
}

function dependencyOf(
  edge: DependencyEdge,
  { nowMs, watchedMs }: { readonly nowMs: number; readonly watchedMs: number },
): Dependency {
  advance(edge, Math.floor(nowMs / SPAN_MS));
  const recentCalls = edge.spans.reduce((sum, calls) => sum + calls, 0);
  const coveredMs = Math.min((SPANS - 1) * SPAN_MS + (nowMs % SPAN_MS), Math.max(watchedMs, 1_000));
  return {
    ...edge.name,
    calls: edge.calls,
    failures: edge.failures,
    failureReasons: Object.fromEntries(edge.failureReasons),
    meanMs: edge.timedCalls === 0 ? null : edge.totalMs / edge.timedCalls,
    slowestMs: edge.timedCalls === 0 ? null : edge.slowestMs,
    callsPerSecond: recentCalls / (coveredMs / 1000),
    lastAgoSeconds: (nowMs - edge.lastAtMs) / 1000,
    fallback: edge.fallback === undefined ? null : { ...edge.fallback },
  };
}

/** No name has a line break in it. */
function sortKey({ caller, callee, purpose }: DependencyName): string {
  return `${caller}\n${callee}\n${purpose}`;
}
