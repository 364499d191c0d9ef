/** One client's place in a fill: it waits for the head, then takes the body at its own pace. */
import { FillBroken, type FillFailure, GONE } from "./fill-failure.ts";
import type { FillHead } from "./fill-head.ts";
import type { Turns } from "./turns.ts";

/** What a fill is to its readers. */
export type ReadableFill = {
  readonly key: string;
  readonly arrival: FillArrival;
  /** Its whole body is held; false where no more than a window of it is. */
  readonly isWhole: boolean;
  /** Undefined where each of its readers may go on at once. */
  readonly crowd: CrowdTurns | undefined;
  /** Bytes from `offset` to `end` that may be given out now; empty where none has come yet. */
  take(offset: number, end: number): Buffer;
  /** A reader has sent what it was given. */
  onProgress(): void;
  leave(reader: FillReader): void;
};

/** How the readers of a fill take turns while there are many. */
export type CrowdTurns = {
  readonly turns: Turns;
  readonly firstPieceBytes: number;
  readonly pieceBytes: number;
};

export type FillArrival =
  | { readonly state: "waiting" }
  | { readonly state: "streaming" | "complete"; readonly head: FillHead }
  | { readonly state: "failed"; readonly failure: FillFailure };

export class FillReader {
  readonly #fill: ReadableFill;
  /** The request that brought the fill about, to which alone it may be passed on. */
  readonly isFirst: boolean;
  /** Offset of the first byte that has not been sent. */
  cursor = 0;
  /** It has all that it wanted, so that leaving does not mean losing interest. */
  isSatisfied = false;
  #wake: (() => void) | undefined;
  #isInLine = false;
  #hasTaken = false;
  #hasLeft = false;

  constructor(fill: ReadableFill, isFirst: boolean) {
    this.#fill = fill;
    this.isFirst = isFirst;
  }

  /** @throws FillBroken */
  async head(): Promise<FillHead> {
    for (;;) {
      const arrival = this.#arrival();
      if (arrival.state !== "waiting") return arrival.head;
      await this.#somethingNew();
    }
  }

  /**
   * Gives the next bytes before `end`, and undefined when there are none left. Asking says that
   * everything given before has been sent.
   *
   * @throws FillBroken
   */
  async next(end: number): Promise<Buffer | undefined> {
    this.#fill.onProgress();
    if (this.#hasTaken && this.#fill.crowd !== undefined) await this.#turn(this.#fill.crowd.turns);
    for (;;) {
      const { state } = this.#arrival();
      const bytes = this.#fill.take(this.cursor, Math.min(end, this.cursor + this.#pieceBytes));
      if (bytes.length > 0) {
        this.cursor += bytes.length;
        this.#hasTaken = true;
        return bytes;
      }
      if (this.cursor >= end || state === "complete") {
        this.isSatisfied = true;
        return undefined;
      }
      await this.#somethingNew();
    }
  }

  /**
   * Resolves when the whole body has come, of which this reader takes nothing.
   *
   * @throws FillBroken
   */
  async untilComplete(): Promise<void> {
    while (this.#arrival().state !== "complete") {
      // It would be waited for, and take nothing for ever.
      if (!this.#fill.isWhole) throw new FillBroken(NO_ROOM);
      await this.#somethingNew();
    }
    this.isSatisfied = true;
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Wakes it when its turn has come. */
  wakeInTurn(turns: Turns): void {
    if (this.#wake === undefined || this.#isInLine) return;
    this.#isInLine = true;
    const take = () => {
      this.#isInLine = false;
      this.wake();
    };
    turns.add(take, { hasGotNothing: !this.#hasTaken });
  }

  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#fill.leave(this);
    this.wake();
  }

  /** In a crowd pieces are small, the first one above all, so that the next reader's turn comes soon. */
  get #pieceBytes(): number {
    const { crowd } = this.#fill;
    if (crowd === undefined) return Number.POSITIVE_INFINITY;
    return this.#hasTaken ? crowd.pieceBytes : crowd.firstPieceBytes;
  }

  #turn(turns: Turns): Promise<void> {
    return new Promise((resolve) => turns.add(resolve, { hasGotNothing: false }));
  }

  #arrival(): Exclude<FillArrival, { state: "failed" }> {
    if (this.#hasLeft) throw new FillBroken(GONE);
    const { arrival } = this.#fill;
    if (arrival.state === "failed") throw new FillBroken(arrival.failure);
    return arrival;
  }

  #somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

const NO_ROOM: FillFailure = { source: "edge", kind: "busy", reason: "no room to hold it whole" };
