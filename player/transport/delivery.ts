/** What the transport is asked for, and what it gives: the vocabulary between it and its adapters. */
import type { ByteRange } from "../../kernel/byte-range.ts";
import type { ResourceKind } from "../contract/player-events.ts";

export type TransportRequest = {
  /** Logical URL. */
  readonly url: string;
  readonly kind: ResourceKind;
  readonly range: ByteRange | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DeliveryProgress) => void;
  /** How the page wants this one fetched, whichever URL it goes to; else as all others. */
  readonly fetch?: typeof fetch | undefined;
};

/** How the attempt that is under way is doing, on the transport's clock. */
export type DeliveryProgress = {
  readonly startedMs: number;
  readonly firstByteMs: number | undefined;
  readonly receivedBytes: number;
  readonly sizeBytes: number | undefined;
};

export type Delivery = {
  /** Logical URL, against which the media player resolves what the body names. */
  readonly url: string;
  readonly body: ArrayBuffer;
  readonly response: Response;
  readonly pathway: string;
  /** The pathway that had begun the body, where it was finished on another. */
  readonly begunOn: string | undefined;
  /** Time that went into bytes which arrived, without what was lost on waiting for others. */
  readonly firstByteAfterMs: number;
  readonly transferMs: number;
};

/** The status for what is there and no good: one that no media player asks again for. */
export const NO_GOOD_STATUS = 422;

/** Every pathway was asked, and at least one says that there is no such object, or none has it undamaged. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly status: number;

  constructor(url: string, status: number) {
    const what = status === NO_GOOD_STATUS ? "none sent it undamaged" : `one answered ${status}`;
    super(`Cannot load ${url}: every pathway was asked, ${what}`);
    this.status = status;
  }
}
