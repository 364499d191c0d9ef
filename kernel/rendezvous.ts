/**
 * Gives each key a home among nodes, and an order of those that take its place (rendezvous hashing,
 * Thaler and Ravishankar 1998).
 *
 * Every node draws a number for the key, and the highest is its home. When a node goes, only its own
 * keys move, each to the next in its own order, so they spread over all others; when it returns,
 * exactly these return. Against a ring of points it needs no table and no tuning, and costs a hash per
 * node, which is little for the handful of nodes of a tier.
 */
import { hashText } from "./seeded-random.ts";

/** The nodes in the order in which they should be asked for `key`; the first is its home. */
export function rankByRendezvous<Node>(
  key: string,
  nodes: readonly Node[],
  nameOf: (node: Node) => string,
): Node[] {
  return nodes
    .map((node) => ({ node, name: nameOf(node), draw: hashText(`${key} ${nameOf(node)}`) }))
    .toSorted((a, b) => b.draw - a.draw || (a.name < b.name ? -1 : 1))
    .map(({ node }) => node);
}
