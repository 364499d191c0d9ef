/** For tests of words: what the page says with no-break spaces, written with plain ones. */

/** With a no-break space between each figure and its unit. */
export function unbroken(words: string): string {
  return words.replace(
    /(?<=\d) (?=(?:bytes|[KM]B|m?s|[kM]bit\/s|min|h|%)(?!\w))|(?<=<) (?=\d)/g,
    "\u00a0",
  );
}
