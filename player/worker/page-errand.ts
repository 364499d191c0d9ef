/**
 * One request of a page on its way through the transport, for everybody who has asked for the same since.
 *
 * Chromium does not tell a worker that the page gave a request up before its answer began. So a player
 * that lost its patience and asks again joins what is under way, with all that has come; and what has
 * brought nothing for longer than any player waits is ended.
 */
import type { Delivery, TransportRequest } from "../transport/delivery.ts";

export type Begun = {
  /** Of what was asked for, as the head of the answer said. */
  readonly sizeBytes: number;
  readonly received: Headers;
  readonly firstByte: number;
};

export type PageErrandOptions = {
  readonly load: (
    terms: Required<Pick<TransportRequest, "signal" | "onProgress" | "fetch">>,
  ) => Promise<Delivery>;
  readonly fetch: typeof fetch;
  /** Where in the resource a body begins that is announced; undefined for what is given out at once. */
  readonly firstAt: number | undefined;
  /** Whether a good body may begin so. */
  readonly isLikelyFirst: (byte: number) => boolean;
  readonly now: () => number;
};

export class PageErrand {
  readonly delivery: Promise<Delivery>;
  readonly #controller = new AbortController();
  readonly #begun = Promise.withResolvers<Begun>();
  readonly #now: () => number;
  readonly #isLikelyFirst: PageErrandOptions["isLikelyFirst"];
  #received: Headers | undefined;
  #firstByte: number | undefined;
  #receivedBytes = 0;
  #lastByteMs: number;
  #askers = 0;
  #isGivenUp = false;

  constructor({ load, fetch, firstAt, isLikelyFirst, now }: PageErrandOptions) {
    this.#now = now;
    this.#isLikelyFirst = isLikelyFirst;
    this.#lastByteMs = now();
    this.delivery = load({
      signal: this.#controller.signal,
      onProgress: (progress) => this.#follow(progress),
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        this.#received = response.headers;
        // An attempt may go on from bytes that a probe has brought, or another attempt.
        const asked = new Headers(init?.headers).get("range");
        const isFromFirst = asked === null || asked.startsWith(`bytes=${firstAt}-`);
        return firstAt !== undefined && isFromFirst ? this.#watched(response) : response;
      },
    });
  }

  /** It brought nothing for too long. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Undefined for a body that was whole at once, or whose length was not told. */
  begun(): Promise<Begun | undefined> {
    return Promise.race([this.#begun.promise, this.delivery.then(() => undefined)]);
  }

  /** One more waits for it. Call the result when it no longer does: with the last one all ends. */
  join(signal: AbortSignal): () => void {
    this.#askers += 1;
    let hasLeft = false;
    const leave = () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#askers -= 1;
      if (this.#askers === 0) this.#controller.abort();
    };
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave);
    return leave;
  }

  tick(nowMs: number, silentLongestMs: number): void {
    if (nowMs - this.#lastByteMs < silentLongestMs) return;
    this.#isGivenUp = true;
    this.#controller.abort();
  }

  #follow({ receivedBytes, sizeBytes }: Parameters<TransportRequest["onProgress"]>[0]): void {
    if (receivedBytes !== this.#receivedBytes) this.#lastByteMs = this.#now();
    this.#receivedBytes = receivedBytes;
    const received = this.#received;
    const firstByte = this.#firstByte;
    if (sizeBytes === undefined || received === undefined || firstByte === undefined) return;
    // It is refused once it is whole, and somebody else's bytes are given out.
    const isPage = received.get("content-type")?.startsWith("text/") === true;
    if (isPage || !this.#isLikelyFirst(firstByte)) return;
    this.#begun.resolve({ sizeBytes, received, firstByte });
  }

  #watched(response: Response): Response {
    if (!response.ok || response.body === null) return response;
    let firstByte: number | undefined;
    const watch = new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, controller) => {
        if (firstByte === undefined) this.#firstByte = piece[0];
        firstByte ??= piece[0];
        controller.enqueue(piece);
      },
    });
    return new Response(response.body.pipeThrough(watch), response);
  }
}
