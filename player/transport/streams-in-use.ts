/**
 * Where playback is in each stream, and which stream a host has failed with: what a probe should ask for.
 *
 * A host may be well in everything but one stream (its sound, say, or one live playlist). If probes only
 * asked for the picture, the viewer would be sent back to it and driven away again for ever. So they ask
 * for what it has failed with, too, for as long as that is still played.
 */

/** Something to ask for: a playlist itself, or what comes after a segment in it. */
export type Wanted = { readonly playlist: string; readonly after: string | undefined };

type Use = { readonly segment: string | undefined; readonly atMs: number };

/** A stream that has had nothing for so long while another had is no longer played. */
const IN_USE_MS = 10_000;

export class StreamsInUse {
  readonly #now: () => number;
  /** By playlist; the one that was used last stands last. */
  readonly #uses = new Map<string, Use>();
  /** By host. */
  readonly #failed = new Map<string, Wanted & { readonly atMs: number }>();
  readonly #turns = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  noteAsked(playlist: string, segment: string): void {
    this.#uses.delete(playlist);
    this.#uses.set(playlist, { segment, atMs: this.#now() });
  }

  /** @param failed the playlist, or a segment that it lists. */
  noteFailed(host: string, failed: Wanted): void {
    this.#failed.set(host, { ...failed, atMs: this.#now() });
    this.#turns.set(host, 0);
  }

  /** The host has been asked: the next time it is the other's turn. */
  takeTurn(host: string): void {
    this.#turns.set(host, (this.#turns.get(host) ?? 0) + 1);
  }

  noteRecovered(host: string): void {
    this.#failed.delete(host);
    this.#turns.delete(host);
  }

  /** What to ask a host for; undefined before the first segment. */
  wantedOf(host: string, isAvoided: boolean): Wanted | undefined {
    const [latest] = [...this.#uses].toReversed();
    const usual = latest && { playlist: latest[0], after: latest[1].segment };
    const failed = isAvoided ? this.#failed.get(host) : undefined;
    if (failed === undefined || (usual !== undefined && !this.#isFailuresTurn(host))) return usual;
    const { playlist, after, atMs } = failed;
    const use = this.#uses.get(playlist) ?? { segment: after, atMs };
    const latestMs = latest?.[1].atMs ?? use.atMs;
    if (latestMs - use.atMs > IN_USE_MS) return usual;
    return { playlist, after: after === undefined ? undefined : use.segment };
  }

  #isFailuresTurn(host: string): boolean {
    return (this.#turns.get(host) ?? 0) % 2 === 0;
  }
}
