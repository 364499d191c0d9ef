/**
 * What a player does with content steering, and nothing else: it begins a play, and asks for one
 * manifest after another at the address that the one before has named.
 */
import { Value } from "typebox/value";
import { type Dispatcher, request } from "undici";
import type { MultivariantPlaylist } from "../../kernel/multivariant-playlist.ts";
import { readMultivariantPlaylist } from "../../kernel/multivariant-playlist.ts";
import { SteeringManifest } from "../../steering/contract/steering-manifest.ts";

export type SteeringSession = {
  readonly playlist: MultivariantPlaylist;
  /** Of the pathways, best first, as of the last manifest. */
  readonly order: () => readonly string[];
  /** Seconds until it wants to be asked again. */
  readonly ask: (current: string) => Promise<number>;
};

/** What a player on a good link says of its throughput. */
const THROUGHPUT_BITS_PER_SECOND = 20_000_000;
const ANSWER_LIMIT_MS = 5_000;

/** @throws {Error} for a playlist without steering, and for an answer that is not the one expected. */
export async function openSteeringSession(
  playUrl: string,
  dispatcher: Dispatcher,
): Promise<SteeringSession> {
  const playlist = readMultivariantPlaylist(await readText(playUrl, dispatcher));
  if (playlist?.steering === undefined) throw new Error(`${playUrl} is not steered`);
  let manifestUrl = new URL(playlist.steering.serverUri, playUrl);
  let order: readonly string[] = [playlist.steering.pathwayId];
  return {
    playlist,
    order: () => order,
    async ask(current) {
      const url = new URL(manifestUrl);
      url.searchParams.set("_HLS_pathway", current);
      url.searchParams.set("_HLS_throughput", String(THROUGHPUT_BITS_PER_SECOND));
      const manifest = Value.Parse(
        SteeringManifest,
        JSON.parse(await readText(url.href, dispatcher)),
      );
      manifestUrl = new URL(manifest["RELOAD-URI"] ?? manifestUrl, url);
      order = manifest["PATHWAY-PRIORITY"];
      return manifest.TTL;
    },
  };
}

export async function readText(url: string, dispatcher: Dispatcher): Promise<string> {
  const { statusCode, body } = await request(url, {
    dispatcher,
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${new URL(url).pathname} was answered ${statusCode}`);
  return text;
}
