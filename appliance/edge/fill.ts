/**
 * One fetch from the origin, and everybody who reads it while it is arriving.
 *
 * The origin sets the pace of a fill that is kept, and each reader follows with a cursor of its own,
 * so a slow client holds up nobody. A fill that is only passed on holds no more than a window, and
 * there its readers set the pace. Nothing is whole before the fill says so: the last byte is given
 * out only when length and digest have been found right.
 */
import { createHash, type Hash } from "node:crypto";
import { decideAbandoning } from "../core/decide-abandoning.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import type { OriginAnswer } from "../core/stored-metadata.ts";
import type { UpstreamCall, UpstreamFailure } from "../upstream/upstream.ts";
import { FillBuffer } from "./fill-buffer.ts";

/** What is done with the body, decided when the head of the origin's answer has come. */
export type FillPlan =
  /** Kept whole, for all who read it and perhaps for the store. */
  | { readonly kind: "keep"; readonly reason: string }
  /** For the request that brought it, and nobody else. */
  | { readonly kind: "pass"; readonly reason: string }
  /** What is stored is still right (304). */
  | { readonly kind: "unchanged"; readonly reason: string };

export type FillHead = {
  readonly answer: OriginAnswer;
  readonly plan: FillPlan;
  readonly sizeBytes: number | undefined;
};

/** What comes to a reader first: the head, or why there is none. */
export type FillArrival =
  | { readonly kind: "head"; readonly head: FillHead }
  | { readonly kind: "failed"; readonly failure: FillFailure };

export type FillFailure =
  | UpstreamFailure
  | {
      readonly source: "edge" | "origin";
      readonly kind: "busy" | "wrong-length" | "wrong-digest" | "too-slow";
      readonly reason: string;
    };

export type FillState =
  | { readonly state: "waiting" }
  | { readonly state: "streaming"; readonly head: FillHead }
  | { readonly state: "complete"; readonly head: FillHead }
  | { readonly state: "failed"; readonly failure: FillFailure };

/** What a fill asks of those who started it. */
export type FillOwner = {
  plan(answer: OriginAnswer): FillPlan;
  /** May so many bytes more be held in RAM? */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
  /** Called once, before any reader is told. */
  onOver(fill: Fill): void;
};

export type FillOptions = {
  readonly key: string;
  readonly owner: FillOwner;
  readonly wallNow: () => number;
  readonly startedAtMs: number;
  /** A body that is passed on is held no further than this. */
  readonly windowBytes: number;
  readonly maxKeptBytes: number;
  readonly method: "GET" | "HEAD";
  /** It serves the store rather than a client, so it goes on without readers. */
  readonly isBackground: boolean;
};

/** Thrown to a reader in the middle of a body. What it has sent must not look whole. */
export class FillBroken extends Error {
  override readonly name = "FillBroken";
  readonly failure: FillFailure;
  constructor(failure: FillFailure) {
    super(`The fill broke: ${failure.reason}`);
    this.failure = failure;
  }
}

export class Fill {
  readonly key: string;
  readonly #options: FillOptions;
  readonly #requestedAtWallMs: number;
  readonly #readers = new Set<FillReader>();
  #call: UpstreamCall | undefined;
  #state: FillState = { state: "waiting" };
  #buffer = new FillBuffer(0);
  #isWindowed = false;
  #isHeld = false;
  #reservedBytes = 0;
  #digest: { readonly hash: Hash; readonly expected: string } | undefined;

  constructor(options: FillOptions) {
    this.key = options.key;
    this.#options = options;
    this.#requestedAtWallMs = options.wallNow();
  }

  get state(): FillState {
    return this.#state;
  }

  get isOver(): boolean {
    return this.#state.state === "complete" || this.#state.state === "failed";
  }

  /** Its whole body is held; false where no more than a window of it is. */
  get isKept(): boolean {
    return !this.#isWindowed;
  }

  /** When it began, unless its readers set the pace: those may take as long as they need. */
  get hurriesSinceMs(): number | undefined {
    return this.#isWindowed ? undefined : this.#options.startedAtMs;
  }

  /** True while a newcomer can still read it from its first byte. */
  get isJoinable(): boolean {
    if (this.#isWindowed || this.#state.state === "failed") return false;
    return !("head" in this.#state) || this.#state.head.plan.kind === "keep";
  }

  /** The body of a complete fill that was kept; undefined where only a window of it was. */
  get body(): Buffer | undefined {
    return this.#isWindowed ? undefined : this.#buffer.whole();
  }

  attach(call: UpstreamCall): void {
    this.#call = call;
    if (this.isOver) call.abort();
  }

  openReader(): FillReader {
    const reader = new FillReader(this, this.#readers.size === 0);
    this.#readers.add(reader);
    return reader;
  }

  // What the upstream tells.

  onHead(status: number, fields: HeaderFields): void {
    if (this.isOver) return;
    const { wallNow, owner } = this.#options;
    const answer: OriginAnswer = {
      status,
      fields,
      requestedAtWallMs: this.#requestedAtWallMs,
      arrivedAtWallMs: wallNow(),
    };
    const plan = owner.plan(answer);
    const length = fields["content-length"];
    const sizeBytes = length === undefined ? undefined : Number(length);
    this.#isWindowed = plan.kind === "pass" || !this.#reserve(sizeBytes ?? 0);
    const digest = /sha-256=:([A-Za-z0-9+/=]+):/.exec(fields["repr-digest"] ?? "")?.[1];
    // A part's digest is that of the whole (RFC 9530 §3), so only a whole can be checked.
    if (digest !== undefined && status === 200 && plan.kind === "keep") {
      this.#digest = { hash: createHash("sha256"), expected: digest };
    }
    this.#buffer = new FillBuffer(this.#isWindowed ? undefined : sizeBytes);
    this.#state = { state: "streaming", head: { answer, plan, sizeBytes } };
    if (this.#isForNobody) this.fail(NOBODY);
    else this.#wakeReaders();
  }

  onBytes(bytes: Buffer): void {
    if (this.#state.state !== "streaming") return;
    this.#digest?.hash.update(bytes);
    if (!this.#isWindowed && !this.#mayHold(bytes.length)) this.#isWindowed = true;
    this.#buffer.append(bytes);
    if (this.#isWindowed && this.#buffer.heldBytes >= this.#options.windowBytes) {
      if (this.#isForNobody) {
        this.fail(NOBODY);
        return;
      }
      this.#isHeld = true;
      this.#call?.hold();
    }
    this.#wakeReaders();
  }

  onEnd(): void {
    if (this.#state.state !== "streaming") return;
    const { head } = this.#state;
    const { receivedBytes } = this.#buffer;
    const isExpected = head.sizeBytes !== undefined && !this.#isWithoutBody(head);
    if (isExpected && receivedBytes !== head.sizeBytes) {
      const reason = `${receivedBytes} bytes of ${head.sizeBytes}`;
      this.fail({ source: "origin", kind: "wrong-length", reason });
      return;
    }
    if (
      this.#digest !== undefined &&
      this.#digest.hash.digest("base64") !== this.#digest.expected
    ) {
      this.fail({ source: "origin", kind: "wrong-digest", reason: "wrong digest" });
      return;
    }
    this.#state = { state: "complete", head };
    this.#finish();
  }

  onFailure(failure: UpstreamFailure): void {
    this.fail(failure);
  }

  fail(failure: FillFailure): void {
    if (this.isOver) return;
    this.#state = { state: "failed", failure };
    this.#call?.abort();
    this.#finish();
  }

  // What the readers ask.

  /** Bytes from `offset` to `end` that may be given out now; empty where none has come yet. */
  take(offset: number, end: number): Buffer {
    // The last byte is held back until the whole is known to be right.
    const { receivedBytes } = this.#buffer;
    const isProven = this.#state.state === "complete" || this.#digest === undefined;
    return this.#buffer.slice(offset, Math.min(end, isProven ? receivedBytes : receivedBytes - 1));
  }

  /** Lets the origin go on once every reader has sent what is in the window. */
  onProgress(): void {
    if (!this.#isHeld) return;
    for (const reader of this.#readers) {
      if (reader.cursor < this.#buffer.receivedBytes) return;
    }
    this.#buffer.forget();
    this.#isHeld = false;
    this.#call?.goOn();
  }

  leave(reader: FillReader): void {
    if (!this.#readers.delete(reader) || this.isOver) return;
    this.onProgress();
    const isWantedAnyway = this.#options.isBackground || reader.isSatisfied;
    if (isWantedAnyway && !this.#isWindowed) return;
    const { action, reason } = decideAbandoning({
      receivedBytes: this.#buffer.receivedBytes,
      sizeBytes: this.#state.state === "streaming" ? this.#state.head.sizeBytes : undefined,
      readers: this.#readers.size,
      isKept: !this.#isWindowed,
    });
    if (action === "abort") this.fail({ source: "client", kind: "aborted", reason });
  }

  /** It will not be kept, and nobody reads it: held back, it would wait for ever. */
  get #isForNobody(): boolean {
    return this.#isWindowed && this.#readers.size === 0;
  }

  #isWithoutBody({ answer }: FillHead): boolean {
    return this.#options.method === "HEAD" || answer.status === 304 || answer.status === 204;
  }

  #mayHold(moreBytes: number): boolean {
    const neededBytes = this.#buffer.receivedBytes + moreBytes;
    return neededBytes <= this.#reservedBytes || this.#reserve(neededBytes - this.#reservedBytes);
  }

  #reserve(bytes: number): boolean {
    const { owner, maxKeptBytes } = this.#options;
    if (this.#reservedBytes + bytes > maxKeptBytes || !owner.reserve(bytes)) return false;
    this.#reservedBytes += bytes;
    return true;
  }

  #finish(): void {
    this.#options.owner.onOver(this);
    this.#options.owner.release(this.#reservedBytes);
    this.#reservedBytes = 0;
    this.#wakeReaders();
  }

  #wakeReaders(): void {
    for (const reader of this.#readers) reader.wake();
  }
}

/** One client's place in a fill. */
export class FillReader {
  readonly fill: Fill;
  /** The request that brought the fill about, to which alone it may be passed on. */
  readonly isFirst: boolean;
  /** Offset of the first byte that has not been sent. */
  cursor = 0;
  /** It has all that it wanted, so that leaving does not mean losing interest. */
  isSatisfied = false;
  #wake: (() => void) | undefined;
  #hasLeft = false;

  constructor(fill: Fill, isFirst: boolean) {
    this.fill = fill;
    this.isFirst = isFirst;
  }

  async arrival(): Promise<FillArrival> {
    for (;;) {
      const { state } = this.fill;
      if (this.#hasLeft) return { kind: "failed", failure: GONE };
      if (state.state === "failed") return { kind: "failed", failure: state.failure };
      if (state.state !== "waiting") return { kind: "head", head: state.head };
      await this.#somethingNew();
    }
  }

  /**
   * Gives the next bytes before `end`, and undefined when there are none left. Asking says that
   * everything given before has been sent.
   */
  async next(end: number): Promise<Buffer | undefined> {
    this.fill.onProgress();
    for (;;) {
      if (this.#hasLeft) throw new FillBroken(GONE);
      const { state } = this.fill;
      if (state.state === "failed") throw new FillBroken(state.failure);
      const bytes = this.fill.take(this.cursor, end);
      if (bytes.length > 0) {
        this.cursor += bytes.length;
        return bytes;
      }
      if (this.cursor >= end || state.state === "complete") {
        this.isSatisfied = true;
        return undefined;
      }
      await this.#somethingNew();
    }
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.fill.leave(this);
    this.wake();
  }

  #somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

const NOBODY: FillFailure = { source: "client", kind: "aborted", reason: "no-readers" };
const GONE: FillFailure = { source: "client", kind: "aborted", reason: "the client left" };
