/**
 * What probes have brought of segments that the player has not asked for yet: a request for one begins
 * with these bytes, so that looking after an ill host costs no traffic.
 *
 * A request takes them like any bytes that broke off elsewhere: the pathway that brings the rest repeats
 * the last of them, and if it holds another body, they are given up. A host whose bytes were once given up
 * is not believed again.
 */
import { BodyUnderWay } from "./body-under-way.ts";

type Kept = { readonly host: string; readonly body: BodyUnderWay };

export type ProbedPiece = {
  readonly host: string;
  /** Where it begins in the segment. */
  readonly fromByte: number;
  readonly bytes: Uint8Array;
  readonly sizeBytes: number | undefined;
  readonly etag: string | undefined;
};

/** Of segments that have been asked for, so many are remembered: what comes late for them is of no use. */
const REMEMBERED = 64;

export class KeptBytes {
  readonly #limitBytes: number;
  /** By the segment's logical URL, oldest first. */
  readonly #kept = new Map<string, Kept>();
  readonly #asked = new Set<string>();
  readonly #distrusted = new Set<string>();
  #wastedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Bytes that came for nothing. */
  get wastedBytes(): number {
    return this.#wastedBytes;
  }

  /** Which byte the host is to be asked for next; undefined if no more of it would be kept. */
  nextByteOf(segment: string, host: string): number | undefined {
    if (this.#asked.has(segment) || this.#distrusted.has(host)) return undefined;
    const kept = this.#kept.get(segment);
    if (kept === undefined) return 0;
    const { receivedBytes, sizeBytes } = kept.body.held;
    return kept.host === host && receivedBytes !== sizeBytes ? receivedBytes : undefined;
  }

  /** Whether it is of use. */
  add(segment: string | undefined, { host, fromByte, bytes, ...head }: ProbedPiece): boolean {
    const isNext = segment !== undefined && this.nextByteOf(segment, host) === fromByte;
    const body = segment && (this.#kept.get(segment)?.body ?? new BodyUnderWay());
    const { sizeBytes = head.sizeBytes, etag = head.etag } = body ? body.held : head;
    if (!isNext || !body || sizeBytes !== head.sizeBytes || etag !== head.etag) {
      this.waste(bytes.length);
      return false;
    }
    body.expect(head.sizeBytes, head.etag);
    body.take(fromByte, bytes);
    body.noteUncounted(bytes.length);
    this.#kept.set(segment, { host, body });
    this.#evict();
    return true;
  }

  /** The host has no more of it: its size was not known. */
  end(segment: string): void {
    const body = this.#kept.get(segment)?.body;
    body?.expect(body.held.receivedBytes, undefined);
  }

  waste(bytes: number): void {
    this.#wastedBytes += bytes;
  }

  /** The player asks for the segment: what is here of it, and from whom. */
  take(segment: string): Kept | undefined {
    this.#asked.add(segment);
    const [oldest] = this.#asked;
    if (this.#asked.size > REMEMBERED && oldest !== undefined) this.#asked.delete(oldest);
    const kept = this.#kept.get(segment);
    this.#kept.delete(segment);
    return kept;
  }

  /** What the host had brought of a segment is not what others have. */
  distrust(host: string, bytes: number): void {
    this.#distrusted.add(host);
    this.waste(bytes);
  }

  #evict(): void {
    let bytes = 0;
    for (const [segment, { body }] of [...this.#kept].toReversed()) {
      bytes += body.held.receivedBytes;
      if (bytes <= this.#limitBytes) continue;
      this.#kept.delete(segment);
      this.waste(body.held.receivedBytes);
    }
  }
}
