/**
 * The body of one answer on its way through the pacer: what may go goes at once, and the rest waits here
 * for its turns, a piece at a time.
 */
import type { Pacer } from "./pacer.ts";

/** Where the body goes: an answer of HTTP/1.1 or of HTTP/2, as Node made it. */
export type BodySink = {
  /** False where the client should take something first. */
  write(bytes: Buffer): boolean;
  end(bytes?: Buffer): void;
  isGone(): boolean;
  /** Resolves when the client has taken what was written, or is gone. */
  taken(): Promise<void>;
  /** Nothing waits here any more. */
  onEmpty(): void;
};

export class PacedBody {
  readonly #pacer: Pacer;
  readonly #sink: BodySink;
  #waiting: Buffer[] = [];
  #isSending = false;
  #isEnded = false;

  constructor(pacer: Pacer, sink: BodySink) {
    this.#pacer = pacer;
    this.#sink = sink;
  }

  /** Something waits for its turn. */
  get isWaiting(): boolean {
    return this.#isSending;
  }

  write(bytes: Buffer): boolean {
    if (!this.#isSending && this.#pacer.take(bytes.length)) return this.#sink.write(bytes);
    this.#waiting.push(bytes);
    void this.#send();
    return false;
  }

  end(bytes?: Buffer): void {
    const mayGo = !this.#isSending && (bytes === undefined || this.#pacer.take(bytes.length));
    if (mayGo) {
      this.#sink.end(bytes);
      return;
    }
    if (bytes !== undefined) this.#waiting.push(bytes);
    this.#isEnded = true;
    void this.#send();
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let piece = this.#next(); piece !== undefined; piece = this.#next()) {
      await this.#pacer.turn(piece.length, () => this.#sink.isGone());
      if (this.#sink.isGone()) this.#waiting = [];
      else if (!this.#sink.write(piece)) await this.#sink.taken();
    }
    this.#isSending = false;
    if (this.#isEnded) this.#sink.end();
    else this.#sink.onEmpty();
  }

  #next(): Buffer | undefined {
    const bytes = this.#waiting.shift();
    if (bytes === undefined || bytes.length <= this.#pacer.turnBytes) return bytes;
    this.#waiting.unshift(bytes.subarray(this.#pacer.turnBytes));
    return bytes.subarray(0, this.#pacer.turnBytes);
  }
}
