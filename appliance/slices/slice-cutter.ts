/**
 * Cuts a whole answer into slices while it arrives, so that the first request for a large object costs
 * the origin one question.
 *
 * It is one more reader of the fill, which is held in a window only: the origin is held back while no
 * slice is claimed, and let go when nobody has kept up for a while. What is missing then is asked for by
 * range, once it is wanted.
 */
import { lengthOf } from "../../kernel/byte-range.ts";
import { lastSliceOf, type SlicedHead, sliceRange } from "../core/slicing.ts";
import type { Fill } from "../fill/fill.ts";
import { FillBroken, GONE } from "../fill/fill-failure.ts";
import type { FillReader } from "../fill/fill-reader.ts";
import type { Upstream, UpstreamReceiver } from "../upstream/upstream.ts";

export type SliceCutterOptions = {
  readonly head: SlicedHead;
  /** A reader of the whole answer, which stands at its first byte. */
  readonly reader: FillReader;
  /** Begins a fill of one slice, which this cutter feeds. */
  readonly startFill: (index: number, upstream: Upstream) => Fill;
  readonly onOver: () => void;
};

export class SliceCutter {
  readonly #options: SliceCutterOptions;
  /** The slice that the answer has come to. */
  #next = 0;
  #claimed: SliceFeed | undefined;
  #wake: (() => void) | undefined;
  #isOver = false;
  #idleSinceMs: number | undefined;

  constructor(options: SliceCutterOptions) {
    this.#options = options;
    void this.#run();
  }

  /** A fill of the slice whose turn it is; undefined for any other. */
  claim(index: number): Fill | undefined {
    if (this.#isOver || this.#claimed !== undefined || index !== this.#next) return undefined;
    const feed = new SliceFeed();
    this.#claimed = feed;
    const fill = this.#options.startFill(index, feed);
    this.#wake?.();
    return fill;
  }

  /** Lets the origin go after nobody has claimed the next slice for `keepUpMs`. */
  tick(nowMs: number, keepUpMs: number): void {
    if (this.#claimed !== undefined) this.#idleSinceMs = undefined;
    else if (this.#idleSinceMs === undefined) this.#idleSinceMs = nowMs;
    else if (nowMs - this.#idleSinceMs >= keepUpMs) this.stop();
  }

  /** Nobody will claim another slice. One that has been claimed is finished. */
  stop(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { head, reader, onOver } = this.#options;
    while (this.#next <= lastSliceOf(head)) {
      if (this.#claimed === undefined && !this.#isOver) await this.#claim();
      const feed = this.#claimed;
      if (feed === undefined || !(await feedSlice(feed, reader, head, this.#next))) break;
      this.#claimed = undefined;
      this.#next += 1;
    }
    this.#isOver = true;
    reader.leave();
    onOver();
  }

  #claim(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** What a fill takes for its upstream. */
class SliceFeed implements Upstream {
  readonly url = "";
  receiver: UpstreamReceiver | undefined;
  isAborted = false;
  #isHeld = false;
  #wake: (() => void) | undefined;

  call(_: unknown, receiver: UpstreamReceiver) {
    this.receiver = receiver;
    return {
      hold: () => {
        this.#isHeld = true;
      },
      goOn: () => {
        this.#isHeld = false;
        this.#wake?.();
      },
      abort: () => {
        this.isAborted = true;
        this.#wake?.();
      },
    };
  }

  async mayGoOn(): Promise<void> {
    while (this.#isHeld && !this.isAborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<void> {}
}

/** False where there is no slice after this one to be had: nobody reads it, or the answer broke. */
async function feedSlice(
  feed: SliceFeed,
  reader: FillReader,
  head: SlicedHead,
  index: number,
): Promise<boolean> {
  const { receiver } = feed;
  const range = sliceRange(head, index);
  try {
    receiver?.onHead(206, { "content-length": String(lengthOf(range)) });
    while (reader.cursor <= range.last && !feed.isAborted) {
      const piece = await reader.next(range.last + 1);
      if (piece === undefined) break;
      await feed.mayGoOn();
      receiver?.onBytes(piece);
    }
  } catch (error) {
    if (!(error instanceof FillBroken)) throw error;
    receiver?.onFailure(upstreamFailureOf(error));
    return false;
  }
  if (!feed.isAborted) receiver?.onEnd();
  return !feed.isAborted;
}

/** A fill hears of its upstream what an upstream can say. */
function upstreamFailureOf({ failure }: FillBroken) {
  if (failure === GONE) return { source: "edge", kind: "aborted", reason: failure.reason } as const;
  return { source: "origin", kind: "broken", reason: failure.reason } as const;
}
