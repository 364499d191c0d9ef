/** Notes whom steering calls, and whom the appliances say that they call. */
import type { ApplianceReport } from "../../appliance/contract/appliance-status.ts";
import type { DependencyLedger } from "../core/dependencies/dependency-ledger.ts";
import type { ProbeOutcome } from "../core/health/judge-probe.ts";
import type { OutcomeCounts } from "../metrics/outcome-counts.ts";
import type { FetchText } from "../source/fetch-text.ts";
import { STEERING } from "./note-inbound-calls.ts";

type SourceNames = ReadonlyMap<string, string>;

export function notePlaylistCalls(
  fetchText: FetchText,
  options: {
    readonly ledger: DependencyLedger;
    readonly sources: SourceNames;
    readonly now: () => number;
  },
): FetchText {
  const { ledger, sources, now } = options;
  return async (url, lane) => {
    const beganAtMs = now();
    const fetched = await fetchText(url, lane);
    const nowMs = now();
    const name = { caller: STEERING, callee: calleeOf(url, sources), purpose: "playlist" };
    const durationMs = nowMs - beganAtMs;
    const failure = fetched.outcome === "failed" ? { failedFor: fetched.reason } : {};
    ledger.note(name, { ...failure, durationMs }, nowMs);
    return fetched;
  };
}

export function noteProbes({
  ledger,
  counts,
  now,
}: {
  readonly ledger: DependencyLedger;
  readonly counts: OutcomeCounts<"good" | "bad" | "refused">;
  readonly now: () => number;
}) {
  return (id: string, outcome: ProbeOutcome, durationMs: number): void => {
    counts[outcome.ok ? "good" : outcome.isFact ? "refused" : "bad"] += 1;
    const failure = outcome.ok ? {} : { failedFor: outcome.reason };
    ledger.note(
      { caller: STEERING, callee: id, purpose: "probe" },
      { ...failure, durationMs },
      now(),
    );
  };
}

/** Reports count from an appliance's start, so what is noted is what has come since the last one. */
export function noteFills(ledger: DependencyLedger, sources: SourceNames) {
  /** By appliance: only the upstreams of its last report, for it may name others each time. */
  const seen = new Map<string, ReadonlyMap<string, Counted>>();
  return {
    note(id: string, upstreams: NonNullable<ApplianceReport["upstreams"]>, nowMs: number): void {
      const known = seen.get(id);
      seen.set(id, new Map(upstreams.map((upstream) => [upstream.url, upstream])));
      for (const { url, calls, failures } of upstreams) {
        const before = known?.get(url);
        // It has begun anew, and counts from nothing.
        const base = before === undefined || before.calls > calls ? ZERO : before;
        const name = { caller: id, callee: calleeOf(url, sources), purpose: "fill" };
        const since = {
          calls: calls - base.calls,
          failures: Math.max(0, failures - base.failures),
        };
        ledger.add(name, since, nowMs);
      }
    },
    forget(isKnown: (id: string) => boolean): void {
      for (const id of seen.keys()) if (!isKnown(id)) seen.delete(id);
    },
  };
}

type Counted = { readonly calls: number; readonly failures: number };
const ZERO: Counted = { calls: 0, failures: 0 };

/** The source of that address, else the address without its path. */
function calleeOf(url: string, sources: SourceNames): string {
  for (const [name, base] of sources) if (url.startsWith(base)) return `source:${name}`;
  return URL.canParse(url) ? new URL(url).origin : url;
}
