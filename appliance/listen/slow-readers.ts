/** Cuts off clients that read too slowly: connections of HTTP/1.1, and single streams of HTTP/2. */
import {
  type Backlog,
  isTooSlow,
  observeBacklog,
  type SlowReadingPolicy,
} from "../core/slow-reading.ts";

/** A connection or a stream, as far as it matters here. */
export type Readable = {
  readonly writableLength: number;
  once(event: "close", listener: () => void): unknown;
};

type Watched = { readonly backlog: Backlog | undefined; readonly cutOff: () => void };

export class SlowReaders {
  readonly #policy: SlowReadingPolicy;
  readonly #watched = new Map<Readable, Watched>();
  #cutOff = 0;

  constructor(policy: SlowReadingPolicy) {
    this.#policy = policy;
  }

  /** Clients cut off since the start. */
  get cutOff(): number {
    return this.#cutOff;
  }

  /** @param cutOff ends it, in such a way that its client takes nothing for whole. */
  watch(client: Readable, cutOff: () => void): void {
    this.#watched.set(client, { backlog: undefined, cutOff });
    client.once("close", () => this.#watched.delete(client));
  }

  tick(nowMs: number): void {
    for (const [client, { backlog: earlier, cutOff }] of this.#watched) {
      const backlog = observeBacklog(earlier, client.writableLength, nowMs);
      if (backlog !== earlier) this.#watched.set(client, { backlog, cutOff });
      if (!isTooSlow(backlog, this.#policy, nowMs)) continue;
      this.#watched.delete(client);
      this.#cutOff += 1;
      cutOff();
    }
  }
}
