/** Notes whom steering calls, and whom the appliances say that they call. */
import type { ApplianceReport } from "../../appliance/contract/appliance-status.ts";
import { type DependencyLedger, noteCounted } from "../core/dependencies/dependency-ledger.ts";
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
  return async (url) => {
    const beganAtMs = now();
    const fetched = await fetchText(url);
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
  const seen = new Map<string, { calls: number; failures: number }>();
  return {
    note(id: string, upstreams: NonNullable<ApplianceReport["upstreams"]>, nowMs: number): void {
      for (const { url, calls, failures } of upstreams) {
        const key = `${id} ${url}`;
        const before = seen.get(key);
        seen.set(key, { calls, failures });
        // It has begun anew, and counts from nothing.
        const base = before === undefined || before.calls > calls ? ZERO : before;
        const edge = ledger.hold(
          { caller: id, callee: calleeOf(url, sources), purpose: "fill" },
          nowMs,
        );
        noteCounted(
          edge,
          { calls: calls - base.calls, failures: Math.max(0, failures - base.failures) },
          nowMs,
        );
      }
    },
    forget(isKnown: (id: string) => boolean): void {
      for (const key of seen.keys()) if (!isKnown(key.slice(0, key.indexOf(" ")))) seen.delete(key);
    },
  };
}

const ZERO = { calls: 0, failures: 0 };

/** The source of that address, else the address without its path. */
function calleeOf(url: string, sources: SourceNames): string {
  for (const [name, base] of sources) if (url.startsWith(base)) return `source:${name}`;
  return URL.canParse(url) ? new URL(url).origin : url;
}
