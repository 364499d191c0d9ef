/**
 * Chooses who is spared though our judgement has made it sick: of many at once, all but a share of the
 * fleet. They count as fit, with the few points of their grades: whoever is better is preferred, but only
 * until it has its fill.
 *
 * A judgement about many is likelier to be about what they share, such as our own way to them, and a
 * crowd on the few others is a certain harm (Envoy's panic threshold). It does not last: whom no player
 * praises goes down, some with each sweep (choose-ejections.ts), and takes its part of the share. What is
 * known as a fact, or by players too, is no judgement of ours alone and is not counted.
 */
import { mostAtOnce } from "../health/choose-ejections.ts";
import { bandOf, SICK } from "./band.ts";
import type { RankedNode } from "./ranked-node.ts";
import type { RankingPolicy } from "./ranking-policy.ts";

/** @returns ids. The worst are not spared; of equals all are or none is, for it would be chance which. */
export function spareSick(
  nodes: readonly RankedNode[],
  policy: RankingPolicy,
): ReadonlySet<string> {
  let present = 0;
  let down = 0;
  const sick: RankedNode[] = [];
  for (const node of nodes) {
    if (node.state === "gone") continue;
    present += 1;
    if (!node.isOurWordAlone) continue;
    if (node.state === "down" && node.override === undefined) down += 1;
    else if (bandOf(node, policy) === SICK) sick.push(node);
  }
  const room = Math.max(0, mostAtOnce(present, policy.maxSickShare) - down);
  if (sick.length <= room) return NOBODY;
  const steps = (node: RankedNode) => Math.round(Math.max(0, node.grade) / policy.gradeStep) || 0;
  const bestWithoutRoom = sick.map(steps).toSorted((a, b) => a - b)[room] ?? 0;
  return new Set(sick.flatMap((node) => (steps(node) >= bestWithoutRoom ? node.id : [])));
}

const NOBODY: ReadonlySet<string> = new Set();
