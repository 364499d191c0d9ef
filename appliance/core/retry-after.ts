/** Reads for how long an origin wants to be left alone (RFC 9110 §10.2.3). */
import { httpDateMs } from "./http-date.ts";
import type { OriginAnswer } from "./stored-metadata.ts";

const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/** 0 where it does not say, or where the answer is none by which a server protects itself. */
export function retryAfterMs(
  { status, fields, arrivedAtWallMs }: OriginAnswer,
  longestMs: number,
): number {
  const text = fields["retry-after"];
  if (text === undefined || (status !== UNAVAILABLE && status !== TOO_MANY_REQUESTS)) return 0;
  const seconds = /^\d+$/.test(text) ? Number(text) : undefined;
  const waitMs = seconds === undefined ? (httpDateMs(text) ?? 0) - arrivedAtWallMs : seconds * 1000;
  return Math.min(Math.max(0, waitMs), longestMs);
}
