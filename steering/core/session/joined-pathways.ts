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
  /** Where few of the listed ones are well, so many of the best are offered. */
  readonly clonesAmongFirst: number;
};

/** A session that can choose among so many of its own needs no other, unless another is the best. */
const ENOUGH_LISTED = 4;

export function joinedPathways(input: JoinedInput): readonly JoinedPathway[] {
  const { listed, nodes, current, clonesAmongFirst } = input;
  if (listed.length === 0) return [];
  let usableListed = 0;
  for (const node of nodes) if (node.isUsable && isListed(node, listed)) usableListed += 1;
  const among = usableListed >= ENOUGH_LISTED ? 1 : clonesAmongFirst;
  const joined: JoinedPathway[] = [];
  for (let place = 0; place < nodes.length; place += 1) {
    const node = nodes[place];
    const isBest = place < among && node?.isUsable === true;
    // A player keeps only the clones of the last manifest, so the one that it is on stays.
    if (node === undefined || !(isBest || current !== undefined) || isListed(node, listed))
      continue;
    const id = `${node.id}.${node.fingerprint}`;
    if ((isBest || id === current) && !listed.some((one) => one.id === id)) {
      joined.push({ id, node });
    }
  }
  return joined;
}

export function isListed(node: PathwayNode, listed: readonly ListedPathway[]): boolean {
  return placeAmong(listed, node) !== -1;
}

/** Where a node is listed at the address that it has now; -1 where it is not. */
export function placeAmong(listed: readonly ListedPathway[], node: PathwayNode): number {
  // It is asked dozens of times a manifest: an iterator each time would be a fifth of all garbage.
  for (let place = 0; place < listed.length; place += 1) {
    const pathway = listed[place];
    if (pathway !== undefined && isAt(pathway, node)) return place;
  }
  return -1;
}

/** Whether a pathway leads to a node at the address that the node has now. */
export function isAt(pathway: ListedPathway, node: PathwayNode): boolean {
  return pathway.id === node.id && pathway.fingerprint === node.fingerprint;
}

/** The id of the node behind a clone; undefined where it can be none. */
export function nodeOfClone(pathwayId: string): string | undefined {
  return /^(.+)\.[0-9a-z]{1,7}$/.exec(pathwayId)?.[1];
}
