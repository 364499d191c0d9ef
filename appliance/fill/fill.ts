/**
 * One question to the origin, and everybody who reads the answer while it is arriving.
 *
 * The origin sets the pace of a fill that is held whole, and each reader follows with a cursor of its
 * own, so a slow client holds up nobody. Nothing is whole before the fill says so. When those who wait
 * have lost patience, the question goes on without them.
 */
import { type AbandoningPolicy, decideAbandoning } from "../core/decide-abandoning.ts";
import type { Patience } from "../core/decide-patience.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import type { OriginAnswer } from "../core/stored-metadata.ts";
import type {
  Upstream,
  UpstreamCall,
  UpstreamFailure,
  UpstreamReceiver,
} from "../upstream/upstream.ts";
import { FillBody, type FillBodyLimits } from "./fill-body.ts";
import type { FillFailure } from "./fill-failure.ts";
import type { FillHead } from "./fill-head.ts";
import { type CrowdTurns, type FillArrival, FillReader, type ReadableFill } from "./fill-reader.ts";
import type { HeldBytes } from "./held-bytes.ts";

export type FillLimits = FillBodyLimits & {
  /** A body that the origin sends at its own pace may take so long, */
  readonly maxFillMs: number;
  /** and longer than that only while it comes at least as fast as this. */
  readonly slowestBytesPerSecond: number;
  readonly abandoning: AbandoningPolicy;
};

export type FillRequest = {
  readonly method: string;
  readonly fields: HeaderFields;
  readonly body?: Buffer | undefined;
};

export type CrowdPolicy = {
  /** So many readers go on at once, without waiting for each other. */
  readonly fewReaders: number;
};

export type FillOptions = {
  readonly key: string;
  /** What the origin is asked for. */
  readonly target: string;
  readonly request: FillRequest;
  /** It serves the store rather than a client, so it goes on without readers. */
  readonly isBackground: boolean;
  readonly patience: Patience;
  readonly limits: FillLimits;
  readonly heldBytes: HeldBytes;
  readonly crowd: CrowdTurns & CrowdPolicy;
  readonly startedAtMs: number;
  readonly wallNow: () => number;
  readonly judge: (
    answer: OriginAnswer,
  ) => Pick<FillHead, "plan" | "metadata" | "privateFields" | "contentRange">;
  /** Is told what the origin says before its answer (RFC 9110 §15.2). */
  readonly onInterim?: ((status: number, fields: HeaderFields) => void) | undefined;
  /** Called once, when no more than a window of the body is held, so that readers set the pace. */
  readonly onWindow: (fill: Fill) => void;
  /** Called once, before any reader is told. */
  readonly onOver: (fill: Fill) => void;
};

export class Fill implements UpstreamReceiver, ReadableFill {
  readonly key: string;
  readonly #options: FillOptions;
  readonly #readers = new Set<FillReader>();
  #requestedAtWallMs: number;
  #call: UpstreamCall | undefined;
  #arrival: FillArrival = { state: "waiting" };
  #body: FillBody | undefined;
  #isHeld = false;
  #isOverdue = false;
  #isPacedByReaders = false;
  #readersSoFar = 0;
  #onDeserted: (() => void) | undefined;

  constructor(options: FillOptions) {
    this.key = options.key;
    this.#options = options;
    this.#requestedAtWallMs = options.wallNow();
  }

  /** What a reader finds. Those who come to an overdue question do not begin to wait anew. */
  get arrival(): FillArrival {
    if (!this.#isOverdue || !this.#hasNothingYet) return this.#arrival;
    return this.#call === undefined ? NOT_ASKED_YET : NO_ANSWER_YET;
  }

  get isOver(): boolean {
    return this.#arrival.state === "complete" || this.#arrival.state === "failed";
  }

  /** True while a newcomer can still read it from its first byte. */
  get isJoinable(): boolean {
    switch (this.#arrival.state) {
      case "waiting":
        return true;
      case "failed":
        return false;
      default:
        return isForAll(this.#arrival.head) && this.isWhole;
    }
  }

  /** Its whole body is held; false where no more than a window of it is. */
  get isWhole(): boolean {
    return this.#body === undefined || this.#body.isWhole;
  }

  /** The whole body of a complete fill; undefined where only a window of it was held. */
  get body(): Buffer | undefined {
    return this.#body?.whole();
  }

  /** Asks the origin. */
  begin(upstream: Upstream): void {
    const { request, target, wallNow } = this.#options;
    this.#requestedAtWallMs = wallNow();
    const call = upstream.call({ ...request, target }, this);
    this.#call = call;
    if (this.isOver) call.abort();
  }

  get crowd(): CrowdTurns | undefined {
    const { crowd } = this.#options;
    return this.#readers.size > crowd.fewReaders ? crowd : undefined;
  }

  openReader(): FillReader {
    // What is asked behind everybody's back is nobody's own, nor is what its first reader has left.
    const isFirst = this.#readersSoFar === 0 && !this.#options.isBackground;
    const reader = new FillReader(this, isFirst);
    this.#readers.add(reader);
    this.#readersSoFar += 1;
    return reader;
  }

  /** Gives up what has lasted too long. */
  tick(nowMs: number): void {
    if (this.isOver) return;
    const { patience, limits, startedAtMs } = this.#options;
    const lastedMs = nowMs - startedAtMs;
    if (patience.kind === "short" && this.#hasNothingYet) {
      if (lastedMs >= patience.giveUpMs) this.fail(this.#call === undefined ? BUSY : NO_ANSWER);
      else if (lastedMs >= patience.waitMs) this.#becomeOverdue();
    }
    // Readers that set the pace may take as long as they need.
    if (this.isWhole && lastedMs > limits.maxFillMs && this.#isSlow(lastedMs)) this.fail(TOO_SLOW);
  }

  fail(failure: FillFailure): void {
    if (this.isOver) return;
    this.#arrival = { state: "failed", failure };
    this.#call?.abort(failure);
    this.#finish();
  }

  /** Its body has come, and slow readers may need it for long: `hold` gives what is called after the last. */
  holdWhileRead(hold: () => () => void): void {
    if (this.#readers.size === 0) return;
    const release = hold();
    this.#onDeserted = () => {
      this.#onDeserted = undefined;
      release();
    };
  }

  /** Breaks it off, if nobody reads it. */
  abandon(reason: string): void {
    if (this.#readers.size === 0) this.fail({ source: "client", kind: "aborted", reason });
  }

  // What the upstream tells.

  onInterim(status: number, fields: HeaderFields): void {
    if (!this.isOver) this.#options.onInterim?.(status, fields);
  }

  onHead(status: number, fields: HeaderFields): void {
    if (this.isOver) return;
    const { judge, wallNow, limits, heldBytes, request } = this.#options;
    const requestedAtWallMs = this.#requestedAtWallMs;
    const judgement = judge({
      status,
      fields,
      requestedAtWallMs,
      arrivedAtWallMs: wallNow(),
    });
    const length = fields["content-length"];
    const sizeBytes = length === undefined ? undefined : Number(length);
    const { plan } = judgement;
    const head: FillHead = { ...judgement, status, sizeBytes };
    const isBodiless = request.method === "HEAD" || status === 304 || status === 204;
    this.#body = new FillBody({
      limits,
      heldBytes,
      isForKeeping: plan.action !== "pass" && plan.action !== "slice",
      sizeBytes: isBodiless ? undefined : sizeBytes,
      // A part's digest is that of the whole (RFC 9530 §3), so only a whole can be checked.
      sha256: status === 200 ? sha256In(fields["repr-digest"]) : undefined,
    });
    this.#arrival = { state: "streaming", head };
    if (this.#isForNobody) this.fail(NOBODY);
    else {
      this.#lookAtPace();
      this.#wakeReaders();
    }
  }

  onBytes(bytes: Buffer): void {
    if (this.#arrival.state !== "streaming" || this.#body === undefined) return;
    this.#body.append(bytes);
    this.#lookAtPace();
    if (this.#body.isFull) {
      if (this.#isForNobody) {
        this.fail(NOBODY);
        return;
      }
      this.#isHeld = true;
      this.#call?.hold();
      // Readers may want none of it, such as those of a part further on.
      this.onProgress();
    }
    this.#wakeReadersSoon();
  }

  onEnd(): void {
    if (this.#arrival.state !== "streaming") return;
    const failure = this.#body?.prove();
    if (failure !== undefined) {
      this.fail(failure);
      return;
    }
    this.#arrival = { state: "complete", head: this.#arrival.head };
    this.#finish();
  }

  onFailure(failure: UpstreamFailure): void {
    this.fail(failure);
  }

  // What the readers ask.

  take(offset: number, end: number): Buffer {
    return this.#body?.take(offset, end) ?? NOTHING;
  }

  /** Lets the origin go on once every reader has sent what is in the window. */
  onProgress(): void {
    if (!this.#isHeld || this.#body === undefined) return;
    for (const reader of this.#readers) {
      if (reader.cursor < this.#body.receivedBytes) return;
    }
    this.#body.forget();
    this.#isHeld = false;
    this.#call?.goOn();
  }

  leave(reader: FillReader): void {
    if (!this.#readers.delete(reader)) return;
    if (this.#readers.size === 0) this.#onDeserted?.();
    if (this.isOver) return;
    this.onProgress();
    const isWantedAnyway = this.#options.isBackground || this.#isOverdue || reader.isSatisfied;
    if (isWantedAnyway && this.isWhole) return;
    const progress = {
      receivedBytes: this.#body?.receivedBytes ?? 0,
      sizeBytes: this.#arrival.state === "streaming" ? this.#arrival.head.sizeBytes : undefined,
      readers: this.#readers.size,
      readersSoFar: this.#readersSoFar,
      isKept: this.isWhole,
    };
    const { action, reason } = decideAbandoning(progress, this.#options.limits.abandoning);
    if (action === "abort") this.fail({ source: "client", kind: "aborted", reason });
  }

  /** Neither an end nor a byte: no reader has been given anything. */
  get #hasNothingYet(): boolean {
    return !this.isOver && (this.#body?.receivedBytes ?? 0) === 0;
  }

  /** It will not be kept, and nobody reads it: held back, it would wait for ever. */
  get #isForNobody(): boolean {
    return !this.isWhole && this.#readers.size === 0;
  }

  #isSlow(lastedMs: number): boolean {
    const leastBytes = (this.#options.limits.slowestBytesPerSecond * lastedMs) / 1000;
    return (this.#body?.receivedBytes ?? 0) < leastBytes;
  }

  #lookAtPace(): void {
    if (this.#isPacedByReaders || this.isWhole) return;
    this.#isPacedByReaders = true;
    this.#options.onWindow(this);
  }

  #becomeOverdue(): void {
    if (this.#isOverdue) return;
    this.#isOverdue = true;
    this.#wakeReaders();
  }

  #finish(): void {
    this.#options.onOver(this);
    this.#body?.release();
    this.#wakeReaders();
  }

  #wakeReaders(): void {
    for (const reader of this.#readers) reader.wake();
  }

  /**
   * Wakes them once for all that the socket has to give now: a crowd that is woken for every 64 KiB
   * spends its time on writes, and the last of it waits for its first byte behind all the others.
   */
  #wakeReadersSoon(): void {
    for (const reader of this.#readers) reader.wakeInTurn(this.#options.crowd.turns);
  }
}

function isForAll({ plan }: FillHead): boolean {
  return plan.action === "store" || plan.action === "share";
}

function sha256In(digests: string | undefined): string | undefined {
  return /sha-256=:([A-Za-z0-9+/=]+):/.exec(digests ?? "")?.[1];
}

const NOTHING = Buffer.alloc(0);
const NOBODY: FillFailure = { source: "client", kind: "aborted", reason: "no-readers" };
const TOO_SLOW: FillFailure = { source: "origin", kind: "too-slow", reason: "took too long" };
const NO_ANSWER: FillFailure = { source: "origin", kind: "timeout", reason: "no answer" };
const BUSY: FillFailure = { source: "edge", kind: "busy", reason: "the question waits its turn" };
const NOT_ASKED_YET: FillArrival = { state: "failed", failure: BUSY };
const NO_ANSWER_YET: FillArrival = {
  state: "failed",
  failure: { source: "origin", kind: "timeout", reason: "no answer yet" },
};
