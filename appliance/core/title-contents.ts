/** Reads from a playlist what must be fetched for a title to be played from the cache alone. */
import { readMultivariantPlaylist } from "../../kernel/multivariant-playlist.ts";
import { attributeText } from "../../kernel/playlist-lines.ts";
import { keyOfReference, readSegmentList } from "./segment-list.ts";

export type TitleContents = {
  /** Names of the cache, each once, in the order in which a player would ask. */
  readonly keys: readonly string[];
  /** References that lead out of our own origin. */
  readonly skipped: number;
};

export type TitleOptions = {
  /** Variants above this `BANDWIDTH` are left out; undefined takes all. */
  readonly maxBandwidth: number | undefined;
};

const NOTHING: TitleContents = { keys: [], skipped: 0 };

/** @param text of a multivariant or a media playlist; anything else refers to nothing. */
export function readTitleContents(
  text: string,
  playlistKey: string,
  options: TitleOptions,
): TitleContents {
  const uris = urisOfStreams(text, options);
  if (uris !== undefined) return contentsOf(uris.map((uri) => keyOfReference(uri, playlistKey)));
  const list = readSegmentList(text, playlistKey);
  if (list === undefined) return NOTHING;
  const contents = contentsOf([...list.needed, ...list.segments].map(({ key }) => key));
  return { ...contents, skipped: list.skipped };
}

/** Undefined for what is no multivariant playlist. */
function urisOfStreams(text: string, { maxBandwidth }: TitleOptions): string[] | undefined {
  const playlist = readMultivariantPlaylist(text);
  if (playlist === undefined) return undefined;
  const isWanted = (bandwidth: number) => maxBandwidth === undefined || bandwidth <= maxBandwidth;
  const variants = playlist.variants.filter(({ attributes }) =>
    isWanted(Number(attributeText(attributes, "BANDWIDTH") ?? 0)),
  );
  return [...playlist.renditions, ...variants].flatMap(({ uri }) => uri ?? []);
}

function contentsOf(found: readonly (string | undefined)[]): TitleContents {
  const keys = new Set(found.filter((key) => key !== undefined));
  return { keys: [...keys], skipped: found.filter((key) => key === undefined).length };
}
