/**
 * What to do about an error that stops hls.js for good: start the decoder again, or tell the page.
 *
 * The decoder is restarted for a media error, but not again soon: a segment that cannot be decoded
 * would be tried for ever. Network trouble never gets here, as the transport keeps trying.
 */
export type FatalError = {
  readonly kind: "no-source" | "media" | "other";
  /** When the decoder was last restarted. */
  readonly recoveredMs: number | undefined;
};

export type FatalErrorDecision = "recover" | "tell-no-source" | "tell-media-error";

const RECOVER_EVERY_MS = 5_000;

export function judgeFatalError(
  { kind, recoveredMs }: FatalError,
  nowMs: number,
): FatalErrorDecision {
  if (kind === "no-source") return "tell-no-source";
  const mayRecover = recoveredMs === undefined || nowMs - recoveredMs >= RECOVER_EVERY_MS;
  return kind === "media" && mayRecover ? "recover" : "tell-media-error";
}
