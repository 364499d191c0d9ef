/**
 * Decides what a probe has shown that says nothing of how well a node is, and that an operator must not
 * overlook all the same: a slip in the configuration, here or there.
 */
import type { ProbeWarning } from "../../contract/fleet-view.ts";
import type { ProbeOutcome } from "../health/judge-probe.ts";

/** What is known after one probe of a node. */
export type ProbeFindings = {
  readonly outcome: ProbeOutcome;
  /** What was asked: of the questions of one probe the one that decided. */
  readonly url: string;
  /** The source answers that it has no such object either. */
  readonly isAbsentAtSource: boolean;
  /** Whether pages of other origins may read the answer; undefined where nothing shows it. */
  readonly allowsPages: boolean | undefined;
};

/** In words, for the log and the event. */
export const WARNING_WORDS: Readonly<Record<ProbeWarning, string>> = {
  "no-probe-object":
    "the probe object does not exist, here or at the source: set --probe-path, or probePath in the file",
  "no-cors":
    "it answers without Access-Control-Allow-Origin: players in browsers are refused there, and native ones are not",
};

/** @param before what was warned of before: an answer that is none says nothing of pages. */
export function warningsAfter(
  before: readonly ProbeWarning[],
  { outcome, isAbsentAtSource, allowsPages }: ProbeFindings,
): readonly ProbeWarning[] {
  const isObjectMissing = isAbsentAtSource && isAbsence(outcome.reason);
  const keepsPagesOut =
    allowsPages === undefined ? before.includes("no-cors") : allowsPages === false;
  return [
    ...(isObjectMissing ? (["no-probe-object"] as const) : []),
    ...(keepsPagesOut ? (["no-cors"] as const) : []),
  ];
}

/** Storage behind a CDN answers 403 for what it does not have, unless its list may be read. */
export function isAbsence(reason: string): boolean {
  return reason === "status-404" || reason === "status-410" || reason === "status-403";
}
