/**
 * Brings one object into the cache as a viewer's request would, and says what came of it.
 *
 * It reads along, so that it shares the fetch of whoever wants the same, is broken off when the job is
 * cancelled, and knows when the object is whole.
 */
import { decideServing } from "../core/decide-serving.ts";
import { isSliced, lastSliceOf, type SlicedHead } from "../core/slicing.ts";
import type { Fill } from "../fill/fill.ts";
import { FillBroken } from "../fill/fill-failure.ts";
import type { FillReader } from "../fill/fill-reader.ts";
import type { Fills } from "../fill/fills.ts";
import type { Slices } from "../slices/slices.ts";
import type { Tiers } from "../store/tiers.ts";

export type FilledObject =
  | { readonly outcome: "filled"; readonly bytes: number; readonly body: Buffer | undefined }
  | { readonly outcome: "already-stored"; readonly body: Buffer | undefined }
  /** Its slices are to be fetched one by one. */
  | { readonly outcome: "sliced"; readonly head: SlicedHead; readonly slices: number }
  | { readonly outcome: "failed"; readonly reason: string; readonly isPassing: boolean };

export type ObjectFetcherOptions = {
  readonly fills: Fills;
  readonly slices: Slices;
  readonly tiers: Tiers;
  readonly wallNow: () => number;
};

export class ObjectFetcher {
  readonly #options: ObjectFetcherOptions;

  constructor(options: ObjectFetcherOptions) {
    this.#options = options;
  }

  /** False while it would be at viewers' expense. */
  get isOriginIdle(): boolean {
    return this.#options.fills.isIdle;
  }

  async fetch(key: string, stop: AbortSignal): Promise<FilledObject> {
    const { fills, tiers, wallNow } = this.#options;
    const stored = tiers.peek(key);
    if (stored !== undefined && decideServing(stored, wallNow()).action === "serve") {
      if (isSliced(stored)) return slicesOf(stored);
      return { outcome: "already-stored", body: await this.#bodyOf(key) };
    }
    // The origin has said how long it wants to be left alone.
    if (fills.brakedForMs(key) > 0) return BRAKED;
    return this.#follow(key, fills.share(key, stored).fill, stop);
  }

  async fetchSlice(head: SlicedHead, index: number, stop: AbortSignal): Promise<FilledObject> {
    const fill = this.#options.slices.fetchBehind(head, index);
    if (fill === undefined) return { outcome: "already-stored", body: undefined };
    return this.#follow(head.key, fill, stop);
  }

  async #follow(key: string, fill: Fill, stop: AbortSignal): Promise<FilledObject> {
    const reader = fill.openReader();
    const leave = () => reader.leave();
    stop.addEventListener("abort", leave);
    try {
      return await this.#readAlong(key, fill, reader);
    } catch (error) {
      if (!(error instanceof FillBroken)) throw error;
      const { reason, source } = error.failure;
      return { outcome: "failed", reason, isPassing: source !== "client" };
    } finally {
      stop.removeEventListener("abort", leave);
      reader.leave();
    }
  }

  async #readAlong(key: string, fill: Fill, reader: FillReader): Promise<FilledObject> {
    const { plan, metadata } = await reader.head();
    switch (plan.action) {
      case "store":
        await reader.untilComplete();
        return { outcome: "filled", bytes: fill.body?.length ?? 0, body: fill.body };
      case "slice":
        return isSliced(metadata) ? slicesOf(metadata) : notStored(plan.reason);
      case "unchanged":
        return { outcome: "already-stored", body: await this.#bodyOf(key) };
      case "share":
        return { outcome: "failed", reason: plan.reason, isPassing: true };
      case "pass":
        return notStored(plan.reason);
    }
  }

  /** Of what is in a file nobody needs the body: no playlist is so large. */
  async #bodyOf(key: string): Promise<Buffer | undefined> {
    const object = await this.#options.tiers.read(key);
    if (object?.kind === "file") object.release();
    return object?.kind === "memory" ? object.bytes : undefined;
  }
}

function slicesOf(head: SlicedHead): FilledObject {
  return { outcome: "sliced", head, slices: lastSliceOf(head) + 1 };
}

const BRAKED: FilledObject = { outcome: "failed", reason: "retry-after", isPassing: true };

function notStored(reason: string): FilledObject {
  return { outcome: "failed", reason: `not storable: ${reason}`, isPassing: false };
}
