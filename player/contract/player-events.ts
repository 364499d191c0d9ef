/**
 * What the failover player tells the page: its events and its snapshot.
 *
 * Each event is a `CustomEvent` whose `detail` is the type below. Reasons are the words of
 * `FailureReason`, unchanged from the decision that gave them.
 */
import type { ReportTargetSnapshot } from "./report-options.ts";

/** Why an attempt at a pathway was given up. */
export type FailureReason =
  | "refused"
  | "no-first-byte"
  | "silence"
  /** Bytes came, but too slowly to play on, and another pathway was likely to be quicker. */
  | "too-slow"
  | "truncated"
  | "status-4xx"
  | "status-5xx"
  | "wrong-range"
  | "wrong-length"
  | "not-a-playlist"
  /** A page in place of media or of a key. */
  | "not-media"
  /** The bytes are not those of their digest, or cannot be what they are meant to be. */
  | "corrupt"
  /** Nothing was found wrong with it, and the browser could not decode it. */
  | "undecodable"
  /** A live playlist that stood still while another pathway's moved on. */
  | "stale-playlist";

/**
 * Why a healthy pathway was left for another: steering said so, the one left before is well again, or the
 * server asked for less.
 */
export type MoveReason = "steering-order" | "recovered" | "under-duress";

export type ResourceKind =
  | "multivariant-playlist"
  | "media-playlist"
  | "segment"
  | "key"
  | "captions"
  | "steering-manifest"
  | "other";

export type FailoverEvent = {
  readonly from: string;
  readonly to: string;
  readonly reason: FailureReason | "steering-order" | "under-duress";
  readonly kind: ResourceKind;
  /** Bytes of the interrupted body that were kept; 0 if it had not begun. */
  readonly keptBytes: number;
  /** From the first sign of trouble (or the last byte) to the request on `to`, in milliseconds. */
  readonly afterMs: number;
  readonly bufferSeconds: number;
};

export type FailbackEvent = {
  readonly from: string;
  readonly to: string;
  readonly reason: MoveReason;
  /** How long playback had been away from `to`, in milliseconds. */
  readonly awayMs: number;
  readonly bufferSeconds: number;
};

/** A body that was interrupted on one pathway went on from its next byte on another. */
export type ResumeEvent = {
  readonly from: string;
  readonly to: string;
  readonly atByte: number;
  readonly sizeBytes: number | undefined;
};

/**
 * What a pathway sent was not handed on, and is fetched elsewhere. The pathway is not left for it: that
 * takes several bad objects, and is a failover with the same reason.
 */
export type RejectedEvent = {
  readonly pathway: string;
  /** Where it was fetched, and not what the media player calls it. */
  readonly url: string;
  readonly kind: ResourceKind;
  readonly reason: FailureReason | RestartReason;
};

/** Why what one pathway had begun was given up, and asked of another from its first byte. */
export type RestartReason =
  /** It does not go on with what that one sends. */
  | "other-bytes"
  /**
   * Nobody can say: which part that one sends does not show. A page reads the `Content-Range` of another
   * origin only where its `Access-Control-Expose-Headers` names that.
   */
  | "range-unreadable";

/** A second pathway was asked beside the first, because waiting for that one would have cost the picture. */
export type HedgeEvent = {
  readonly from: string;
  readonly to: string;
  /** What `from` was waited for in vain for. */
  readonly reason: HedgeReason;
  readonly kind: ResourceKind;
  /**
   * `won` and `lost`: the hedge was whole first, or the one that it was to spare. `took-over`: that one
   * failed, and the hedge became the request. `failed`: the hedge did. `aborted`: nobody wants it any more.
   */
  readonly outcome: "won" | "lost" | "took-over" | "failed" | "aborted";
  /** Bytes that arrived twice for it. */
  readonly wastedBytes: number;
  readonly bufferSeconds: number;
};

export type HedgeReason = "no-first-byte" | "silence" | "too-slow";

export type SteeringEvent = {
  readonly order: readonly string[];
  readonly ttlSeconds: number;
};

/** A pathway cuts a stream at other places than the one that is played: nothing of it can be used. */
export type IncompatibleEvent = {
  readonly pathway: string;
  /** Logical URL of the media playlist. */
  readonly playlist: string;
  readonly reason: "other-boundaries";
};

/** A live stream has stopped at its source: every pathway shows the same. Playback goes on to its end. */
export type StandstillEvent =
  | { readonly state: "still"; readonly sinceMs: number }
  | { readonly state: "moving"; readonly afterMs: number };

/**
 * Something that is needed can be had nowhere, or all that was can be had again, or is wanted no more; captions do
 * not count. Playback goes on by itself.
 */
export type DegradedEvent =
  | { readonly state: "unreachable"; readonly sinceMs: number; readonly tried: readonly string[] }
  | { readonly state: "recovered"; readonly afterMs: number; readonly pathway: string };

/** Playback cannot go on by itself. */
export type PlayerErrorEvent =
  /** Every pathway was asked, and there is no such playlist. */
  | { readonly code: "NO_SUCH_SOURCE"; readonly status: number }
  /** The browser cannot play what arrived, or a part of the title exists nowhere. */
  | { readonly code: "MEDIA_ERROR"; readonly message: string }
  /** It has neither Media Source Extensions nor a player for HLS of its own. */
  | { readonly code: "UNSUPPORTED_BROWSER" };

export type PlayerEvents = {
  readonly failover: FailoverEvent;
  readonly failback: FailbackEvent;
  readonly hedge: HedgeEvent;
  readonly resume: ResumeEvent;
  readonly rejected: RejectedEvent;
  readonly steering: SteeringEvent;
  readonly incompatible: IncompatibleEvent;
  readonly standstill: StandstillEvent;
  readonly degraded: DegradedEvent;
  readonly error: PlayerErrorEvent;
};

export type PathwaySnapshot = {
  readonly id: string;
  /** Place in steering's order, from 0. */
  readonly rank: number;
  /** Scheme and authority that its media come from. */
  readonly host: string;
  readonly state: "well" | "avoided" | "probing";
  /** What it is avoided for. */
  readonly reason: FailureReason | undefined;
  readonly firstByteMs: number | undefined;
};

export type PlayerSnapshot = {
  /** Pathway of the latest media segment; undefined before the first. */
  readonly servedBy: string | undefined;
  readonly pathways: readonly PathwaySnapshot[];
  readonly steering: "unknown" | "following" | "unreachable" | "none";
  readonly degraded: boolean;
  /** A live stream has stopped at its source. */
  readonly standsStill: boolean;
  readonly bufferSeconds: number;
  readonly rendition: { readonly height: number; readonly bitsPerSecond: number } | undefined;
  /** How far playback is behind the live edge; undefined for what has an end. */
  readonly live: { readonly latencySeconds: number } | undefined;
  /** Which pathway delivered what is buffered, in playback order, in seconds of media time. */
  readonly served: readonly ServedSpan[];
  /** To whom it is reported what this player sees, and whether it arrives. */
  readonly reports: readonly ReportTargetSnapshot[];
  readonly counts: {
    readonly failovers: number;
    readonly failbacks: number;
    readonly hedges: number;
    readonly resumes: number;
    readonly requests: number;
  };
  readonly bytes: {
    /** Of all that the media player was given. */
    readonly delivered: number;
    /** That came beside those, and served nothing but certainty: for hedges, and for probes. */
    readonly hedging: number;
    readonly probing: number;
  };
};

export type ServedSpan = {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** The pathway that delivered it, or began to. */
  readonly pathway: string;
  /** The pathway that finished it, where another one had begun it. */
  readonly resumedOn: string | undefined;
};
