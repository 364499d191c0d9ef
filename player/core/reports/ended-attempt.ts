/**
 * What one attempt at one pathway came to, as it is reported: the event `rr` of CMCD, and for those that
 * failed and those that were given up as well. A request that was moved twice is three of them.
 */
import type { FailureReason, ResourceKind } from "../../contract/player-events.ts";
import type { CmcdData } from "./write-cmcd.ts";

export type EndedAttempt = {
  readonly kind: ResourceKind;
  /** A request of the media player's, the second of two that race for it, or a question of our own. */
  readonly purpose: "request" | "hedge" | "probe";
  readonly url: string;
  readonly host: string;
  /** Undefined where it is not known of which pathway the host is a part. */
  readonly pathway: string | undefined;
  readonly startedMs: number;
  readonly firstByteMs: number | undefined;
  readonly lastByteMs: number | undefined;
  /** Where in the body the first byte was to be, and how many have come. */
  readonly fromByte: number;
  readonly bytes: number;
  /** How long the resource plays; undefined for what is no media. */
  readonly durationMs: number | undefined;
  readonly status: number | undefined;
  /**
   * `restart`: what came continued another body. `moved`: steering's order had changed. `aborted`: we gave
   * it up, as the loser of a race or for a seek. Nobody is to blame for these.
   */
  readonly outcome: "whole" | "restart" | "moved" | "aborted" | FailureReason;
};

/** Which of two that race an attempt is, or that nobody waits for it. */
const PURPOSE_KEY = "com.understudy-attempt";
/** Why it was given up, in the player's own words. */
const REASON_KEY = "com.understudy-reason";
const ERROR_STATUS = 400;
const MAX_URL_CHARACTERS = 1_024;
const MAX_NAME_CHARACTERS = 128;

const NO_FAILURES: readonly string[] = ["whole", "restart", "moved", "aborted"];

export function hasFailed({ outcome }: EndedAttempt): boolean {
  return !NO_FAILURES.includes(outcome);
}

/** Everything but what all events have, and the time. */
export function writeResponse(ended: EndedAttempt): CmcdData {
  const { kind, purpose, url, pathway, startedMs, firstByteMs, lastByteMs, outcome } = ended;
  const isWhole = outcome === "whole";
  return {
    e: "rr",
    url: withoutQuery(url),
    cdn: pathway?.slice(0, MAX_NAME_CHARACTERS),
    rc: responseCode(ended),
    ttfb: firstByteMs === undefined ? undefined : Math.round(firstByteMs - startedMs),
    ttlb: isWhole && lastByteMs !== undefined ? Math.round(lastByteMs - startedMs) : undefined,
    ot: OBJECT_TYPES[kind],
    ...(isWhole ? paceOf(ended) : {}),
    [PURPOSE_KEY]: purpose === "request" ? undefined : purpose,
    [REASON_KEY]: isWhole ? undefined : outcome,
  };
}

/** What is asked for: a segment may be of pictures or of sound, and then nothing is said of it. */
export const OBJECT_TYPES: Readonly<Partial<Record<ResourceKind, string>>> = {
  "multivariant-playlist": "m",
  "media-playlist": "m",
  key: "k",
};

/**
 * 0 says that no response came, or none that could be used: a body that was cut short is no answer,
 * though it began with 200. What we gave up ourselves has no code, because it is no failed request.
 */
function responseCode(ended: EndedAttempt): number | undefined {
  const { status = 0, outcome } = ended;
  if (outcome === "whole") return status;
  if (!hasFailed(ended)) return undefined;
  return status >= ERROR_STATUS ? status : 0;
}

/** Of a whole object: how long it plays and its bitrate, so that with `ttlb` its pace is known. */
function paceOf({ purpose, fromByte, bytes, durationMs }: EndedAttempt): CmcdData {
  if (purpose === "probe" || fromByte > 0 || durationMs === undefined || durationMs <= 0) return {};
  return { d: Math.round(durationMs), br: [Math.round((bytes * 8) / durationMs)] };
}

/** A query may hold a token of the viewer's (CTA-5004-B §5, 20). */
function withoutQuery(url: string): string {
  return (url.split(/[?#]/, 1)[0] ?? "").slice(0, MAX_URL_CHARACTERS);
}
