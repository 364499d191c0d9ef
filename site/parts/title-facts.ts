/** The facts of a title in one line: `2025 · Drama · 1 min 4 s · All ages`. */
import type { CatalogEntry } from "../../origin/contract/catalog.ts";
import { lengthWords } from "../core/quantity-words.ts";

export function titleFacts({ year, genre, durationSeconds, rating }: CatalogEntry): string {
  return [String(year), genre, lengthWords(durationSeconds), rating]
    .filter((fact) => fact !== undefined)
    .join(" · ");
}
