/**
 * Lets a play that began without steering go on with it.
 *
 * A page that opens while its steering service is slow or down plays from the next source, an appliance's own
 * playlist say: it knows no names of pathways then, no appliances but those among its sources, and nobody who
 * ranks them. What steering's playlist tells later is fitted onto what plays: the media player keeps its
 * URLs, a pathway that both know is called what steering calls it, and the others join.
 */
import type { Pathway, Presentation } from "./presentation.ts";

export type Adoption = {
  readonly presentation: Presentation;
  /** Best first. What plays without being among them is left for them in time. */
  readonly order: readonly string[];
  /** Pathway id until now → from now on. */
  readonly renamed: ReadonlyMap<string, string>;
};

/** Undefined if the newcomer has no steering, or if it is not seen to be the same presentation. */
export function adoptPresentation(
  shown: Presentation,
  newcomer: Presentation,
): Adoption | undefined {
  if (newcomer.steering === undefined) return undefined;
  const reference = shown.pathways.find(({ id }) => id === shown.first);
  const same = new Map<Pathway, Pathway>();
  for (const own of shown.pathways) {
    const other = newcomer.pathways.find((each) => isSame(own, each));
    if (other !== undefined) same.set(own, other);
  }
  const keys = keysOf(same);
  const isWhole = reference && [...reference.playlists.keys()].every((key) => keys.has(key));
  // A name that means one host now and another later would be taken for both.
  const ids = new Set(newcomer.pathways.map(({ id }) => id));
  const isClear = shown.pathways.every((own) => !ids.has(own.id) || same.get(own)?.id === own.id);
  if (reference === undefined || !isWhole || !isClear) return undefined;

  const renamed = new Map(shown.pathways.map((own) => [own.id, same.get(own)?.id ?? own.id]));
  const first = renamed.get(reference.id) as string;
  const pathways = new Map(newcomer.pathways.map((pathway) => [pathway.id, pathway]));
  for (const own of shown.pathways) {
    const known = same.get(own);
    // The URLs that the media player knows stay as it knows them.
    if (known !== undefined && own !== reference) continue;
    const playlists = Array.from(
      own.playlists,
      ([key, url]) => [keys.get(key) ?? key, url] as const,
    );
    const id = known?.id ?? own.id;
    pathways.set(id, { ...(known ?? own), id, playlists: new Map(playlists) });
  }
  return {
    presentation: { ...newcomer, first, pathways: [...pathways.values()] },
    order: [...new Set([newcomer.first, ...ids])],
    renamed,
  };
}

function isSame(one: Pathway, other: Pathway): boolean {
  if (one.base !== undefined) return one.base === other.base;
  const urls = new Set(other.playlists.values());
  return Array.from(one.playlists.values()).some((url) => urls.has(url));
}

/** What the newcomer calls the streams: those with the same URL, and in DASH the one that there is. */
function keysOf(same: ReadonlyMap<Pathway, Pathway>): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const [own, other] of same) {
    const byUrl = new Map(Array.from(other.playlists, ([key, url]) => [url, key]));
    for (const [key, url] of own.playlists) {
      const known = byUrl.get(url) ?? (own.base === undefined ? undefined : key);
      if (known !== undefined) keys.set(key, known);
    }
  }
  return keys;
}
