/**
 * Remembers what has lately left, by key and size but without its bytes: the oldest is forgotten first.
 *
 * It holds as many bytes' worth of names as it is told, and never more names than `maxNames`, for a
 * cache of small objects would otherwise remember millions.
 */
import { LinkedQueue } from "./linked-queue.ts";

export type GhostPolicy = { readonly limitBytes: number; readonly maxNames: number };

type Ghost = {
  readonly key: string;
  readonly sizeBytes: number;
  newer: Ghost | undefined;
  older: Ghost | undefined;
};

export class GhostList {
  readonly #policy: GhostPolicy;
  readonly #ghosts = new Map<string, Ghost>();
  /** A Map keeps an order too, but finding its first key takes longer the more were deleted before it. */
  readonly #queue = new LinkedQueue<Ghost>();

  constructor(policy: GhostPolicy) {
    this.#policy = policy;
  }

  get size(): number {
    return this.#ghosts.size;
  }

  add(key: string, sizeBytes: number): void {
    this.take(key);
    const ghost: Ghost = { key, sizeBytes, newer: undefined, older: undefined };
    this.#ghosts.set(key, ghost);
    this.#queue.add(ghost);
    const { limitBytes, maxNames } = this.#policy;
    while (this.#queue.usedBytes > limitBytes || this.#ghosts.size > maxNames) {
      this.take(this.#queue.oldest?.key ?? key);
    }
  }

  /** Forgets a name; false where it was not remembered. */
  take(key: string): boolean {
    const ghost = this.#ghosts.get(key);
    if (ghost === undefined) return false;
    this.#ghosts.delete(key);
    this.#queue.remove(ghost);
    return true;
  }

  clear(): void {
    this.#ghosts.clear();
    this.#queue.clear();
  }
}
