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
  /** A server may hold what does not exist yet: for so many parts, or so many segments (RFC 8216bis §6.2.5.2). */
  readonly holdParts: number;
  readonly holdSegments: number;
  /** Longest silence within a body. */
  readonly silenceMs: number;
  /** Longest wait for any byte from a host that has just failed another request. */
  readonly suspectMs: number;
  /** No watchdog waits longer than this, however often everything has been too slow. */
  readonly patienceLimitMs: number;
  /** A pace is judged once bytes have been coming for so long, and over no more than that. */
  readonly paceWindowMs: number;
  /** The same, and the patience below, while there is hardly anything in hand. */
  readonly paceEagerMs: number;
  /** No body is given up as too slow that will be whole within this time. */
  readonly pacePatienceMs: number;
  /** What a body must leave of the buffer by the time that it is whole. */
  readonly paceMarginMs: number;
  /** So many times as quick must another host be to be worth a move, or one that was slow to be well. */
  readonly clearlyFasterFactor: number;
  /** A host's pace counts as known for so long, once it has brought so many bytes. */
  readonly paceMemoryMs: number;
  readonly paceSampleBytes: number;
  /** A host of which nothing is known is measured by so many bytes, and not again for so long. */
  readonly measureBytes: number;
  readonly measureEveryMs: number;
  /** A second pathway is asked beside a silent one if waiting for that one would leave less media than this. */
  readonly hedgeBufferMs: number;
  /** Shortest silence of a host before that, and longest wait for the whole of a text. */
  readonly hedgeAfterMs: number;
  readonly hedgeTextMs: number;
  /** Bytes that hedges may waste: of those that are delivered a share, saved up to a limit. */
  readonly hedgeShare: number;
  readonly hedgeReserveBytes: number;
  /** What a hedge is expected to waste at most, while it is under way. */
  readonly hedgeExpectedBytes: number;
  /** What will be whole within this time is let finish when steering moves playback elsewhere. */
  readonly moveFinishMs: number;
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
  /**
   * A pathway that has recovered gets its viewers back over so long: without steering each draws its own
   * place, with steering its order decides.
   */
  readonly failbackRampMs: number;
  /** Longest that a viewer stays with a host under duress, drawn so that not all leave it at once. */
  readonly duressPatienceMs: number;
  /** For how long a host is spared at least that said it was under duress. */
  readonly duressMs: number;
  /** Longest that a host is spared for its `Retry-After`. */
  readonly quietLongestMs: number;
  /** How often it is probed meanwhile, and one that sends rubbish: a look at that takes a whole segment. */
  readonly quietProbeEveryMs: number;
  /** No probe is sent with less media than this in the buffer. */
  readonly probeBufferFloorMs: number;
  /** Bytes that a pathway which was bad is asked for before it gets a whole probe, and their time. */
  readonly knockBytes: number;
  readonly knockGraceMs: number;
  /** Bytes that probes may bring for nothing: of those that are delivered a share, saved up to a limit. */
  readonly probeShare: number;
  readonly probeReserveBytes: number;
  /** Bytes of segments still to come that are kept from probes. */
  readonly keptBytesLimit: number;
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
  /** The same for what others lack while who has served until now cannot be reached. */
  readonly missingUnreachedMs: number;
  /** A page whose clock has jumped by so much has slept: its connections are dead. */
  readonly sleptMs: number;
  /** For so long after a sleep, or after the viewer's own link came back, no host is blamed. */
  readonly ownTroubleGraceMs: number;
  /** So many bad objects among the latest few within a time speak against the host that sent them. */
  readonly badObjectsToBlame: number;
  readonly badObjectsOf: number;
  readonly badObjectsWindowMs: number;
  /** So often within a time is playback got going again after errors of the media. */
  readonly mediaRecoveries: number;
  readonly mediaRecoveriesWithinMs: number;
  /** A live playlist that lists nothing new for so many target durations is under suspicion. */
  readonly staleAfterTargets: number;
  /** The same in low latency, where it is the part hold-back, but no less than this. */
  readonly staleLeastMs: number;
  /** So many other pathways are asked whether they are further. */
  readonly staleOpinions: number;
  /** Largest playlist that is read from a pathway which does not serve, and longest time for it. */
  readonly maxPlaylistBytes: number;
  readonly playlistLongestMs: number;
  /** When one that could not be read is asked for again; how long one that was read counts as fresh. */
  readonly playlistAgainMs: number;
  readonly copyFreshMs: number;
  /** First and longest pause between reading sources that may have steering, while what is playing has none. */
  readonly sourceAgainMs: number;
  readonly sourceAgainLongestMs: number;
  /** Of so many pathways behind the one that serves are playlists read before they are needed. */
  readonly pathwaysReadAhead: number;
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
  holdParts: 3,
  holdSegments: 1.5,
  silenceMs: 1_000,
  suspectMs: 250,
  patienceLimitMs: 10_000,
  paceWindowMs: 1_000,
  paceEagerMs: 500,
  pacePatienceMs: 1_500,
  paceMarginMs: 2_000,
  clearlyFasterFactor: 2,
  paceMemoryMs: 60_000,
  paceSampleBytes: 8_192,
  measureBytes: 16_384,
  measureEveryMs: 5_000,
  hedgeBufferMs: 2_000,
  hedgeAfterMs: 300,
  hedgeTextMs: 600,
  hedgeShare: 0.05,
  hedgeReserveBytes: 262_144,
  hedgeExpectedBytes: 65_536,
  moveFinishMs: 500,
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
  failbackRampMs: 8_000,
  duressPatienceMs: 5_000,
  duressMs: 10_000,
  quietLongestMs: 5_000,
  quietProbeEveryMs: 2_000,
  probeBufferFloorMs: 4_000,
  knockBytes: 1_024,
  knockGraceMs: 100,
  probeShare: 0.04,
  probeReserveBytes: 131_072,
  keptBytesLimit: 1024 * 1024,
  probeBytes: 65_536,
  overlapBytes: 4_096,
  retryFirstMs: 250,
  retryLongestMs: 2_000,
  missingLiveMs: 6_000,
  missingUnreachedMs: 30_000,
  sleptMs: 5_000,
  ownTroubleGraceMs: 3_000,
  badObjectsToBlame: 3,
  badObjectsOf: 12,
  badObjectsWindowMs: 30_000,
  mediaRecoveries: 4,
  mediaRecoveriesWithinMs: 30_000,
  staleAfterTargets: 1.5,
  staleLeastMs: 1_000,
  staleOpinions: 4,
  maxPlaylistBytes: 2 * 1024 * 1024,
  playlistLongestMs: 5_000,
  playlistAgainMs: 10_000,
  copyFreshMs: 500,
  sourceAgainMs: 5_000,
  sourceAgainLongestMs: 60_000,
  pathwaysReadAhead: 2,
  maxBodyBytes: 256 * 1024 * 1024,
  maxTextBytes: 8 * 1024 * 1024,
};
