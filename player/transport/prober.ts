/**
 * Asks avoided pathways for bytes that will be needed anyway, to learn whether they have recovered.
 *
 * Probes go out at their own pace and only with media in hand, so that looking for the primary never
 * costs the viewer a frame. A real segment is asked for, because a host that answers pings may still
 * be unable to serve one; and its pace is judged, because a host that trickles answers every probe.
 */
import { parseContentRange } from "../../kernel/byte-range.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { patienceWith } from "../core/judge-attempt.ts";
import { isQuickEnough, probePace, type WholeProbe } from "../core/judge-probe.ts";
import type { PathwayHealth, ProbeReport } from "../core/pathway-health.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import { AttemptsUnderWay } from "./attempts-under-way.ts";
import { BodyUnderWay } from "./body-under-way.ts";

export type ProbeTarget = {
  readonly host: string;
  readonly health: PathwayHealth;
  /** Something that the player will ask for; undefined while nothing is known. */
  readonly url: string | undefined;
  readonly durationMs: number | undefined;
};

export type ProberOptions = {
  readonly policy: FailoverPolicy;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly onReport: (host: string, report: ProbeReport) => void;
};

export class Prober {
  readonly #options: ProberOptions;
  readonly #attempts = new AttemptsUnderWay();
  readonly #probing = new Set<string>();
  readonly #lastProbeMs = new Map<string, number>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** @param bufferMs media in hand; probes beyond the breaker's open time do not wait for it. */
  tick(targets: readonly ProbeTarget[], bufferMs: number, nowMs: number): void {
    const { policy } = this.#options;
    this.#attempts.tick(nowMs);
    for (const { health, ...target } of targets) {
      if (health.state === "well" || target.url === undefined) continue;
      if (this.#probing.has(target.host)) continue;
      const lastMs = this.#lastProbeMs.get(target.host) ?? health.sinceMs;
      const isDue = nowMs - lastMs >= policy.probeEveryMs;
      const isAffordable = bufferMs >= policy.probeBufferFloorMs || nowMs >= health.untilMs;
      if (isDue && isAffordable) void this.#probe({ ...target, url: target.url }, nowMs);
    }
  }

  close(): void {
    this.#attempts.abortAll();
  }

  async #probe({ host, url, durationMs }: Probe, nowMs: number): Promise<void> {
    const { policy, fetch, now, onReport } = this.#options;
    this.#lastProbeMs.set(host, nowMs);
    this.#probing.add(host);
    const body = new BodyUnderWay();
    const attempt = new Attempt({
      host,
      url,
      range: { first: 0, last: policy.probeBytes - 1 },
      isLengthTrusted: true,
      headers: {},
      body,
      patience: patienceWith(undefined, {}, policy),
      limits: { overlapBytes: 0, maxBodyBytes: policy.probeBytes },
      fetch,
      now,
      isTooSlow: ({ startedMs }, atMs) => atMs - startedMs >= policy.probeLongestMs,
    });
    const outcome = await this.#attempts.run(attempt);
    this.#probing.delete(host);
    if (outcome.kind === "aborted" || isMissing(outcome)) return;
    const { startedMs, firstByteMs = now(), lastByteMs = firstByteMs } = attempt.progress;
    const probe: WholeProbe = {
      receivedBytes: body.held.receivedBytes,
      tookMs: lastByteMs - firstByteMs,
      segment: segmentOf(outcome, durationMs),
    };
    onReport(host, {
      ok: hasServed(outcome) && isQuickEnough(probe, policy),
      firstByteMs: firstByteMs - startedMs,
      bytesPerSecond: probePace(probe, policy),
    });
  }
}

type Probe = {
  readonly host: string;
  readonly url: string;
  readonly durationMs: number | undefined;
};

function segmentOf(outcome: AttemptOutcome, durationMs: number | undefined): WholeProbe["segment"] {
  if (outcome.kind !== "whole" || durationMs === undefined) return undefined;
  const sizeBytes = parseContentRange(outcome.response.headers.get("content-range"))?.sizeBytes;
  return sizeBytes === undefined ? undefined : { sizeBytes, durationMs };
}

/** At a live edge one host may be a little behind another: that speaks neither for it nor against it. */
function isMissing(outcome: AttemptOutcome): boolean {
  return outcome.kind === "failed" && outcome.reason === "status-4xx";
}

/** A host that knows no ranges, or does not let us read which one it sent, still serves. */
function hasServed(outcome: AttemptOutcome): boolean {
  if (outcome.kind === "whole") return true;
  return (
    outcome.kind === "failed" &&
    outcome.reason === "wrong-range" &&
    (outcome.status === 200 || outcome.status === 206)
  );
}
