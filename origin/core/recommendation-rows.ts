/**
 * Arranges the titles in rows for the home page, from nothing but their metadata.
 *
 * The headings say what a row is: there are no viewers' histories here, so nothing claims to be
 * popular or chosen for anybody. A row of fewer than two titles is left out, because it shows nothing
 * that the first row does not.
 */
import type { Title } from "../contract/catalog.ts";

export type RecommendationRow = { readonly heading: string; readonly titleIds: string[] };

const SHORTEST_ROW = 2;
const EVERYBODY = "All ages";

export function arrangeRows(titles: readonly Title[]): RecommendationRow[] {
  const newestFirst = titles.toSorted(
    (left, right) => right.year - left.year || (left.id < right.id ? -1 : 1),
  );
  const genres = [...new Set(newestFirst.map(({ genre }) => genre))].sort();
  const rows = [
    { heading: "Newest first", titles: newestFirst },
    { heading: "For all ages", titles: newestFirst.filter((title) => isForEverybody(title)) },
    { heading: "For older viewers", titles: newestFirst.filter((title) => isForSome(title)) },
    ...genres.map((genre) => ({
      heading: genre,
      titles: newestFirst.filter((title) => title.genre === genre),
    })),
  ];
  return rows
    .filter((row, place) => row.titles.length >= (place === 0 ? 1 : SHORTEST_ROW))
    .map((row) => ({ heading: row.heading, titleIds: row.titles.map(({ id }) => id) }));
}

function isForEverybody({ rating }: Title): boolean {
  return rating === EVERYBODY;
}

function isForSome({ rating }: Title): boolean {
  return rating !== undefined && rating !== EVERYBODY;
}
