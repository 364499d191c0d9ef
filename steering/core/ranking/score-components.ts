/** Takes a score apart, each component with its reason: their sum is the score that was ranked by. */
import type { ScoreComponent } from "../../contract/explanation.ts";
import { affinityReason, distanceReason, keptReason } from "./place-reason.ts";
import { asThere, type RankedNode } from "./ranked-node.ts";
import {
  affinityPoints,
  costPoints,
  distancePoints,
  healthPoints,
  keptPoints,
  loadPoints,
  overridePoints,
} from "./score.ts";
import type { Standpoint } from "./standpoint.ts";

export function scoreComponents(standpoint: Standpoint, node: number): ScoreComponent[] {
  const { fleet, outlook, owners, kept, current } = standpoint;
  const { policy, dearest } = fleet;
  const judged = fleet.nodes[node];
  if (judged === undefined) throw new RangeError(`No node ${node}`);
  const { load, cost, override } = judged;
  const seen = node === current ? asThere(judged) : judged;
  const distance = outlook.distances[fleet.membership.regionOf[node] ?? 0] ?? 0;
  const place = kept.indexOf(node);
  return [
    {
      name: "health",
      points: healthPoints(seen, policy),
      because: override === "trust" ? "trusted" : healthReason(judged, seen.grade),
    },
    {
      name: "distance",
      points: distancePoints(distance, policy),
      because: distanceReason(standpoint, node),
    },
    {
      name: "affinity",
      points: affinityPoints(owners.indexOf(node), policy),
      because: affinityReason(standpoint, node) ?? "does not keep the title",
    },
    {
      name: "load",
      points: node === current ? 0 : loadPoints(judged, policy),
      because:
        node === current ? `load ${rounded(load)}, and there already` : `load ${rounded(load)}`,
    },
    {
      name: "cost",
      points: costPoints(judged, dearest, policy),
      because: dearest > 0 ? `costs ${rounded(cost)} of at most ${rounded(dearest)}` : "no costs",
    },
    {
      name: "kept",
      points: keptPoints({ isCurrent: node === current, place }, policy),
      because: keptReason(standpoint, node) ?? "not of the session",
    },
    {
      name: "override",
      points: overridePoints(judged, policy),
      because: override ?? "none",
    },
  ];
}

function healthReason({ grade, gradeReason }: RankedNode, seen: number): string {
  const reason = `grade ${rounded(grade)}: ${gradeReason}`;
  return seen === grade ? reason : `${reason}, and ${rounded(seen)} for those who are there`;
}

const rounded = (value: number) => Math.round(100 * value) / 100;
