/**
 * Finds the DASH template that names every segment of a list, and nothing else: `v/segment-$Number%05d$.m4s`
 * (ISO/IEC 23009-1 §5.3.9.4.4).
 *
 * The number is looked for where it is commonly put, before the extension, and a template counts only
 * if it makes every name again; a list that follows none is for the caller to refuse.
 */
export type NumberTemplate = { readonly media: string; readonly startNumber: number };

const NUMBERED = /^(.*?)(\d+)(\.[^./]*)?$/;

/** @param paths of plain characters: a `$` would have to be doubled. */
export function findNumberTemplate(paths: readonly string[]): NumberTemplate | undefined {
  const [, before = "", digits, extension = ""] = NUMBERED.exec(paths[0] ?? "") ?? [];
  if (digits === undefined) return undefined;
  const startNumber = Number(digits);
  // A width is a least width, so that 99 may be followed by 100.
  const nameOf = (place: number) =>
    `${before}${String(startNumber + place).padStart(digits.length, "0")}${extension}`;
  if (!Number.isSafeInteger(startNumber + paths.length)) return undefined;
  if (!paths.every((path, place) => path === nameOf(place))) return undefined;
  const number = digits.length === 1 ? "$Number$" : `$Number%0${digits.length}d$`;
  return { media: `${before}${number}${extension}`, startNumber };
}
