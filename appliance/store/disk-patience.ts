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

type Waiting = { readonly dueAtMs: number; giveUp(): void };

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

  /** Undefined where it takes too long; what comes of it after that goes to `onLate`. */
  wait<Value>(
    reading: Promise<Value>,
    sizeBytes: number,
    onLate: (value: Value) => void,
  ): Promise<Value | undefined> {
    const { now, policy } = this.#options;
    const beganAtMs = now();
    const patienceMs = diskPatienceMs(this.#pace, sizeBytes, policy);
    this.#underWay += 1;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (): boolean => {
        if (isOver) return false;
        isOver = true;
        this.#waiting.delete(waiting);
        this.#observe(now() - beganAtMs, sizeBytes);
        return true;
      };
      const waiting: Waiting = {
        dueAtMs: beganAtMs + patienceMs,
        giveUp: () => {
          if (!end()) return;
          this.#overdue += 1;
          resolve(undefined);
        },
      };
      this.#waiting.add(waiting);
      reading.then(
        (value) => {
          this.#underWay -= 1;
          if (end()) resolve(value);
          else onLate(value);
        },
        (error: unknown) => {
          this.#underWay -= 1;
          if (end()) reject(error);
        },
      );
    });
  }

  tick(nowMs: number): void {
    for (const waiting of this.#waiting) if (nowMs > waiting.dueAtMs) waiting.giveUp();
  }

  #observe(tookMs: number, sizeBytes: number): void {
    const before = this.#pace.state;
    this.#pace = observeReading(this.#pace, { tookMs, sizeBytes }, this.#options.policy);
    if (this.#pace.state !== before) this.#options.onChange(this.#pace.state);
  }
}
