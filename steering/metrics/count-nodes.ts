/**
 * What the metrics say of the nodes taken together. It is counted with each compilation for the ranking, when
 * the grade of everybody is at hand: to find it out anew for each scrape would take longer than all the rest.
 */
import type { RankedNode } from "../core/ranking/ranked-node.ts";

/** A grade counts for the last of these that it reaches. */
export const GRADES_FROM = [0, 0.25, 0.5, 0.75, 1] as const;

export type NodeCounts = {
  /** In the order of `GRADES_FROM`. */
  readonly grades: readonly number[];
  /** Running sessions. */
  readonly viewers: number;
};

export function countNodes(nodes: readonly Pick<RankedNode, "grade" | "viewers">[]): NodeCounts {
  const grades = GRADES_FROM.map(() => 0);
  let viewers = 0;
  for (const node of nodes) {
    const place = GRADES_FROM.findLastIndex((from) => node.grade >= from);
    grades[place] = (grades[place] ?? 0) + 1;
    viewers += node.viewers;
  }
  return { grades, viewers };
}
