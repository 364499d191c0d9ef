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
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
};

export class SlowReaders {
  readonly #policy: SlowReadingPolicy;
  readonly #backlogs = new Map<Readable, Backlog | undefined>();
  #cutOff = 0;

  constructor(policy: SlowReadingPolicy) {
    this.#policy = policy;
  }

  /** Clients cut off since the start. */
  get cutOff(): number {
    return this.#cutOff;
  }

  watch(client: Readable): void {
    this.#backlogs.set(client, undefined);
    client.once("close", () => this.#backlogs.delete(client));
  }

  tick(nowMs: number): void {
    for (const [client, earlier] of this.#backlogs) {
      const backlog = observeBacklog(earlier, client.writableLength, nowMs);
      if (backlog !== earlier) this.#backlogs.set(client, backlog);
      if (!isTooSlow(backlog, this.#policy, nowMs)) continue;
      this.#backlogs.delete(client);
      this.#cutOff += 1;
      client.destroy();
    }
  }
}
