/**
 * Asks one pathway for a body, or for the rest of one, under the eye of a watchdog.
 *
 * The attempt itself has no timer: the transport's loop calls `judge`, and a late attempt is given
 * up with the watchdog's reason. What has arrived by then stays in the body for the next pathway.
 */
import type { ByteRange } from "../../kernel/byte-range.ts";
import type { FailureReason, RestartReason } from "../contract/player-events.ts";
import {
  type AttemptProgress,
  judgeAttempt,
  type Patience,
} from "../core/attempt/judge-attempt.ts";
import { judgeAnswer, requestRest } from "../core/attempt/resume-body.ts";
import type { BodyUnderWay } from "./body-under-way.ts";
import type { HostTraffic } from "./host-traffic.ts";

export type AttemptOptions = {
  readonly host: string;
  readonly url: string;
  readonly range: ByteRange | undefined;
  /**
   * False for text: it may be compressed, and across origins a page may read the compressed length
   * but not the encoding (Fetch, CORS-safelisted response-header names).
   */
  readonly isLengthTrusted: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyUnderWay;
  readonly patience: Patience;
  /** How much of it because what is asked for may not exist yet. */
  readonly holdMs?: number;
  readonly limits: { readonly overlapBytes: number; readonly maxBodyBytes: number };
  /** The host fails what asks for a part of a body. */
  readonly failsRanges?: boolean;
  /** With so many bytes it counts as whole, and no more are read. */
  readonly enoughBytes?: number | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Whether bytes come, but too slowly to wait for the rest. */
  readonly isTooSlow: (progress: AttemptProgress, nowMs: number) => boolean;
  /** It goes on being waited for. */
  readonly onWait?: (progress: AttemptProgress, patience: Patience, nowMs: number) => void;
  /** Where it is noted what the host delivers. */
  readonly traffic?: Pick<HostTraffic, "open" | "take" | "close">;
  /** Bytes have been added to the body, or its head has arrived. */
  readonly onProgress?: () => void;
  /** The head of the answer has come. */
  readonly onHead?: (response: Response) => void;
  /** The answer continues what is held, from this byte. */
  readonly onResume?: (atByte: number, sizeBytes: number | undefined) => void;
};

export type AttemptOutcome =
  | { readonly kind: "whole"; readonly response: Response }
  /** What is held belongs to another body: forget it and ask again. */
  | { readonly kind: "restart"; readonly reason: RestartReason }
  | { readonly kind: "failed"; readonly reason: FailureReason; readonly status: number | undefined }
  /** The request goes on elsewhere though nothing was wrong here. */
  | { readonly kind: "moved" }
  | { readonly kind: "aborted" };

export class Attempt {
  readonly #options: AttemptOptions;
  readonly #controller = new AbortController();
  #progress: AttemptProgress;
  #patience: Patience;
  #givenUpFor: FailureReason | "moved" | "aborted" | undefined;
  #takenBytes = 0;
  /** Of the time since the last byte, in which nobody could have seen one. */
  #excusedMs = 0;
  #response: Response | undefined;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#patience = options.patience;
    this.#progress = {
      startedMs: options.now(),
      firstByteMs: undefined,
      lastByteMs: undefined,
    };
  }

  get progress(): AttemptProgress {
    return this.#progress;
  }

  get host(): string {
    return this.#options.host;
  }

  get holdMs(): number {
    return this.#options.holdMs ?? 0;
  }

  /** Bytes that are still to come, as far as that is known. */
  get remainingBytes(): number {
    const { receivedBytes, sizeBytes = receivedBytes } = this.#options.body.held;
    return this.#response === undefined ? 0 : Math.max(0, sizeBytes - receivedBytes);
  }

  /** Bytes that it brought, whether or not they were here already. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** Of the answer, once its head has come. */
  header(name: string): string | null {
    return this.#response?.headers.get(name) ?? null;
  }

  /** Gives the attempt up if its next byte is overdue, or its last one will be. */
  judge(nowMs: number): void {
    const countedMs = nowMs - this.#excusedMs;
    const verdict = judgeAttempt(this.#progress, this.#patience, countedMs);
    if (verdict !== "in-time") this.#giveUp(verdict);
    else if (this.#options.isTooSlow(this.#progress, nowMs)) this.#giveUp("too-slow");
    else this.#options.onWait?.(this.#progress, this.#patience, countedMs);
  }

  /** The page stood still for so long: bytes may have come. */
  excuse(sleptMs: number): void {
    const { startedMs, lastByteMs = startedMs } = this.#progress;
    const waitedMs = this.#options.now() - lastByteMs - this.#excusedMs;
    this.#excusedMs += Math.min(sleptMs, Math.max(0, waitedMs));
  }

  /** Somebody else could serve by now: there is less reason to wait. */
  hurry({ firstByteMs, silenceMs }: Patience): void {
    this.#patience = {
      firstByteMs: Math.min(this.#patience.firstByteMs, firstByteMs),
      silenceMs: Math.min(this.#patience.silenceMs, silenceMs),
    };
  }

  /** Its connection is dead, whoever is to blame for that. */
  abandon(): void {
    this.#giveUp("silence");
  }

  abort(): void {
    this.#giveUp("aborted");
  }

  /** What has arrived is kept, and somebody else is asked for the rest. */
  leave(): void {
    this.#giveUp("moved");
  }

  async run(): Promise<AttemptOutcome> {
    const { host, traffic } = this.#options;
    try {
      return await this.#ask();
    } catch (error) {
      const givenUpFor = this.#givenUpFor;
      if (givenUpFor === "aborted" || givenUpFor === "moved") return { kind: givenUpFor };
      // Fetch tells neither why a connection failed nor when: what counts is how far it had come.
      if (!(error instanceof TypeError) && givenUpFor === undefined) throw error;
      const cut = this.#response === undefined ? "refused" : "truncated";
      return this.#failed(givenUpFor ?? cut);
    } finally {
      // A body that nobody reads on would hold one of the browser's six connections to the host.
      this.#controller.abort();
      if (this.#response !== undefined) traffic?.close(host);
    }
  }

  async #ask(): Promise<AttemptOutcome> {
    const { url, range, headers, body, limits, isLengthTrusted } = this.#options;
    const { failsRanges = false } = this.#options;
    const request = requestRest(body.held, range, { ...limits, failsRanges });
    const response = await this.#options.fetch(url, {
      headers:
        request.rangeHeader === undefined ? headers : { ...headers, Range: request.rangeHeader },
      // Chromium locks a URL in its cache: a second request for one that hangs would wait for it.
      cache: "no-store",
      signal: this.#controller.signal,
    });
    this.#response = response;
    this.#options.onHead?.(response);
    this.#options.traffic?.open(this.#options.host);
    this.#sawBytes();

    const decision = judgeAnswer(body.held, request, range, {
      status: response.status,
      contentRange: response.headers.get("content-range"),
      contentLength: isLengthTrusted ? response.headers.get("content-length") : null,
      contentEncoding: response.headers.get("content-encoding"),
      etag: response.headers.get("etag"),
    });
    switch (decision.action) {
      case "refuse":
        return this.#failed(decision.reason);
      case "restart":
        return { kind: "restart", reason: decision.reason };
      case "read":
        if (body.held.receivedBytes > 0) {
          this.#options.onResume?.(body.held.receivedBytes, decision.sizeBytes);
        }
        body.expect(decision.sizeBytes, decision.etag);
        return this.#read(response, decision.fromByte);
    }
  }

  async #read(response: Response, fromByte: number): Promise<AttemptOutcome> {
    const { host, body, limits, traffic } = this.#options;
    const { enoughBytes = Number.POSITIVE_INFINITY } = this.#options;
    let position = fromByte;
    const reader = response.body?.getReader();
    for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
      this.#sawBytes();
      traffic?.take(host, piece.value.length);
      this.#takenBytes += piece.value.length;
      if (!body.take(position, piece.value)) {
        return { kind: "restart", reason: "other-bytes" };
      }
      position += piece.value.length;
      if (body.held.receivedBytes > limits.maxBodyBytes) return this.#failed("wrong-length");
      this.#options.onProgress?.();
      if (body.held.receivedBytes >= enoughBytes) return { kind: "whole", response };
    }
    const { receivedBytes, sizeBytes = receivedBytes } = body.held;
    if (position < receivedBytes || receivedBytes < sizeBytes) return this.#failed("truncated");
    // A body ends where its length says: what is longer was compressed, which of another origin's nobody may see.
    const isExpanded = response.type === "cors" && fromByte === 0;
    if (receivedBytes > sizeBytes && !isExpanded) return this.#failed("wrong-length");
    return { kind: "whole", response };
  }

  #failed(reason: FailureReason): AttemptOutcome {
    return { kind: "failed", reason, status: this.#response?.status };
  }

  #sawBytes(): void {
    const nowMs = this.#options.now();
    const firstByteMs = this.#progress.firstByteMs ?? nowMs;
    this.#progress = { ...this.#progress, firstByteMs, lastByteMs: nowMs };
    this.#excusedMs = 0;
  }

  #giveUp(reason: FailureReason | "moved" | "aborted"): void {
    this.#givenUpFor ??= reason;
    this.#controller.abort();
  }
}
