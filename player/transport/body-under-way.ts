/**
 * A body that is being collected, if need be from several pathways one after the other.
 *
 * Bytes that arrive twice are compared with those that are held, so that two different bodies are
 * never spliced into one.
 */
import type { HeldBody } from "../core/resume-body.ts";

export class BodyUnderWay {
  #pieces: Uint8Array[] = [];
  #receivedBytes = 0;
  #sizeBytes: number | undefined;
  #etag: string | undefined;

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

  forget(): void {
    this.#pieces = [];
    this.#receivedBytes = 0;
    this.#sizeBytes = undefined;
    this.#etag = undefined;
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
