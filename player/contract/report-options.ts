/**
 * What a page may say of reports: what the player saw, as CMCD version 2 (CTA-5004-B), to whom and how much.
 *
 * Without a word from the page the player reports to a steering service of ours, and to nobody else.
 * Nothing in a report names the viewer: the session id is drawn at random for each playback, and of the
 * URLs that were asked for the query is left out, because it may hold a token.
 */
export type ReportOptions = {
  /** `sid`. Drawn at random for each playback where the page sets none. */
  readonly sessionId?: string;
  /** `cid`: which title this is, in the page's own words. */
  readonly contentId?: string;
  /**
   * Whether media requests carry CMCD, and where. A query is part of a cache's key wherever the CDN was not
   * told otherwise, and headers cost a preflight for each URL of another origin: so neither, if not said.
   */
  readonly requests?: "off" | "query" | "headers";
  /** Whether a steering service of ours hears what its viewers see. It does, if not said. */
  readonly steering?: boolean;
  /** Collectors of the page's own. */
  readonly targets?: readonly ReportTargetOptions[];
};

export type ReportTargetOptions = {
  readonly url: string;
  /** All of them, if not said. */
  readonly events?: readonly ReportEvent[];
  /** Pace of the event `t`, in seconds: 30 if not said, and 0 is never. */
  readonly everySeconds?: number;
  /** Of the keys that need not be there, only these. All, if not said. */
  readonly includeKeys?: readonly string[];
  /** Value of the header `Authorization`. */
  readonly authorization?: string;
};

/**
 * Events of CTA-5004-B: a response (or its absence), another play state, an error, another bitrate,
 * another host, another rate, the page hidden or seen, an interval.
 */
export type ReportEvent = "rr" | "ps" | "e" | "bc" | "h" | "pr" | "b" | "t";

export type ReportPolicy = {
  /** A picture that stands still with so much in hand waits for the machine and not for a host. */
  readonly stallBufferMs: number;
  /** Reports that wait for one target; beyond that the oldest are dropped, and counted. */
  readonly maxWaiting: number;
  /** Of one body. */
  readonly maxBatch: number;
  readonly maxBatchCharacters: number;
  /** Reports are collected for so long; what speaks of trouble goes at once. */
  readonly collectMs: number;
  /** A target that has not answered within this time is asked again. */
  readonly answerLimitMs: number;
  /** First and longest pause after 429, 5xx and silence. */
  readonly retryFirstMs: number;
  readonly retryLongestMs: number;
  /** No longer pause is kept, whatever a target asks for. */
  readonly retryAfterLongestMs: number;
  /** So many refusals in a row (any other 4xx) end a target, as 410 does. */
  readonly refusalsToEnd: number;
};

export const DEFAULT_REPORT_POLICY: ReportPolicy = {
  stallBufferMs: 500,
  maxWaiting: 256,
  maxBatch: 64,
  // What is sent at the end of a page may come to 64 KiB in all (Fetch, keepalive): three bodies.
  maxBatchCharacters: 20_000,
  collectMs: 2_000,
  answerLimitMs: 5_000,
  retryFirstMs: 1_000,
  retryLongestMs: 60_000,
  retryAfterLongestMs: 3_600_000,
  refusalsToEnd: 3,
};

/** How reporting to one target goes: nothing is lost without being counted. */
export type ReportTargetSnapshot = {
  readonly url: string;
  readonly state: "open" | "ended";
  readonly waiting: number;
  readonly sent: number;
  readonly dropped: number;
};
