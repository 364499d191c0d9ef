/**
 * What is kept beside the bytes of a stored answer, in RAM and on disk alike.
 *
 * Times are of the wall clock, because an object outlives the process that stored it.
 */
import {
  type Arrival,
  type Freshness,
  freshnessOf,
  initialAgeMs,
  type LifetimePolicy,
} from "./freshness.ts";
import { formatHttpDate } from "./http-date.ts";
import { isPlaylist } from "./live-playlist.ts";
import { forwardedResponseFields, type HeaderFields } from "./response-headers.ts";
import type { Slicing } from "./slicing.ts";
import { effectiveCacheControl } from "./targeted-cache-control.ts";

export type StoredMetadata = Freshness & {
  /** Path and query; for one of several variants, what the client's header adds to them (`variant.ts`). */
  readonly key: string;
  readonly status: number;
  /** What a client is told, without what is worked out for each answer. */
  readonly fields: HeaderFields;
  readonly sizeBytes: number;
  readonly arrivedAtWallMs: number;
  readonly initialAgeMs: number;
  /** How long the origin took to answer. */
  readonly answeredInMs: number;
  /** It was purged softly: it is stale, whatever its age is taken for. */
  readonly isMadeStale?: true;
  /** Which bytes of the object these are; undefined where they are all of it. */
  readonly part?: StoredPart | undefined;
  /** It stands in place of answers that vary with the request: where they are (RFC 9111 §4.1). */
  readonly variants?: readonly StoredVariant[] | undefined;
  /** It is the head of an object of which the body is kept in slices. */
  readonly slicing?: Slicing | undefined;
};

export type StoredPart = {
  readonly firstByte: number;
  /** Size of the whole object. */
  readonly completeBytes: number;
  /** False where the origin contradicted itself: it is never joined with another part. */
  readonly isExact: boolean;
};

export type StoredVariant = {
  /** The request's fields that select it, in lower case and in alphabetical order. */
  readonly names: readonly string[];
  /** Under which it is stored. */
  readonly key: string;
};

export type OriginAnswer = {
  readonly status: number;
  readonly fields: HeaderFields;
  readonly requestedAtWallMs: number;
  readonly arrivedAtWallMs: number;
  /** Drawn from [0, 1): so much earlier, in part, absence is doubted than in another appliance. */
  readonly draw?: number;
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
    fields: sharedFields(answer),
    sizeBytes,
    arrivedAtWallMs: answer.arrivedAtWallMs,
    initialAgeMs: initialAgeMs(arrivalOf(answer)),
    answeredInMs: Math.max(0, answer.arrivedAtWallMs - answer.requestedAtWallMs),
    ...freshnessOfAnswer(answer, policy, key),
  };
}

/** The largest part of its lifetime by which absence is doubted earlier. */
const ABSENCE_JITTER = 0.25;

/** @param key by which a playlist is known that its type does not give away. */
export function freshnessOfAnswer(
  answer: OriginAnswer,
  policy: LifetimePolicy,
  key = "",
): Freshness {
  const jitter = 1 - ABSENCE_JITTER * (answer.draw ?? 0);
  const fallbackMs = isNotFound(answer.status) ? policy.notFoundFreshForMs * jitter : 0;
  const arrival = { ...arrivalOf(answer), isPlaylist: isPlaylist(key, answer.fields) };
  return freshnessOf(arrival, fallbackMs, policy);
}

/**
 * The fields of an answer that are for everybody. A cookie is for the client that asked, and so are the
 * fields that `private` and `no-cache` name; they go to that client alone (`unsharedFields`).
 */
function sharedFields(answer: OriginAnswer): HeaderFields {
  const fields = forwardedResponseFields(answer.fields);
  const { unsharedFields } = arrivalOf(answer).cacheControl;
  const isUnshared = (name: string) => name === "set-cookie" || unsharedFields.includes(name);
  const names = Object.keys(fields);
  const shared = names.some(isUnshared)
    ? Object.fromEntries(Object.entries(fields).filter(([name]) => !isUnshared(name)))
    : fields;
  // Who passes on an answer without a date adds that of its arrival (RFC 9110 §6.6.1).
  return shared["date"] === undefined
    ? { ...shared, date: formatHttpDate(answer.arrivedAtWallMs) }
    : shared;
}

/** What of the answer's fields only the client that asked is told. */
export function unsharedFields(answer: OriginAnswer, shared: HeaderFields): HeaderFields {
  const fields = Object.entries(forwardedResponseFields(answer.fields));
  return Object.fromEntries(fields.filter(([name]) => shared[name] === undefined));
}

/**
 * The stored answer after a 304 or an answer to HEAD: its fields brought up to date, its age begun anew
 * (RFC 9111 §3.2, §4.3.4). The fields that describe the stored bytes stay as they are.
 */
export function refreshMetadata(
  stored: StoredMetadata,
  answer: OriginAnswer,
  policy: LifetimePolicy,
): StoredMetadata {
  const described = refreshedAnswer(stored, answer);
  const { key, sizeBytes, part, slicing } = stored;
  const metadata = describeAnswer(key, described, sizeBytes, policy);
  return {
    ...metadata,
    ...(part === undefined ? {} : { part }),
    ...(slicing === undefined ? {} : { slicing }),
  };
}

/** What the origin would have answered, had it answered with the whole. */
export function refreshedAnswer(stored: StoredMetadata, answer: OriginAnswer): OriginAnswer {
  const updates = Object.entries(forwardedResponseFields(answer.fields)).filter(
    ([name]) => !DESCRIBES_BYTES.has(name),
  );
  // The old date would make the answer as old as it was before; without one, its arrival counts.
  const { date, ...kept } = stored.fields;
  const fields = { ...kept, ...Object.fromEntries(updates) };
  // `Age` is not among the forwarded fields, but counts towards the age on arrival.
  const age = answer.fields["age"];
  return { ...answer, status: stored.status, fields: age ? { ...fields, age } : fields };
}

/** Was it certainly asked for after this moment? Not where it was in the future: the clock was set back. */
export function wasAskedAfter(
  { arrivedAtWallMs, answeredInMs }: StoredMetadata,
  momentWallMs: number,
  nowWallMs: number,
): boolean {
  const askedAtWallMs = arrivedAtWallMs - answeredInMs;
  return askedAtWallMs > momentWallMs && askedAtWallMs <= nowWallMs;
}

export function ageMs(stored: StoredMetadata, nowWallMs: number): number {
  // Where the wall clock was set back to before the arrival, the step is the best guess there is: with none,
  // an object would stay as young as it came for as long as the step.
  return stored.initialAgeMs + Math.abs(nowWallMs - stored.arrivedAtWallMs);
}

/** It answers by itself: it is neither a part of an object nor an index of variants. */
export function isWholeAnswer({ part, variants }: StoredMetadata): boolean {
  return part === undefined && variants === undefined;
}

export function hasValidator({ fields }: StoredMetadata): boolean {
  return fields["etag"] !== undefined || fields["last-modified"] !== undefined;
}

export function isNotFound(status: number): boolean {
  return status === 404 || status === 410;
}

/** They say what the stored bytes are, which a 304 does not change (RFC 9111 §3.2). */
const DESCRIBES_BYTES = new Set([
  "content-encoding",
  "content-md5",
  "content-range",
  "digest",
  "etag",
  "repr-digest",
]);

export function arrivalOf(answer: OriginAnswer): Arrival {
  return { ...answer, ...effectiveCacheControl(answer.fields) };
}
