/**
 * Reads a playlist for the transport's own sake, bounded in time and size: to learn what a pathway calls
 * things, to hear how far its live edge is, or to find steering that was down when the play began.
 *
 * The media player knows nothing of it, and what goes wrong here is held against nobody.
 */
import { isPlaylist } from "../../kernel/playlist-lines.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { patienceWith } from "../core/attempt/judge-attempt.ts";
import { HLS, type PresentationFormat } from "../core/place/presentation.ts";
import { Attempt } from "./attempt.ts";
import { AttemptsUnderWay } from "./attempts-under-way.ts";
import { BodyUnderWay } from "./body-under-way.ts";

export type PlaylistReaderOptions = {
  readonly policy: FailoverPolicy;
  /** Of the multivariant playlist, where that is no HLS. */
  readonly format?: Pick<PresentationFormat, "isManifest"> | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
};

export type PlaylistRead = {
  readonly text: string;
  /** After redirects. */
  readonly url: string;
  readonly firstByteMs: number;
};

export class PlaylistReader {
  readonly #options: PlaylistReaderOptions;
  readonly #attempts = new AttemptsUnderWay();

  constructor(options: PlaylistReaderOptions) {
    this.#options = options;
  }

  tick(nowMs: number): void {
    this.#attempts.tick(nowMs);
  }

  close(): void {
    this.#attempts.abortAll();
  }

  /** @param priority `low` where nobody waits for it. */
  async read(url: string, priority: RequestPriority = "auto"): Promise<PlaylistRead | undefined> {
    const { policy, format = HLS, fetch, now } = this.#options;
    const body = new BodyUnderWay();
    const attempt = new Attempt({
      host: new URL(url).origin,
      url,
      range: undefined,
      isLengthTrusted: false,
      headers: {},
      body,
      patience: patienceWith(undefined, {}, policy),
      limits: { overlapBytes: 0, maxBodyBytes: policy.maxPlaylistBytes },
      fetch: (input, init) => fetch(input, { ...init, priority }),
      now,
      isTooSlow: ({ startedMs }, atMs) => atMs - startedMs >= policy.playlistLongestMs,
    });
    const outcome = await this.#attempts.run(attempt);
    if (outcome.kind !== "whole") return undefined;
    const text = new TextDecoder().decode(body.whole());
    if (!isPlaylist(text) && !format.isManifest(text)) return undefined;
    const { startedMs, firstByteMs = startedMs } = attempt.progress;
    const { response } = outcome;
    return { text, url: response.url || url, firstByteMs: firstByteMs - startedMs };
  }
}
