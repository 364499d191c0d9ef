/**
 * Finds the nodes that a running session could use although its playlist does not list them: those
 * that joined since, and those that came back under another address.
 *
 * They can be offered as clones of a pathway that it has. A clone's id holds a fingerprint of its
 * node's address: players keep the first definition of an id for as long as they play, and nobody
 * here remembers what a session was offered.
 */
import type { ListedPathway } from "./viewer-session.ts";

export type PathwayNode = {
  readonly id: string;
  readonly url: string;
  /** Of its address (`pathwayFingerprint`). */
  readonly fingerprint: string;
  /** Fit to take viewers. */
  readonly isUsable: boolean;
};

/** `id` is that of the pathway, not of the node. */
export type JoinedPathway = { readonly id: string; readonly node: PathwayNode };

export type JoinedInput = {
  readonly listed: readonly ListedPathway[];
  /** Best first. */
  readonly nodes: readonly PathwayNode[];
  /** The pathway that the player says it is on. */
  readonly current: string | undefined;
  /** Offered if it is among so many of the best. */
  readonly mostListed: number;
};

export function joinedPathways(input: JoinedInput): readonly JoinedPathway[] {
  const { listed, nodes, current, mostListed } = input;
  if (listed.length === 0) return [];
  const joined: JoinedPathway[] = [];
  for (const [place, node] of nodes.entries()) {
    if (isListed(node, listed)) continue;
    const id = `${node.id}.${node.fingerprint}`;
    // A player keeps only the clones of the last manifest, so the one that it is on stays.
    const isOffered = (node.isUsable && place < mostListed) || id === current;
    if (isOffered && !listed.some((pathway) => pathway.id === id)) joined.push({ id, node });
  }
  return joined;
}

/** Listed at the address that it has now. */
export function isListed(
  { id, fingerprint }: Pick<PathwayNode, "id" | "fingerprint">,
  listed: readonly ListedPathway[],
): boolean {
  return listed.some((pathway) => pathway.id === id && pathway.fingerprint === fingerprint);
}

/** The id of the node behind a clone; undefined where it can be none. */
export function nodeOfClone(pathwayId: string): string | undefined {
  return /^(.+)\.[0-9a-z]{1,7}$/.exec(pathwayId)?.[1];
}
