/**
 * What the appliance needs of the servers that it fills from: one answer, told in pieces to a
 * receiver, that can be held back and broken off.
 *
 * Callbacks rather than a stream, because a fill copies every piece into its own buffer at once and
 * a stream in between would cost more than the copy.
 */
import type { UpstreamState } from "../contract/appliance-status.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import type { AbortCause, UpstreamFailureKind } from "../core/upstream/judge-call.ts";

export type UpstreamRequest = {
  readonly method: string;
  /** Path and query below the origin's base address. */
  readonly target: string;
  readonly fields: HeaderFields;
  /** What is sent along: held whole, so that another server can be sent the same. */
  readonly body?: Buffer | undefined;
};

export type UpstreamFailure = {
  readonly source: "origin" | "edge" | "client";
  readonly kind: UpstreamFailureKind;
  readonly reason: string;
};

/** What a call that was broken off says of itself. */
export const ABORTED: UpstreamFailure = {
  source: "edge",
  kind: "aborted",
  reason: "no longer needed",
};

/** After `onEnd` or `onFailure`, nothing more is told. */
export type UpstreamReceiver = {
  /** Answers that announce the real one (RFC 9110 §15.2); not of interest to everybody. */
  onInterim?(status: number, fields: HeaderFields): void;
  onHead(status: number, fields: HeaderFields): void;
  onBytes(bytes: Buffer): void;
  onEnd(): void;
  onFailure(failure: UpstreamFailure): void;
};

export type UpstreamCall = {
  hold(): void;
  goOn(): void;
  /** @param cause tells an origin that was given up, and has failed, from an answer nobody wants. */
  abort(cause?: AbortCause): void;
};

export type Upstream = {
  readonly url: string;
  call(request: UpstreamRequest, receiver: UpstreamReceiver): UpstreamCall;
  close(): Promise<void>;
};

/** A server's breaker went from one state to another. */
export type BreakerChange = {
  readonly url: string;
  readonly from: UpstreamState["breaker"];
  readonly to: UpstreamState["breaker"];
  readonly reason: string;
};

/** All servers that an appliance fills from, behind one door. */
export type Upstreams = Upstream & {
  states(): readonly UpstreamState[];
  /** Tells each change of a breaker from now on. */
  watch(onChange: (change: BreakerChange) => void): void;
  /** Goes on with what has waited long enough. */
  tick(nowMs: number): void;
};
