/**
 * Objects by the row in which they are used next, the furthest on top: a binary heap in which an
 * object's place is known, so that its next use can be changed.
 */
export class FurthestFirst {
  readonly #nextUse: Uint32Array;
  readonly #heap: Uint32Array;
  /** One more than its place in the heap; 0 where it is not in. */
  readonly #places: Uint32Array;
  #length = 0;

  constructor(objects: number) {
    this.#nextUse = new Uint32Array(objects);
    this.#heap = new Uint32Array(objects);
    this.#places = new Uint32Array(objects);
  }

  has(object: number): boolean {
    return this.#places[object] !== 0;
  }

  nextUseOf(object: number): number {
    return this.#nextUse[object] ?? 0;
  }

  /** @returns the object that is used last of all, or undefined where there is none. */
  top(): number | undefined {
    return this.#length === 0 ? undefined : this.#heap[0];
  }

  /** Adds an object, or changes when it is used next. */
  put(object: number, nextUse: number): void {
    this.#nextUse[object] = nextUse;
    if (!this.has(object)) {
      this.#length += 1;
      this.#place(object, this.#length - 1);
    }
    this.#settle(object);
  }

  remove(object: number): void {
    const at = (this.#places[object] ?? 0) - 1;
    if (at < 0) return;
    this.#places[object] = 0;
    this.#length -= 1;
    if (at === this.#length) return;
    const last = this.#heap[this.#length] ?? 0;
    this.#place(last, at);
    this.#settle(last);
  }

  #settle(object: number): void {
    let at = (this.#places[object] ?? 0) - 1;
    const nextUse = this.nextUseOf(object);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent] ?? 0;
      if (this.nextUseOf(above) >= nextUse) break;
      this.#place(above, at);
      at = parent;
    }
    for (;;) {
      const child = this.#furtherChild(at);
      if (child === undefined || this.nextUseOf(this.#heap[child] ?? 0) <= nextUse) break;
      this.#place(this.#heap[child] ?? 0, at);
      at = child;
    }
    this.#place(object, at);
  }

  #furtherChild(at: number): number | undefined {
    const left = 2 * at + 1;
    if (left >= this.#length) return undefined;
    const right = left + 1;
    if (right >= this.#length) return left;
    const isRightFurther =
      this.nextUseOf(this.#heap[right] ?? 0) > this.nextUseOf(this.#heap[left] ?? 0);
    return isRightFurther ? right : left;
  }

  #place(object: number, at: number): void {
    this.#heap[at] = object;
    this.#places[object] = at + 1;
  }
}
