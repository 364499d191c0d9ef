/**
 * What the appliance needs of the server that it fills from: one answer, told in pieces to a
 * receiver, that can be held back and broken off.
 *
 * Callbacks rather than a stream, because a fill copies every piece into its own buffer at once and
 * a stream in between would cost more than the copy.
 */
import type { HeaderFields } from "../core/response-headers.ts";

export type UpstreamRequest = {
  readonly method: "GET" | "HEAD";
  /** Path and query below the origin's base address. */
  readonly target: string;
  readonly fields: HeaderFields;
};

export type UpstreamFailure = {
  readonly source: "origin" | "edge" | "client";
  readonly kind: "unreachable" | "timeout" | "broken" | "aborted";
  readonly reason: string;
};

/** After `onEnd` or `onFailure`, nothing more is told. */
export type UpstreamReceiver = {
  onHead(status: number, fields: HeaderFields): void;
  onBytes(bytes: Buffer): void;
  onEnd(): void;
  onFailure(failure: UpstreamFailure): void;
};

export type UpstreamCall = {
  hold(): void;
  goOn(): void;
  abort(): void;
};

export type Upstream = {
  readonly url: string;
  call(request: UpstreamRequest, receiver: UpstreamReceiver): UpstreamCall;
  close(): Promise<void>;
};
