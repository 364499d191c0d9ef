/**
 * Decides which of a page's requests a worker may answer by itself: those for which it can give the
 * very answer that the player expects. Everything else goes past it untouched.
 */
import type { ByteRange } from "../../../kernel/byte-range.ts";

export type PageRequest = {
  readonly method: string;
  readonly mode: string;
  /** Empty for what a script has asked for. */
  readonly destination: string;
  readonly rangeHeader: string | null;
};

export type RequestJudgement =
  | { readonly verdict: "may-answer"; readonly range: ByteRange | undefined }
  | { readonly verdict: "pass"; readonly reason: PassReason };

export type PassReason =
  | "not-a-get"
  /** An element asks for it: its answer may be opaque, and ours could not be. */
  | "not-by-a-script"
  | "opaque"
  /** Without an end, or several: it would have to be loaded whole to be made sure of. */
  | "open-range";

const BOUNDED_RANGE = /^bytes=(\d+)-(\d+)$/;

export function judgeRequest({
  method,
  mode,
  destination,
  rangeHeader,
}: PageRequest): RequestJudgement {
  if (method !== "GET") return { verdict: "pass", reason: "not-a-get" };
  if (destination !== "") return { verdict: "pass", reason: "not-by-a-script" };
  if (mode !== "cors" && mode !== "same-origin") return { verdict: "pass", reason: "opaque" };
  if (rangeHeader === null) return { verdict: "may-answer", range: undefined };
  const [, first, last] = BOUNDED_RANGE.exec(rangeHeader) ?? [];
  const range = { first: Number(first), last: Number(last) };
  return range.first <= range.last
    ? { verdict: "may-answer", range }
    : { verdict: "pass", reason: "open-range" };
}
