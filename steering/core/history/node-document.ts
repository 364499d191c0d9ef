/**
 * What the time machine keeps of a node: its view without what ages or flickers.
 *
 * Grades and shares are kept in steps, so that noise writes no revisions: the question to the past is
 * why viewers were sent elsewhere, not how many bits passed in which second.
 */
import type { NodeDocument } from "../../contract/fleet-history.ts";
import type { ApplianceView, CdnView } from "../../contract/fleet-view.ts";
import type { OverrideView } from "../../contract/override.ts";

const GRADE_STEPS = 20;
const SHARE_STEPS = 10;

export function nodeDocument(view: ApplianceView | CdnView): NodeDocument {
  const { health, override, probe } = view;
  const report = "report" in view ? view.report : undefined;
  return {
    kind: report === undefined ? "cdn" : "appliance",
    region: view.region,
    url: view.url,
    state: health.state,
    reason: health.reason,
    grade: inSteps(health.grade, GRADE_STEPS),
    gradeReason: health.gradeReason,
    recentFalls: health.recentFalls,
    votes: Object.fromEntries(
      health.votes
        .toSorted((a, b) => (a.voice < b.voice ? -1 : 1))
        .map(({ voice, grade, reason }) => [voice, { grade: inSteps(grade, GRADE_STEPS), reason }]),
    ),
    override: override === null ? null : withoutAge(override),
    admittedShare: inSteps(view.admittedShare, SHARE_STEPS),
    probe: probe === null ? null : { ok: probe.ok, reason: probe.reason },
    report: report === undefined ? null : { state: report.state, disk: report.disk.health.state },
  };
}

function withoutAge({ secondsLeft: _, ...override }: OverrideView): NodeDocument["override"] {
  return override;
}

function inSteps(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
