/**
 * A viewer's link, which the answers of both pathways share: what is under way gets its turn piece by
 * piece. It stands in the sources, for what a browser throttles a service worker goes round.
 */
import type { ServerResponse } from "node:http";
import {
  type LinkBudget,
  newLinkBudget,
  refillLink,
  spendLink,
} from "../../core/lab/link-budget.ts";

type Sending = { readonly response: ServerResponse; readonly bytes: Uint8Array; at: number };

const PIECE_BYTES = 8_192;

export class SharedLink {
  readonly #sendings = new Set<Sending>();
  #bytesPerSecond: number;
  #budget: LinkBudget;

  /** @param bytesPerSecond `Infinity` for an open link. */
  constructor(bytesPerSecond: number, nowMs: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#budget = newLinkBudget(nowMs);
  }

  setRate(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Ends the answer once all has gone out. */
  send(response: ServerResponse, bytes: Uint8Array): void {
    if (this.#bytesPerSecond === Number.POSITIVE_INFINITY) {
      response.end(bytes);
      return;
    }
    response.flushHeaders();
    const sending = { response, bytes, at: 0 };
    this.#sendings.add(sending);
    response.once("close", () => this.#sendings.delete(sending));
  }

  tick(nowMs: number): void {
    this.#budget = refillLink(this.#budget, Math.min(this.#bytesPerSecond, 1e12), nowMs);
    while (this.#budget.bytes > 0) {
      const ready = [...this.#sendings].filter(({ response }) => !response.writableNeedDrain);
      if (ready.length === 0) return;
      for (const sending of ready) this.#sendPiece(sending);
    }
  }

  #sendPiece(sending: Sending): void {
    const piece = sending.bytes.subarray(sending.at, sending.at + PIECE_BYTES);
    sending.at += piece.length;
    this.#budget = spendLink(this.#budget, piece.length);
    if (sending.at < sending.bytes.length) {
      sending.response.write(piece);
      return;
    }
    this.#sendings.delete(sending);
    sending.response.end(piece);
  }
}
