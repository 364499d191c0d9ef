/**
 * Which pathways delivered something that the browser could not decode. The same bytes from the same
 * place would fail again; other parts of the same file need not.
 */
const NONE: ReadonlySet<string> = new Set();
/** Bodies that are remembered. */
const MOST_BODIES = 64;

export class RejectedBodies {
  /** By the name of the body. */
  readonly #pathways = new Map<string, ReadonlySet<string>>();

  /** Pathways whose bytes were refused. */
  of(name: string): ReadonlySet<string> {
    return this.#pathways.get(name) ?? NONE;
  }

  rename(renamed: ReadonlyMap<string, string>): void {
    for (const [name, ids] of this.#pathways) {
      this.#pathways.set(name, new Set([...ids].map((id) => renamed.get(id) ?? id)));
    }
  }

  add(name: string, pathway: string): void {
    const pathways = new Set(this.of(name)).add(pathway);
    this.#pathways.delete(name);
    this.#pathways.set(name, pathways);
    const [oldest] = this.#pathways.keys();
    if (this.#pathways.size > MOST_BODIES && oldest !== undefined) this.#pathways.delete(oldest);
  }
}
