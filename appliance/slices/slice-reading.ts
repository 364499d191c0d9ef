/**
 * One client's way through an object that is kept in slices.
 *
 * It is at one slice at a time, and when half of that has been taken it asks for the next one, so that
 * a client that keeps up never waits at a border, and one that does not costs one slice ahead at most.
 */
import { lastSliceOf, type SlicedHead, sliceAt, sliceRange } from "../core/slicing.ts";
import { FillBroken, GONE } from "../fill/fill-failure.ts";
import type { SliceSource } from "./slice-source.ts";

export type SliceReadingOptions = {
  readonly head: SlicedHead;
  readonly first: number;
  /** Offset of the byte after the last one that is wanted. */
  readonly end: number;
  readonly openSlice: (index: number) => Promise<SliceSource>;
  readonly onBroken: (error: FillBroken) => void;
  readonly onClosed: () => void;
};

type OpenSlice = { readonly index: number; readonly source: Promise<SliceSource> };

export class SliceReading {
  readonly #options: SliceReadingOptions;
  #at: number;
  #current: OpenSlice | undefined;
  #ahead: OpenSlice | undefined;
  #isClosed = false;

  constructor(options: SliceReadingOptions) {
    this.#options = options;
    this.#at = options.first;
  }

  /**
   * The next bytes, and undefined when there are none left. Asking says that everything given before
   * has been sent.
   *
   * @throws FillBroken
   */
  async next(): Promise<Buffer | undefined> {
    const { head, end, onBroken } = this.#options;
    if (this.#at >= end) return undefined;
    if (this.#isClosed) throw new FillBroken(GONE);
    try {
      const index = sliceAt(this.#at, head.slicing);
      const { first, last } = sliceRange(head, index);
      const source = await this.#enter(index).source;
      if (this.#at - first >= head.slicing.sliceBytes / 2) this.#lookAhead(index + 1);
      const piece = await source.read(this.#at - first, Math.min(end, last + 1) - first);
      this.#at += piece.length;
      return piece;
    } catch (error) {
      if (error instanceof FillBroken) onBroken(error);
      throw error;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSlice(this.#current);
    closeSlice(this.#ahead);
    this.#options.onClosed();
  }

  #enter(index: number): OpenSlice {
    if (this.#current?.index === index) return this.#current;
    closeSlice(this.#current);
    const isAhead = this.#ahead?.index === index;
    this.#current = isAhead && this.#ahead !== undefined ? this.#ahead : this.#open(index);
    if (isAhead) this.#ahead = undefined;
    return this.#current;
  }

  #lookAhead(index: number): void {
    const { head, end } = this.#options;
    if (this.#ahead !== undefined || this.#isClosed || index > lastSliceOf(head)) return;
    if (sliceRange(head, index).first < end) this.#ahead = this.#open(index);
  }

  #open(index: number): OpenSlice {
    const source = this.#options.openSlice(index);
    // Whoever reads it is told; what was opened ahead may be read by nobody.
    source.catch(() => undefined);
    return { index, source };
  }
}

function closeSlice(slice: OpenSlice | undefined): void {
  slice?.source.then(
    (source) => source.close(),
    () => undefined,
  );
}
