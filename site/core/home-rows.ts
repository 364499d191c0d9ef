/**
 * Arranges the films of the home page: one title in front, then rows of posters.
 *
 * Recommendations only choose and order. Without them, or where they name nothing that the
 * catalogue has, the plain catalogue is shown: a viewer can always reach every film. A row whose films
 * all stand in an earlier one that is seen without scrolling says nothing new, and is left out.
 */
import type { CatalogEntry, Recommendations } from "../../origin/contract/catalog.ts";

export type TitleRow = { readonly heading: string; readonly titles: readonly CatalogEntry[] };

export type HomeRows = {
  /** Undefined where the catalogue is empty. */
  readonly hero: CatalogEntry | undefined;
  readonly rows: readonly TitleRow[];
  /** Where the rows come from. */
  readonly chosenBy: "recommendations" | "catalogue";
};

/** Posters of a row that a wide screen shows at once (`parts/title-row.css`). */
const SEEN_AT_ONCE = 4;

export function arrangeHome(
  titles: readonly CatalogEntry[],
  recommendations: Recommendations | undefined,
): HomeRows {
  const byId = new Map(titles.map((title) => [title.id, title]));
  const rows = (recommendations?.rows ?? [])
    .map(({ heading, titleIds }) => ({
      heading,
      titles: [...new Set(titleIds)].flatMap((id) => byId.get(id) ?? []),
    }))
    .filter((row, place, all) => row.titles.length > 0 && !isSeenIn(all.slice(0, place), row));

  if (rows.length === 0) {
    return {
      hero: titles[0],
      rows: titles.length === 0 ? [] : [{ heading: "All films", titles }],
      chosenBy: "catalogue",
    };
  }
  const shown = new Set(rows.flatMap((row) => row.titles));
  const rest = titles.filter((title) => !shown.has(title));
  return {
    hero: rows[0]?.titles[0],
    rows: rest.length === 0 ? rows : [...rows, { heading: "More films", titles: rest }],
    chosenBy: "recommendations",
  };
}

function isSeenIn(earlier: readonly TitleRow[], { titles }: TitleRow): boolean {
  return earlier.some(
    (row) =>
      row.titles.length <= SEEN_AT_ONCE && titles.every((title) => row.titles.includes(title)),
  );
}
