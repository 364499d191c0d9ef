/**
 * Asks avoided pathways for bytes that will be needed anyway, to learn whether they have recovered.
 *
 * Probes go out at their own pace and only with media in hand, so that looking for the primary never
 * costs the viewer a frame. A real segment is asked for, because a host that answers pings may still
 * be unable to serve one.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";
import { patienceWith } from "../core/judge-attempt.ts";
import type { PathwayHealth } from "../core/pathway-health.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import { BodyUnderWay } from "./body-under-way.ts";

export type ProbeTarget = {
  readonly host: string;
  readonly health: PathwayHealth;
  /** Something that the player will ask for; undefined while nothing is known. */
  readonly url: string | undefined;
};

export type ProbeResult = { readonly ok: boolean; readonly firstByteMs: number };

export type ProberOptions = {
  readonly policy: FailoverPolicy;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly onResult: (host: string, result: ProbeResult) => void;
};

export class Prober {
  readonly #options: ProberOptions;
  readonly #underWay = new Map<string, Attempt>();
  readonly #lastProbeMs = new Map<string, number>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** @param bufferMs media in hand; probes beyond the breaker's open time do not wait for it. */
  tick(targets: readonly ProbeTarget[], bufferMs: number, nowMs: number): void {
    const { policy } = this.#options;
    for (const attempt of this.#underWay.values()) attempt.judge(nowMs);
    for (const { host, health, url } of targets) {
      if (health.state === "well" || url === undefined || this.#underWay.has(host)) continue;
      const lastMs = this.#lastProbeMs.get(host) ?? health.sinceMs;
      const isDue = nowMs - lastMs >= policy.probeEveryMs;
      const isAffordable = bufferMs >= policy.probeBufferFloorMs || nowMs >= health.untilMs;
      if (isDue && isAffordable) void this.#probe(host, url, nowMs);
    }
  }

  isProbing(host: string): boolean {
    return this.#underWay.has(host);
  }

  close(): void {
    for (const attempt of this.#underWay.values()) attempt.abort();
  }

  async #probe(host: string, url: string, nowMs: number): Promise<void> {
    const { policy, fetch, now, onResult } = this.#options;
    this.#lastProbeMs.set(host, nowMs);
    const attempt = new Attempt({
      url,
      range: { first: 0, last: policy.probeBytes - 1 },
      isLengthTrusted: true,
      headers: {},
      body: new BodyUnderWay(),
      patience: patienceWith(undefined, 0, policy),
      limits: { overlapBytes: 0, maxBodyBytes: policy.probeBytes },
      fetch,
      now,
    });
    this.#underWay.set(host, attempt);
    const outcome = await attempt.run();
    this.#underWay.delete(host);
    if (outcome.kind === "aborted") return;
    const { startedMs, firstByteMs = now() } = attempt.progress;
    onResult(host, { ok: isGood(outcome), firstByteMs: firstByteMs - startedMs });
  }
}

/** A host that knows no ranges, or does not let us read which one it sent, still serves. */
function isGood(outcome: AttemptOutcome): boolean {
  if (outcome.kind === "whole") return true;
  return (
    outcome.kind === "failed" &&
    outcome.reason === "wrong-range" &&
    (outcome.status === 200 || outcome.status === 206)
  );
}
