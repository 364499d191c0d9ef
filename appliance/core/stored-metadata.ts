/**
 * What is kept beside the bytes of a stored answer, in RAM and on disk alike.
 *
 * Times are of the wall clock, because an object outlives the process that stored it.
 */
import { type CacheControl, parseCacheControl } from "./cache-control.ts";
import {
  type Arrival,
  type Freshness,
  freshnessOf,
  initialAgeMs,
  type LifetimePolicy,
} from "./freshness.ts";
import { forwardedResponseFields, type HeaderFields } from "./response-headers.ts";

export type StoredMetadata = Freshness & {
  readonly key: string;
  readonly status: number;
  /** What a client is told, without what is worked out for each answer. */
  readonly fields: HeaderFields;
  readonly sizeBytes: number;
  readonly arrivedAtWallMs: number;
  readonly initialAgeMs: number;
  /** How long the origin took to answer. */
  readonly answeredInMs: number;
};

export type OriginAnswer = {
  readonly status: number;
  readonly fields: HeaderFields;
  readonly requestedAtWallMs: number;
  readonly arrivedAtWallMs: number;
};

export function describeAnswer(
  key: string,
  answer: OriginAnswer,
  sizeBytes: number,
  policy: LifetimePolicy,
): StoredMetadata {
  return {
    key,
    status: answer.status,
    fields: forwardedResponseFields(answer.fields),
    sizeBytes,
    arrivedAtWallMs: answer.arrivedAtWallMs,
    initialAgeMs: initialAgeMs(arrivalOf(answer)),
    answeredInMs: Math.max(0, answer.arrivedAtWallMs - answer.requestedAtWallMs),
    ...freshnessOfAnswer(answer, policy),
  };
}

export function freshnessOfAnswer(answer: OriginAnswer, policy: LifetimePolicy): Freshness {
  const fallbackMs = isNotFound(answer.status) ? policy.notFoundFreshForMs : 0;
  return freshnessOf(arrivalOf(answer), fallbackMs, policy);
}

/**
 * The stored answer after a 304: its fields brought up to date, its age begun anew (RFC 9111 §3.2,
 * §4.3.4). The fields that describe the stored bytes stay as they are.
 */
export function refreshMetadata(
  stored: StoredMetadata,
  answer: OriginAnswer,
  policy: LifetimePolicy,
): StoredMetadata {
  const updates = Object.entries(forwardedResponseFields(answer.fields)).filter(
    // A cookie was for the one who asked, and what is stored is for everybody.
    ([name]) => !DESCRIBES_BYTES.has(name) && name !== "set-cookie",
  );
  // The old date would make the answer as old as it was before; without one, its arrival counts.
  const { date, ...kept } = stored.fields;
  const fields = { ...kept, ...Object.fromEntries(updates) };
  // `Age` is not among the forwarded fields, but counts towards the age on arrival.
  const age = answer.fields["age"];
  const refreshed = { ...answer, status: stored.status, fields: age ? { ...fields, age } : fields };
  return describeAnswer(stored.key, refreshed, stored.sizeBytes, policy);
}

export function ageMs(stored: StoredMetadata, nowWallMs: number): number {
  // The wall clock may have been set back.
  return stored.initialAgeMs + Math.max(0, nowWallMs - stored.arrivedAtWallMs);
}

export function hasValidator({ fields }: StoredMetadata): boolean {
  return fields["etag"] !== undefined || fields["last-modified"] !== undefined;
}

export function isNotFound(status: number): boolean {
  return status === 404 || status === 410;
}

export function cacheControlOf(answer: OriginAnswer): CacheControl {
  return parseCacheControl(answer.fields["cache-control"]);
}

const DESCRIBES_BYTES = new Set([
  "content-encoding",
  "content-range",
  "content-type",
  "digest",
  "repr-digest",
]);

function arrivalOf(answer: OriginAnswer): Arrival {
  return { ...answer, cacheControl: cacheControlOf(answer) };
}
