/**
 * How much of a response may pass at this moment, on one connection: all of it, unless a fault paces it
 * or has it wait for its head.
 */
import type { Exchange, Hold } from "../core/conversation.ts";
import {
  affordableBytes,
  beginPace,
  type Pace,
  type PacePolicy,
  refillPace,
  spendPace,
} from "../core/pace.ts";

export type ResponseFlowOptions = {
  readonly policy: PacePolicy;
  readonly now: () => number;
  /** A response is held up, said once of each. */
  readonly onHeld: () => void;
};

export class ResponseFlow {
  readonly #options: ResponseFlowOptions;
  #pace: Pace | undefined;
  #delay: { readonly exchange: Exchange; readonly untilMs: number } | undefined;
  /** The last one that was held up. */
  #held: Exchange | undefined;

  constructor(options: ResponseFlowOptions) {
    this.#options = options;
  }

  /** Whether more may pass now that the loop has come by. */
  tick(hold: Hold, nowMs: number): boolean {
    if (hold.action === "pace") {
      const { policy } = this.#options;
      this.#pace = refillPace(this.#pace ?? beginPace(nowMs), hold.bytesPerSecond, policy, nowMs);
    }
    return hold.action !== "none";
  }

  /** To be asked when bytes are there: a delay begins with the first of them. */
  allowedBytes(hold: Hold): number {
    switch (hold.action) {
      case "none":
        return Number.POSITIVE_INFINITY;
      case "pace":
        this.#pace ??= beginPace(this.#options.now());
        return affordableBytes(this.#pace);
      case "delay": {
        const nowMs = this.#options.now();
        if (this.#delay?.exchange !== hold.exchange) {
          this.#delay = { exchange: hold.exchange, untilMs: nowMs + hold.delayMs };
          this.#say(hold.exchange);
        }
        return nowMs < this.#delay.untilMs ? 0 : Number.POSITIVE_INFINITY;
      }
    }
  }

  spend(hold: Hold, bytes: number): void {
    if (hold.action !== "pace" || this.#pace === undefined) return;
    this.#pace = spendPace(this.#pace, bytes);
    this.#say(hold.exchange);
  }

  #say(exchange: Exchange): void {
    if (exchange === this.#held) return;
    this.#held = exchange;
    this.#options.onHeld();
  }
}
