/**
 * Reads every file of the disk tier now and then, so that what a disk loses in silence is found before
 * a viewer asks for it.
 *
 * It reads one file at a time, no more in a second than it may, and only while nobody else wants
 * anything of the disk.
 */

export type ScrubPolicy = {
  /** How much it reads at most. */
  readonly bytesPerSecond: number;
  /** How long it rests after it has been through all of them. */
  readonly restMs: number;
};

export type DiskScrubOptions<Entry> = {
  readonly policy: ScrubPolicy;
  /** What is there now, to be gone through. */
  readonly list: () => readonly Entry[];
  readonly sizeBytesOf: (entry: Entry) => number;
  /** Reads one, and drops it where it is damaged; false where it was. */
  readonly check: (entry: Entry) => Promise<boolean>;
};

export type ScrubCounts = { readonly checked: number; readonly damaged: number };

export class DiskScrub<Entry> {
  readonly #options: DiskScrubOptions<Entry>;
  #left: readonly Entry[] = [];
  #next = 0;
  /** When it may read the next one. */
  #dueAtMs: number | undefined;
  #isChecking = false;
  #checked = 0;
  #damaged = 0;

  constructor(options: DiskScrubOptions<Entry>) {
    this.#options = options;
  }

  get counts(): ScrubCounts {
    return { checked: this.#checked, damaged: this.#damaged };
  }

  /** Checks one more where it is time; `isDiskIdle` says whether nobody else wants anything of it. */
  tick(nowMs: number, isDiskIdle: boolean): Promise<void> | undefined {
    const { restMs } = this.#options.policy;
    // The first round begins after a rest, when a start has its first rush behind it.
    this.#dueAtMs ??= nowMs + restMs;
    if (this.#isChecking || !isDiskIdle || nowMs < this.#dueAtMs) return undefined;
    const entry = this.#left[this.#next];
    this.#next += 1;
    if (entry !== undefined) return this.#check(entry, nowMs);
    this.#left = this.#options.list();
    this.#next = 0;
    if (this.#left.length === 0) this.#dueAtMs = nowMs + restMs;
    return undefined;
  }

  async #check(entry: Entry, nowMs: number): Promise<void> {
    const { policy, check, sizeBytesOf } = this.#options;
    const isLast = this.#next === this.#left.length;
    const restMs = isLast ? policy.restMs : 0;
    this.#dueAtMs = nowMs + restMs + (sizeBytesOf(entry) / policy.bytesPerSecond) * 1000;
    this.#isChecking = true;
    try {
      const isSound = await check(entry);
      this.#checked += 1;
      if (!isSound) this.#damaged += 1;
    } finally {
      this.#isChecking = false;
    }
  }
}
