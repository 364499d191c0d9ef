/**
 * Puts the pathways that a player has, or is offered, in the order of the ranking.
 *
 * Its first one is the first of the session's playlist unless something happened in between: the
 * ranking sees to that. What the ranking does not know stays at the end, for the player may know
 * better.
 */
import { DEFAULT_PATHWAY_ID } from "../../../kernel/multivariant-playlist.ts";
import { isAt, isListed, type JoinedPathway, type PathwayNode } from "./joined-pathways.ts";
import type { ListedPathway } from "./viewer-session.ts";

export type OrderInput = {
  /** Empty where the playlist of the viewer is not known. */
  readonly listed: readonly ListedPathway[];
  /** Best first. */
  readonly nodes: readonly PathwayNode[];
  /** Those of `nodes` that are offered as clones. */
  readonly joined: readonly JoinedPathway[];
  /** The pathway that the player says it is on. */
  readonly current: string | undefined;
  /** True just after a start, while nodes that are well may not have registered yet. */
  readonly isSettling: boolean;
};

export function orderPathways(input: OrderInput): readonly string[] {
  const { listed, nodes, joined } = input;
  if (listed.length === 0) return orderForAnyone(input);
  if (input.isSettling) return orderWhileSettling(input);
  const order: string[] = [];
  for (const node of nodes) {
    const id = isListed(node, listed) ? node.id : cloneOf(node, joined);
    if (id !== undefined) order.push(id);
  }
  for (const { id } of listed) if (!order.includes(id)) order.push(id);
  return order;
}

function cloneOf(node: PathwayNode, joined: readonly JoinedPathway[]): string | undefined {
  for (let place = 0; place < joined.length; place += 1) {
    const one = joined[place];
    if (one?.node === node) return one.id;
  }
  return undefined;
}

/**
 * Before the nodes have had the time to register again, an unknown one is not a bad one: the order of
 * the session stands, except that what is known to be bad goes to its end.
 */
function orderWhileSettling({ listed, nodes, joined, current }: OrderInput): string[] {
  const order: string[] = [];
  const bad: string[] = [];
  const others: string[] = [];
  for (const { id, node } of joined) if (node.isUsable) (id === current ? order : others).push(id);
  for (const pathway of listed) (isKnownBad(pathway, nodes) ? bad : order).push(pathway.id);
  return order.concat(others, bad);
}

function isKnownBad(pathway: ListedPathway, nodes: readonly PathwayNode[]): boolean {
  return nodes.some((node) => !node.isUsable && isAt(pathway, node));
}

/** An empty list is no manifest, so with nobody known a viewer stays where it is. */
function orderForAnyone({ nodes, current, isSettling }: OrderInput): string[] {
  const ids = nodes.map(({ id }) => id);
  const isUnknown = current !== undefined && !ids.includes(current);
  if (isUnknown && (isSettling || ids.length === 0)) return [current, ...ids];
  return ids.length === 0 ? [DEFAULT_PATHWAY_ID] : ids;
}
