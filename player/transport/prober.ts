/**
 * Asks avoided pathways for bytes that will be needed anyway, to learn whether they have recovered.
 * One that is avoided for what it sent is asked for a whole segment, which is looked at.
 *
 * Probes go out at their own pace and only with media in hand, so that looking for the primary never
 * costs the viewer a frame. A real segment is asked for, because a host that answers pings may still
 * be unable to serve one; and its pace is judged, because a host that trickles answers every probe.
 */
import { parseContentRange } from "../../kernel/byte-range.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { patienceWith } from "../core/judge-attempt.ts";
import { isQuickEnough, probePace, type WholeProbe } from "../core/judge-probe.ts";
import { isAboutBody, type PathwayHealth, type ProbeReport } from "../core/pathway-health.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import { AttemptsUnderWay } from "./attempts-under-way.ts";
import { BodyUnderWay } from "./body-under-way.ts";

export type ProbeTarget = {
  readonly host: string;
  readonly health: PathwayHealth;
  /** Something that the player will ask for; undefined while nothing is known. */
  readonly url: string | undefined;
  /** How the media player calls it; undefined for what is no segment. */
  readonly segment: string | undefined;
  readonly durationMs: number | undefined;
};

export type ProberOptions = {
  readonly policy: FailoverPolicy;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Whether what came for a segment may be handed on. */
  readonly isSound: (segment: string, body: ArrayBuffer, response: Response) => Promise<boolean>;
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
      if (!isDue || !isAffordable) continue;
      const looksAt = isAboutBody(health.reason) ? target.segment : undefined;
      void this.#probe({ ...target, url: target.url, looksAt }, nowMs);
    }
  }

  close(): void {
    this.#attempts.abortAll();
  }

  async #probe({ host, url, durationMs = 0, looksAt }: Probe, nowMs: number): Promise<void> {
    const { policy, fetch, now, isSound, onReport } = this.#options;
    const isWhole = looksAt !== undefined;
    this.#lastProbeMs.set(host, nowMs);
    this.#probing.add(host);
    const body = new BodyUnderWay();
    const longestMs = Math.max(policy.probeLongestMs, isWhole ? durationMs : 0);
    const attempt = new Attempt({
      host,
      url,
      range: isWhole ? undefined : { first: 0, last: policy.probeBytes - 1 },
      isLengthTrusted: true,
      headers: {},
      body,
      patience: patienceWith(undefined, {}, policy),
      limits: {
        overlapBytes: 0,
        maxBodyBytes: isWhole ? policy.maxBodyBytes : policy.probeBytes,
      },
      fetch,
      now,
      isTooSlow: ({ startedMs }, atMs) => atMs - startedMs >= longestMs,
    });
    const outcome = await this.#attempts.run(attempt);
    this.#probing.delete(host);
    if (outcome.kind === "aborted" || isMissing(outcome)) return;
    const isGood =
      isWhole && outcome.kind === "whole"
        ? await isSound(looksAt, body.whole(), outcome.response)
        : !isWhole && hasServed(outcome);
    const { startedMs, firstByteMs = now(), lastByteMs = firstByteMs } = attempt.progress;
    const probe: WholeProbe = {
      receivedBytes: body.held.receivedBytes,
      tookMs: lastByteMs - firstByteMs,
      segment: segmentOf(outcome, durationMs, isWhole ? body.held.receivedBytes : undefined),
    };
    onReport(host, {
      ok: isGood && isQuickEnough(probe, policy),
      firstByteMs: firstByteMs - startedMs,
      bytesPerSecond: probePace(probe, policy),
    });
  }
}

type Probe = {
  readonly host: string;
  readonly url: string;
  readonly durationMs: number | undefined;
  /** The segment that is asked for as a whole, because its host is avoided for what it sent. */
  readonly looksAt: string | undefined;
};

function segmentOf(
  outcome: AttemptOutcome,
  durationMs: number,
  wholeBytes: number | undefined,
): WholeProbe["segment"] {
  if (outcome.kind !== "whole" || durationMs === 0) return undefined;
  const range = parseContentRange(outcome.response.headers.get("content-range"));
  const sizeBytes = wholeBytes ?? range?.sizeBytes;
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
