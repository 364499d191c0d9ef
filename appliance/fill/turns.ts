/**
 * Lets the readers of fills have their turns, a few at a time, so that a crowd that has bytes to send
 * keeps nobody waiting who has just come.
 *
 * Between two rounds the event loop looks at its sockets: requests are read, and more of the body comes.
 * Who has got nothing yet goes first, because the first byte is what a viewer waits for.
 */
export class Turns {
  readonly #perRound: number;
  #first: (() => void)[] = [];
  #others: (() => void)[] = [];
  #isScheduled = false;

  constructor(perRound: number) {
    this.#perRound = perRound;
  }

  add(take: () => void, { hasGotNothing }: { readonly hasGotNothing: boolean }): void {
    if (hasGotNothing) this.#first.push(take);
    else this.#others.push(take);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#first.length + this.#others.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const first = this.#first.splice(0, this.#perRound);
      const others = this.#others.splice(0, this.#perRound - first.length);
      // What they add is for the next round.
      this.#schedule();
      for (const take of first) take();
      for (const take of others) take();
    });
  }
}
