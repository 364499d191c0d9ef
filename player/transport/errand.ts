/**
 * One request on its way, through as many attempts as it takes: what has been collected for it so far,
 * from whom, and what went wrong last.
 *
 * Who is asked next is the transport's affair. What has arrived is kept from one pathway to the next.
 */
import type { PlayerEvents, ResourceKind } from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import type { AttemptProgress } from "../core/judge-attempt.ts";
import { isAboutBody } from "../core/pathway-health.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import type { Terms } from "./attempt-terms.ts";
import type { AttemptsUnderWay } from "./attempts-under-way.ts";
import type { BodyInspection } from "./body-inspection.ts";
import { BodyUnderWay } from "./body-under-way.ts";
import type { Delivery, TransportRequest } from "./delivery.ts";
import type { HostTraffic } from "./host-traffic.ts";
import type { Candidate } from "./known-pathways.ts";
import type { Trouble } from "./play-story.ts";

export type ErrandOptions = {
  readonly policy: FailoverPolicy;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly attempts: AttemptsUnderWay;
  readonly traffic: HostTraffic;
  readonly inspection: BodyInspection;
  readonly onResume: (event: PlayerEvents["resume"]) => void;
  readonly onRejected: (event: PlayerEvents["rejected"]) => void;
};

/** What came of asking one pathway. */
export type Asked = { readonly outcome: AttemptOutcome; readonly progress: AttemptProgress };

export class Errand {
  readonly request: TransportRequest;
  readonly #options: ErrandOptions;
  readonly #body = new BodyUnderWay();
  #trouble: Trouble | undefined;
  /** The pathway that brought the first of the bytes that are held. */
  #begunOn: string | undefined;
  /** Time in which bytes came, over all attempts but those that were too slow. */
  #productiveMs = 0;
  /** What those had brought. */
  #slowBytes = 0;

  constructor(request: TransportRequest, options: ErrandOptions) {
    this.request = request;
    this.#options = options;
  }

  /** The last thing that went wrong. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Bytes that are still to come; undefined while that is unknown. */
  get remainingBytes(): number | undefined {
    const { receivedBytes, sizeBytes } = this.#body.held;
    return sizeBytes === undefined ? undefined : Math.max(0, sizeBytes - receivedBytes);
  }

  /** Asks one pathway; once more from the first byte if what is held turns out to be another body. */
  async ask(candidate: Candidate, terms: Terms): Promise<Asked> {
    // A playlist may have changed since; and its text is too short to be worth resuming.
    if (!isResumable(this.request.kind)) this.#forget();
    for (let restarts = 0; ; restarts += 1) {
      const heldBytes = this.#body.held.receivedBytes;
      const attempt = this.#attemptAt(candidate, terms);
      this.#tell(attempt);
      const ended = await this.#options.attempts.run(attempt, this.request.signal);
      this.#noteTime(attempt.progress, ended, this.#body.held.receivedBytes - heldBytes);
      const outcome = await this.#checked(ended, candidate, heldBytes);
      if (outcome.kind !== "restart" || restarts > 0) {
        return { outcome, progress: attempt.progress };
      }
      this.#tellRejected(candidate, "other-bytes");
      this.#forget();
    }
  }

  noteTrouble({ id }: Pick<Candidate, "id">, { outcome, progress }: Asked): Trouble {
    const reason = outcome.kind === "failed" ? outcome.reason : "wrong-length";
    const keptBytes = this.#body.held.receivedBytes;
    const { startedMs, lastByteMs = startedMs } = progress;
    const sinceMs = reason === "too-slow" ? startedMs : lastByteMs;
    this.#begunOn = keptBytes === 0 ? undefined : (this.#begunOn ?? id);
    this.#trouble = { pathway: id, reason, sinceMs, keptBytes };
    if (isAboutBody(reason)) this.#tellRejected({ id }, reason);
    return this.#trouble;
  }

  /** All of it is here. */
  whole(): ArrayBuffer {
    return this.#body.whole();
  }

  /** What the request became, once the last pathway has delivered the rest. */
  deliveryFrom(
    { id }: Candidate,
    { startedMs, firstByteMs = startedMs }: AttemptProgress,
  ): Pick<Delivery, "pathway" | "begunOn" | "firstByteAfterMs" | "transferMs"> {
    return {
      pathway: id,
      begunOn: this.#begunOn === id ? undefined : this.#begunOn,
      firstByteAfterMs: firstByteMs - startedMs,
      transferMs: this.#transferMs(),
    };
  }

  #attemptAt({ id, host, url }: Candidate, terms: Terms): Attempt {
    const { range, kind, headers } = this.request;
    const { policy, fetch, now, traffic, onResume } = this.#options;
    const attempt: Attempt = new Attempt({
      ...terms,
      host,
      url,
      range,
      isLengthTrusted: isResumable(kind),
      headers,
      body: this.#body,
      limits: { ...policy, maxBodyBytes: isText(kind) ? policy.maxTextBytes : policy.maxBodyBytes },
      fetch,
      now,
      traffic,
      onProgress: () => this.#tell(attempt),
      onResume: (atByte, sizeBytes) => {
        const from = this.#begunOn;
        if (from !== undefined && from !== id) onResume({ from, to: id, atByte, sizeBytes });
      },
    });
    return attempt;
  }

  #tell({ progress }: Attempt): void {
    this.request.onProgress({ ...progress, ...this.#body.held });
  }

  /** From the request to the last byte that came; nothing for an attempt that brought none. */
  #noteTime(
    { startedMs, lastByteMs = startedMs }: AttemptProgress,
    outcome: AttemptOutcome,
    bytes: number,
  ): void {
    const isTooSlow = outcome.kind === "failed" && outcome.reason === "too-slow";
    if (isTooSlow) this.#slowBytes += bytes;
    else this.#productiveMs += lastByteMs - startedMs;
  }

  /**
   * How long it would have taken at the pace of those who were not too slow: the bitrate that is chosen
   * next is to suit the pathway that it will come from.
   */
  #transferMs(): number {
    const { receivedBytes } = this.#body.held;
    const otherBytes = receivedBytes - this.#slowBytes;
    return otherBytes > 0 ? (this.#productiveMs * receivedBytes) / otherBytes : this.#productiveMs;
  }

  /** What is wrong although it came whole. If others had begun it, the fault may be theirs. */
  async #checked(
    outcome: AttemptOutcome,
    { id }: Candidate,
    heldBytes: number,
  ): Promise<AttemptOutcome> {
    if (outcome.kind !== "whole") return outcome;
    const { request } = this;
    const { response } = outcome;
    const reason = await this.#options.inspection.findFault(request, id, this.whole(), response);
    if (reason === undefined) return outcome;
    if (heldBytes > 0) return { kind: "restart" };
    this.#forget();
    return { kind: "failed", reason, status: response.status };
  }

  #tellRejected({ id }: Pick<Candidate, "id">, reason: PlayerEvents["rejected"]["reason"]): void {
    const { url, kind } = this.request;
    this.#options.onRejected({ pathway: id, url, kind, reason });
  }

  /** What is held is given up, and with it who had begun it. */
  #forget(): void {
    this.#body.forget();
    this.#begunOn = undefined;
    this.#productiveMs = 0;
    this.#slowBytes = 0;
  }
}

function isResumable(kind: ResourceKind): boolean {
  return kind === "segment" || kind === "other";
}

function isText(kind: ResourceKind): boolean {
  return kind !== "segment" && kind !== "other";
}
