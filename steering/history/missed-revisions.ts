/**
 * What a file must be told that nothing was written to for a while: what happened meanwhile, as far as it is
 * known, and then how everything is now. What it knows already is not told again.
 */
import type { HistoryStore, Revision } from "./history-store.ts";

export type Meanwhile = {
  readonly file: Pick<HistoryStore, "asOf">;
  /** Where it was written instead. */
  readonly memory: Pick<HistoryStore, "asOf" | "newestRevisions">;
  /** Node → JSON, of all that are there now. */
  readonly latest: ReadonlyMap<string, string>;
  readonly wallMs: number;
};

/** What is older is told as of the first of them: all is written at once, while viewers wait. */
const MAX_TOLD = 5_000;
const LATEST = Number.MAX_SAFE_INTEGER;

export function missedRevisions({ file, memory, latest, wallMs }: Meanwhile): Revision[] {
  const known = new Map(file.asOf(LATEST).map(({ node, document }) => [node, document]));
  const missed: Revision[] = [];
  const tell = (revision: Revision): void => {
    const { node, document } = revision;
    if (known.get(node) === document) return;
    known.set(node, document);
    missed.push(revision);
  };
  const newest = memory.newestRevisions(MAX_TOLD);
  const [first] = newest;
  if (first !== undefined && newest.length === MAX_TOLD) {
    for (const revision of memory.asOf(first.wallMs)) tell({ ...revision, wallMs: first.wallMs });
  }
  for (const revision of newest) tell(revision);
  for (const [node, document] of latest) tell({ node, wallMs, document });
  for (const node of known.keys()) {
    if (!latest.has(node)) tell({ node, wallMs, document: undefined });
  }
  return missed;
}
