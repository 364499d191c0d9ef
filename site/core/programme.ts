/**
 * What can be watched at an address: a film or a live channel, as the watch page needs it.
 *
 * The two differ in one thing that matters there: a channel has no length and no end.
 */
import type { Catalog, CatalogEntry, ChannelEntry } from "../../origin/contract/catalog.ts";
import { lengthWords, listWords } from "./quantity-words.ts";

export type Programme = {
  readonly id: string;
  readonly title: string;
  /** One line under the title. */
  readonly facts: string;
  readonly synopsis: string;
  readonly poster: string;
  readonly sources: readonly string[];
  /** Undefined for what is live. */
  readonly durationSeconds: number | undefined;
};

/** Undefined where the catalogue has nothing by this name. */
export function findProgramme(catalog: Catalog, id: string): Programme | undefined {
  const film = catalog.titles.find((title) => title.id === id);
  if (film !== undefined) return { ...film, facts: titleFacts(film) };
  const channel = catalog.channels.find((candidate) => candidate.id === id);
  if (channel === undefined) return undefined;
  return {
    ...channel,
    title: channel.name,
    facts: channelFacts(channel, catalog.titles),
    durationSeconds: undefined,
  };
}

/** `2025 · Drama · 1 min 4 s · All ages`. */
export function titleFacts({ year, genre, durationSeconds, rating }: CatalogEntry): string {
  return [String(year), genre, lengthWords(durationSeconds), rating]
    .filter((fact) => fact !== undefined)
    .join(" · ");
}

/** `Harbour Light and Slow Train, over and over`. */
export function channelFacts({ titleIds }: ChannelEntry, titles: readonly CatalogEntry[]): string {
  const names = titleIds.flatMap((id) => titles.find((title) => title.id === id)?.title ?? []);
  return names.length === 0 ? "Around the clock" : `${listWords(names)}, over and over`;
}
