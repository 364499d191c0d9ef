/** A count in which what happened longer ago weighs less, so that it tells a rate of late. */
export class FadingCount {
  readonly #fadeMs: number;
  #count = 0;
  #atMs: number;

  /** After `fadeMs` an event weighs 1/e of what it did. */
  constructor(fadeMs: number, nowMs: number) {
    this.#fadeMs = fadeMs;
    this.#atMs = nowMs;
  }

  add(nowMs: number): void {
    this.#count = this.at(nowMs) + 1;
    this.#atMs = nowMs;
  }

  at(nowMs: number): number {
    return this.#count * Math.exp((this.#atMs - nowMs) / this.#fadeMs);
  }
}
