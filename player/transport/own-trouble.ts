/**
 * Notices trouble at the viewer's own end: the page has slept, or the browser has no link.
 *
 * Whatever fails then fails at every host alike, so it speaks against none. A closed lid shows only in
 * the clocks: the loop's or, where that one stops with the machine, the one on the wall.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";

export type OwnTroubleOptions = {
  readonly policy: FailoverPolicy;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  readonly isOnline?: () => boolean;
};

export class OwnTrouble {
  readonly #options: OwnTroubleOptions;
  #awakeMs: { readonly now: number; readonly wall: number } | undefined;
  #offlineSinceMs: number | undefined;
  /** The browser says offline, but answers come: a machine with nothing but loopback. */
  #isDisbelieved = false;
  /** When there was trouble last. */
  #latestMs = Number.NEGATIVE_INFINITY;

  constructor(options: OwnTroubleOptions) {
    this.#options = options;
    if (this.#saysOffline) this.#offlineSinceMs = options.now();
  }

  get isOffline(): boolean {
    return this.#saysOffline && !this.#isDisbelieved;
  }

  /** Just over: connections may not be back yet. */
  get isSettling(): boolean {
    const { now, policy } = this.#options;
    return !this.isOffline && now() - this.#latestMs < policy.ownTroubleGraceMs;
  }

  /** What has happened since it was last looked at: in each of the loop's rounds, and at each failure. */
  tick(nowMs: number): "slept" | "back-online" | undefined {
    const hasSlept = this.#hasSlept(nowMs);
    this.#awakeMs = { now: nowMs, wall: this.#options.wallNow() };
    if (hasSlept || this.isOffline) this.#latestMs = nowMs;
    const wasOffline = this.#offlineSinceMs !== undefined;
    if (this.#saysOffline) {
      this.#offlineSinceMs ??= nowMs;
    } else {
      this.#offlineSinceMs = undefined;
      this.#isDisbelieved = false;
    }
    if (hasSlept) return "slept";
    return wasOffline && !this.#saysOffline ? "back-online" : undefined;
  }

  /** What fails now may fail for this alone. */
  get isExcuse(): boolean {
    return this.isOffline || this.isSettling;
  }

  /** A request of that time was cut off: its host could not help it, and is worth asking again at once. */
  hasCutOff(startedMs: number): boolean {
    return !this.isOffline && startedMs < this.#latestMs;
  }

  /** The loop stops because nothing is to be done: that is no sleep. */
  rest(): void {
    this.#awakeMs = undefined;
  }

  /** A whole body arrived that was asked for then. */
  noteDelivery(startedMs: number): void {
    if (this.#saysOffline && startedMs >= (this.#offlineSinceMs ?? Number.POSITIVE_INFINITY)) {
      this.#isDisbelieved = true;
      this.#latestMs = Number.NEGATIVE_INFINITY;
    }
  }

  get #saysOffline(): boolean {
    return this.#options.isOnline?.() === false;
  }

  #hasSlept(nowMs: number): boolean {
    if (this.#awakeMs === undefined) return false;
    const { policy, wallNow } = this.#options;
    const { now, wall } = this.#awakeMs;
    return nowMs - now >= policy.sleptMs || wallNow() - wall >= policy.sleptMs;
  }
}
