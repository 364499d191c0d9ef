/**
 * Chooses the nodes that a playlist or an MPD lists for a session, and in which order the session has them.
 *
 * A live MPD is read again and again, and a player that must learn new places each time begins anew each
 * time. So what the session has stays while it is well; the rest is filled up with the best of the others.
 */
import { isAt, isListed, type PathwayNode } from "./joined-pathways.ts";
import type { ListedPathway } from "./viewer-session.ts";

export type ListingInput = {
  /** What the session has, in its order; nothing for one that begins. */
  readonly listed: readonly ListedPathway[];
  /** Best first. */
  readonly nodes: readonly PathwayNode[];
  readonly maxPathways: number;
};

/** @returns best first, no more than `maxPathways`; the best node of all is always among them. */
export function listPathways(input: ListingInput): readonly PathwayNode[] {
  const { listed, nodes, maxPathways } = input;
  const stays = nodes.filter((node) => node.isUsable && isListed(node, listed));
  const chosen = new Set([...nodes.slice(0, 1), ...stays]);
  for (const node of nodes) {
    if (chosen.size >= maxPathways) break;
    chosen.add(node);
  }
  const among = new Set([...chosen].slice(0, maxPathways));
  return nodes.filter((node) => among.has(node));
}

/**
 * What the session has from now on: what it had and still has, in its own order, for the first is where it
 * began, and then the others. The very same value where nothing has changed.
 */
export function sessionPathways(
  listed: readonly ListedPathway[],
  shown: readonly PathwayNode[],
): readonly ListedPathway[] {
  const still = listed.filter((pathway) => shown.some((node) => isAt(pathway, node)));
  const joined = shown.filter((node) => !isListed(node, listed));
  if (joined.length === 0 && still.length === listed.length) return listed;
  return [...still, ...joined.map(({ id, fingerprint }) => ({ id, fingerprint }))];
}
