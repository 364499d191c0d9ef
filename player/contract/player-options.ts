/** What a page may set when it makes a failover player. All durations are in milliseconds. */
export type FailoverOptions = Partial<FailoverPolicy>;

export type FailoverPolicy = {
  /** Longest wait for the first byte from a pathway whose latency is not known yet. */
  readonly firstByteStartMs: number;
  /**
   * The same while nothing is buffered and everybody else is well: a viewer who sees no picture yet
   * loses more by waiting than by asking somebody else.
   */
  readonly firstByteEagerMs: number;
  /** Shortest wait for the first byte, however quick a pathway has been: even that one is busy at times. */
  readonly firstByteFloorMs: number;
  /** Longest wait for the first byte, however slow a pathway has been. */
  readonly firstByteCeilingMs: number;
  /** Longest silence within a body. */
  readonly silenceMs: number;
  /** Longest wait for any byte from a host that has just failed another request. */
  readonly suspectMs: number;
  /** No watchdog waits longer than this, however often everything has been too slow. */
  readonly patienceLimitMs: number;
  /** A pace is judged once bytes have been coming for so long, and over no more than that. */
  readonly paceWindowMs: number;
  /** No body is given up as too slow that will be whole within this time. */
  readonly pacePatienceMs: number;
  /** What a body must leave of the buffer by the time that it is whole. */
  readonly paceMarginMs: number;
  /** So many times as quick must another host be to be worth a move, or one that was slow to be well. */
  readonly clearlyFasterFactor: number;
  /** A host's pace counts as known for so long, once it has brought so many bytes. */
  readonly paceMemoryMs: number;
  readonly paceSampleBytes: number;
  /** First and longest time that a failed pathway is avoided by viewers' requests. */
  readonly avoidFirstMs: number;
  readonly avoidLongestMs: number;
  /**
   * First time that a pathway is avoided for being too slow, unless it is clearly faster before; or for
   * what could not be decoded, which no probe can tell.
   */
  readonly avoidSlowFirstMs: number;
  /** How often an avoided pathway is probed. */
  readonly probeEveryMs: number;
  /** A probe that takes longer than this is a bad one. */
  readonly probeLongestMs: number;
  /** A probe that brings its bytes within this time is good, whatever the bitrate. */
  readonly probeGraceMs: number;
  /** So many times as fast as its media play must a probe's bytes come otherwise. */
  readonly probeHeadroomFactor: number;
  /** Good probes in a row before a pathway counts as recovered. */
  readonly probesToRecover: number;
  /** How long a pathway must have been well before playback returns to it. */
  readonly dwellMs: number;
  /** Largest random addition to the dwell, so that viewers do not all return at once. */
  readonly dwellJitterMs: number;
  /** No probe is sent with less media than this in the buffer. */
  readonly probeBufferFloorMs: number;
  /** Bytes that a probe asks for, and that a resumed body repeats to be compared. */
  readonly probeBytes: number;
  readonly overlapBytes: number;
  /** First and longest pause between rounds while no pathway answers. */
  readonly retryFirstMs: number;
  readonly retryLongestMs: number;
  /**
   * How long a part of a live stream may be missing everywhere, as one edge may be behind another; or
   * any body be damaged everywhere.
   */
  readonly missingLiveMs: number;
  /** So many bad objects among the latest few within a time speak against the host that sent them. */
  readonly badObjectsToBlame: number;
  readonly badObjectsOf: number;
  readonly badObjectsWindowMs: number;
  /** So often within a time is playback got going again after errors of the media. */
  readonly mediaRecoveries: number;
  readonly mediaRecoveriesWithinMs: number;
  /** Largest body that is accepted, in bytes; and the same for playlists and keys. */
  readonly maxBodyBytes: number;
  readonly maxTextBytes: number;
};

/** The demo's choices: quick to return, at the price of more probes. */
export const DEFAULT_FAILOVER_POLICY: FailoverPolicy = {
  firstByteStartMs: 1_000,
  firstByteEagerMs: 700,
  firstByteFloorMs: 700,
  firstByteCeilingMs: 3_000,
  silenceMs: 1_000,
  suspectMs: 250,
  patienceLimitMs: 10_000,
  paceWindowMs: 1_000,
  pacePatienceMs: 1_500,
  paceMarginMs: 2_000,
  clearlyFasterFactor: 2,
  paceMemoryMs: 60_000,
  paceSampleBytes: 8_192,
  avoidFirstMs: 2_000,
  avoidLongestMs: 60_000,
  avoidSlowFirstMs: 60_000,
  probeEveryMs: 1_000,
  probeLongestMs: 1_500,
  probeGraceMs: 500,
  probeHeadroomFactor: 1.5,
  probesToRecover: 2,
  dwellMs: 3_000,
  dwellJitterMs: 1_000,
  probeBufferFloorMs: 4_000,
  probeBytes: 65_536,
  overlapBytes: 4_096,
  retryFirstMs: 250,
  retryLongestMs: 2_000,
  missingLiveMs: 6_000,
  badObjectsToBlame: 3,
  badObjectsOf: 12,
  badObjectsWindowMs: 30_000,
  mediaRecoveries: 4,
  mediaRecoveriesWithinMs: 30_000,
  maxBodyBytes: 256 * 1024 * 1024,
  maxTextBytes: 8 * 1024 * 1024,
};
