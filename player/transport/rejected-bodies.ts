/**
 * Which pathways delivered something that the browser could not decode. The same bytes from the same
 * place would fail again.
 */
const NONE: ReadonlySet<string> = new Set();
/** URLs that are remembered. */
const MOST_URLS = 64;

export class RejectedBodies {
  readonly #pathways = new Map<string, ReadonlySet<string>>();

  /** Pathways whose bytes were refused. */
  of(url: string): ReadonlySet<string> {
    return this.#pathways.get(url) ?? NONE;
  }

  rename(renamed: ReadonlyMap<string, string>): void {
    for (const [url, ids] of this.#pathways) {
      this.#pathways.set(url, new Set([...ids].map((id) => renamed.get(id) ?? id)));
    }
  }

  add(url: string, pathway: string): void {
    const pathways = new Set(this.of(url)).add(pathway);
    this.#pathways.delete(url);
    this.#pathways.set(url, pathways);
    const [oldest] = this.#pathways.keys();
    if (this.#pathways.size > MOST_URLS && oldest !== undefined) this.#pathways.delete(oldest);
  }
}
