/**
 * Chooses the pathway of a session's playlist that a clone is made from, and the HOST that leads from
 * the one's address to the other's.
 *
 * Players put HOST in the place of the host name and keep the rest, so it is right only where scheme,
 * port and path are the same. Of those for which they are, the base is the last one of the playlist,
 * always: what VHS clones from a pathway that it has played, it believes to have no segments.
 */
import { type JoinedPathway, type PathwayNode, placeAmong } from "./joined-pathways.ts";
import type { ListedPathway } from "./viewer-session.ts";

export type CloneBase = {
  readonly id: string;
  /** Undefined where no HOST leads to the clone. */
  readonly host: string | undefined;
  /** The node behind the base, where it is known. */
  readonly node: PathwayNode | undefined;
};

/** What the clones of one manifest can be made from. */
export type CloneBases = {
  /** Of the playlist. */
  readonly first: ListedPathway;
  /** The nodes behind its pathways, as far as they are known, the last one first. */
  readonly known: readonly PathwayNode[];
};

/** Undefined where the playlist of the viewer is not known. */
export function findCloneBases(
  listed: readonly ListedPathway[],
  nodes: readonly PathwayNode[],
): CloneBases | undefined {
  const [first] = listed;
  if (first === undefined) return undefined;
  const known = listed.map(() => undefined as PathwayNode | undefined);
  for (const node of nodes) {
    const place = placeAmong(listed, node);
    if (place !== -1) known[place] = node;
  }
  return { first, known: known.filter((node) => node !== undefined).reverse() };
}

export function chooseCloneBase(joined: JoinedPathway, { first, known }: CloneBases): CloneBase {
  const own = splitAddress(joined.node.url);
  const alike = known.find(({ url }) => {
    const base = splitAddress(url);
    return own !== undefined && base?.before === own.before && base.behind === own.behind;
  });
  if (alike !== undefined) return { id: alike.id, host: own?.host, node: alike };
  const node = known.find(({ isUsable }) => isUsable) ?? known[0];
  return { id: node?.id ?? first.id, host: undefined, node };
}

export type AddressParts = {
  readonly before: string;
  readonly host: string;
  /** Port and path, either of which may be absent. */
  readonly behind: string;
};

const ADDRESS = /^(https?:\/\/)(\[[^\]/?#]+\]|[^/:?#@]+)((?::\d+)?(?:\/[^?#]*)?)$/;

export function splitAddress(url: string): AddressParts | undefined {
  const [, before, host, behind] = ADDRESS.exec(url) ?? [];
  if (before === undefined || host === undefined || behind === undefined) return undefined;
  return { before, host, behind };
}
