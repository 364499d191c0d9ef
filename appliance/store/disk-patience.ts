/**
 * Waits for readings of the disk no longer than is good for viewers: what is overdue is as good as not
 * there, and its object comes from the origin. While the disk is slow few readings are tried at once,
 * which keeps it from being buried, and shows when it has recovered.
 */
import {
  type DiskPacePolicy,
  diskPatienceMs,
  NEW_DISK_PACE,
  observeReading,
} from "../core/disk-pace.ts";

export type PatiencePolicy = DiskPacePolicy & {
  /** Readings under way while the disk is slow. */
  readonly slowReadings: number;
};

export type DiskPatienceOptions = {
  readonly policy: PatiencePolicy;
  readonly now: () => number;
  readonly onChange: (state: "usual" | "slow") => void;
};

type Waiting = {
  readonly dueAtMs: number;
  /** It was overdue at the last look. */
  isOverdue: boolean;
  giveUp(): void;
};

export class DiskPatience {
  readonly #options: DiskPatienceOptions;
  readonly #waiting = new Set<Waiting>();
  #pace = NEW_DISK_PACE;
  #overdue = 0;
  #underWay = 0;

  constructor(options: DiskPatienceOptions) {
    this.#options = options;
  }

  get isSlow(): boolean {
    return this.#pace.state === "slow";
  }

  /** Readings that have not come to an end, those included for which nobody waits any more. */
  get underWay(): number {
    return this.#underWay;
  }

  /** How many came too late. */
  get overdue(): number {
    return this.#overdue;
  }

  mayRead(): boolean {
    return !this.isSlow || this.#underWay < this.#options.policy.slowReadings;
  }

  /** Waits however long it takes, for who has nobody else to ask. */
  waitPatiently<Value>(reading: Promise<Value>): Promise<Value> {
    this.#underWay += 1;
    return reading.finally(() => {
      this.#underWay -= 1;
    });
  }

  /** Undefined where it takes too long; what comes of it after that goes to `onLate`. */
  wait<Value>(
    reading: Promise<Value>,
    sizeBytes: number,
    onLate: (value: Value) => void,
  ): Promise<Value | undefined> {
    const { now, policy } = this.#options;
    const beganAtMs = now();
    const patienceMs = diskPatienceMs(this.#pace, sizeBytes, policy);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        dueAtMs: beganAtMs + patienceMs,
        isOverdue: false,
        giveUp: () => {
          this.#waiting.delete(waiting);
          this.#overdue += 1;
          this.#observe(now() - beganAtMs, sizeBytes);
          resolve(undefined);
        },
      };
      this.#waiting.add(waiting);
      this.waitPatiently(reading).then(
        (value) => {
          if (!this.#waiting.delete(waiting)) return onLate(value);
          const tookMs = now() - beganAtMs;
          // What came late all the same may have waited for us and not for the disk.
          if (tookMs <= patienceMs) this.#observe(tookMs, sizeBytes);
          resolve(value);
        },
        (error: unknown) => {
          if (this.#waiting.delete(waiting)) reject(error);
        },
      );
    });
  }

  /**
   * Gives up what is overdue at the second look in a row: where we were held up ourselves, its answer
   * may have come by the first, and only not have been taken in.
   */
  tick(nowMs: number): void {
    for (const waiting of this.#waiting) {
      if (nowMs <= waiting.dueAtMs) continue;
      if (waiting.isOverdue) waiting.giveUp();
      else waiting.isOverdue = true;
    }
  }

  #observe(tookMs: number, sizeBytes: number): void {
    const before = this.#pace.state;
    this.#pace = observeReading(this.#pace, { tookMs, sizeBytes }, this.#options.policy);
    if (this.#pace.state !== before) this.#options.onChange(this.#pace.state);
  }
}
