/** What a page may set when it makes a failover player. All durations are in milliseconds. */
export type FailoverOptions = Partial<FailoverPolicy>;

export type FailoverPolicy = {
  /** Longest wait for the first byte from a pathway whose latency is not known yet. */
  readonly firstByteStartMs: number;
  /** Shortest wait for the first byte, however quick a pathway has been. */
  readonly firstByteFloorMs: number;
  /** Longest wait for the first byte, however slow a pathway has been. */
  readonly firstByteCeilingMs: number;
  /** Longest silence within a body. */
  readonly silenceMs: number;
  /** No watchdog waits longer than this, however often everything has been too slow. */
  readonly patienceLimitMs: number;
  /** First and longest time that a failed pathway is avoided by viewers' requests. */
  readonly avoidFirstMs: number;
  readonly avoidLongestMs: number;
  /** How often an avoided pathway is probed. */
  readonly probeEveryMs: number;
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
  /** Largest body that is accepted, in bytes. */
  readonly maxBodyBytes: number;
};

/** The demo's choices: quick to return, at the price of more probes. */
export const DEFAULT_FAILOVER_POLICY: FailoverPolicy = {
  firstByteStartMs: 1_000,
  firstByteFloorMs: 400,
  firstByteCeilingMs: 3_000,
  silenceMs: 1_000,
  patienceLimitMs: 10_000,
  avoidFirstMs: 2_000,
  avoidLongestMs: 60_000,
  probeEveryMs: 1_000,
  probesToRecover: 2,
  dwellMs: 3_000,
  dwellJitterMs: 1_000,
  probeBufferFloorMs: 4_000,
  probeBytes: 65_536,
  overlapBytes: 4_096,
  retryFirstMs: 250,
  retryLongestMs: 2_000,
  maxBodyBytes: 256 * 1024 * 1024,
};
