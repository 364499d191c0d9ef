/**
 * A body that is being collected, if need be from several pathways one after the other, with who began
 * it and what it has cost in time.
 *
 * Bytes that arrive twice are compared with those that are held, so that two different bodies are
 * never spliced into one. A fork goes on by itself from what is held: it is what a hedge collects.
 */
import type { HeldBody } from "../core/attempt/resume-body.ts";

export class BodyUnderWay {
  #pieces: Uint8Array[] = [];
  #receivedBytes = 0;
  #sizeBytes: number | undefined;
  #etag: string | undefined;
  /** Time in which bytes came, over all attempts but those that were too slow. */
  #productiveMs = 0;
  /** Bytes that came in no such time. */
  #uncountedBytes = 0;
  /** The pathway that brought the first of the bytes that are held, where that is another's concern. */
  begunOn: string | undefined;

  get held(): HeldBody {
    return { receivedBytes: this.#receivedBytes, sizeBytes: this.#sizeBytes, etag: this.#etag };
  }

  /** Notes what the answer's head says of the whole. */
  expect(sizeBytes: number | undefined, etag: string | undefined): void {
    this.#sizeBytes = sizeBytes ?? this.#sizeBytes;
    this.#etag = etag ?? this.#etag;
  }

  /** Takes bytes that begin at `position`. False if they differ from what is held there. */
  take(position: number, bytes: Uint8Array): boolean {
    const overlap = Math.min(bytes.length, Math.max(0, this.#receivedBytes - position));
    if (!this.#matches(position, bytes.subarray(0, overlap))) return false;
    if (overlap < bytes.length) {
      this.#pieces.push(bytes.subarray(overlap));
      this.#receivedBytes += bytes.length - overlap;
    }
    return true;
  }

  /** What is held is given up, and with it who had begun it. */
  forget(): void {
    this.#pieces = [];
    this.#receivedBytes = 0;
    this.#sizeBytes = undefined;
    this.#etag = undefined;
    this.#productiveMs = 0;
    this.#uncountedBytes = 0;
    this.begunOn = undefined;
  }

  fork(): BodyUnderWay {
    const fork = new BodyUnderWay();
    fork.#pieces = [...this.#pieces];
    fork.#receivedBytes = this.#receivedBytes;
    fork.#sizeBytes = this.#sizeBytes;
    fork.#etag = this.#etag;
    fork.#productiveMs = this.#productiveMs;
    fork.#uncountedBytes = this.#uncountedBytes;
    fork.begunOn = this.begunOn;
    return fork;
  }

  /** Bytes came in so much time. */
  noteTime(tookMs: number): void {
    this.#productiveMs += tookMs;
  }

  /** Bytes came in a time that says nothing of whoever comes next. */
  noteUncounted(bytes: number): void {
    this.#uncountedBytes += bytes;
  }

  /**
   * How long it would have taken at the pace of those who were not too slow: the bitrate that is chosen
   * next is to suit the pathway that it will come from.
   */
  get transferMs(): number {
    const countedBytes = this.#receivedBytes - this.#uncountedBytes;
    if (countedBytes <= 0) return this.#productiveMs;
    return (this.#productiveMs * this.#receivedBytes) / countedBytes;
  }

  /** All of it, in one buffer of its own; the same one if nothing has come since. */
  whole(): ArrayBuffer {
    const [first] = this.#pieces;
    if (this.#pieces.length === 1 && first?.length === first?.buffer.byteLength) {
      return first?.buffer as ArrayBuffer;
    }
    const whole = new Uint8Array(this.#receivedBytes);
    let position = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, position);
      position += piece.length;
    }
    this.#pieces = [whole];
    return whole.buffer;
  }

  #matches(position: number, bytes: Uint8Array): boolean {
    let pieceStart = 0;
    for (const piece of this.#pieces) {
      const from = Math.max(position, pieceStart);
      const to = Math.min(position + bytes.length, pieceStart + piece.length);
      for (let at = from; at < to; at += 1) {
        if (piece[at - pieceStart] !== bytes[at - position]) return false;
      }
      pieceStart += piece.length;
    }
    return true;
  }
}
