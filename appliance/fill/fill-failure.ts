/** Why a fill has no answer, or no whole one, and how its readers are told. */
import type { UpstreamFailure } from "../upstream/upstream.ts";

export type FillFailure =
  | UpstreamFailure
  | {
      readonly source: "edge" | "origin";
      readonly kind: "busy" | "wrong-length" | "wrong-digest" | "wrong-slice" | "too-slow";
      readonly reason: string;
    };

export const GONE: FillFailure = {
  source: "client",
  kind: "aborted",
  reason: "the client left",
};

/** Thrown to a reader. What it has sent must not look whole. */
export class FillBroken extends Error {
  override readonly name = "FillBroken";
  readonly failure: FillFailure;
  constructor(failure: FillFailure) {
    super(`The fill broke: ${failure.reason}`);
    this.failure = failure;
  }
}
