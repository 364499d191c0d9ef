/**
 * What our probes of one node have shown of late: how many of the last few were bad, the row in which
 * the newest stands, and how quick the good ones were.
 *
 * It is failing from k bad ones of the last n on, until `upAfter` in a row were good: the way back is
 * longer than a single lucky answer.
 */
import { type Smoothed, smooth } from "../../../kernel/smoothing.ts";
import type { ProbeOutcome } from "./judge-probe.ts";
import { badAmong, NO_OUTCOMES, noteOutcome, type RecentOutcomes } from "./recent-outcomes.ts";

export type ProbeRecord = {
  readonly recent: RecentOutcomes;
  readonly goodInRow: number;
  readonly badInRow: number;
  /** When the present row, good or bad, began. */
  readonly rowSinceMs: number;
  readonly isFailing: boolean;
  readonly lastAtMs: number;
  /** Of the last bad one. */
  readonly badReason: string;
  /** Of the good ones. */
  readonly meanFirstByteMs: Smoothed | undefined;
  readonly lastGood: GoodProbe | undefined;
};

type GoodProbe = {
  readonly atMs: number;
  readonly firstByteMs: number;
  readonly throughputBitsPerSecond: number | undefined;
};

export type ProbeRecordPolicy = {
  /** Failing with so many bad ones among the last `ofLast`. */
  readonly downAfter: number;
  readonly ofLast: number;
  /** No longer failing, and fit to leave a trial, after so many good ones in a row. */
  readonly upAfter: number;
};

export const NO_PROBES: ProbeRecord = {
  recent: NO_OUTCOMES,
  goodInRow: 0,
  badInRow: 0,
  rowSinceMs: 0,
  isFailing: false,
  lastAtMs: 0,
  badReason: "",
  meanFirstByteMs: undefined,
  lastGood: undefined,
};

export function noteProbe(
  record: ProbeRecord,
  outcome: ProbeOutcome,
  policy: ProbeRecordPolicy,
  nowMs: number,
): ProbeRecord {
  const recent = noteOutcome(record.recent, !outcome.ok, policy.ofLast);
  if (!outcome.ok) {
    return {
      ...record,
      recent,
      goodInRow: 0,
      badInRow: record.badInRow + 1,
      rowSinceMs: record.badInRow === 0 ? nowMs : record.rowSinceMs,
      isFailing: record.isFailing || outcome.isFact || badAmong(recent) >= policy.downAfter,
      lastAtMs: nowMs,
      badReason: outcome.reason,
    };
  }
  const { firstByteMs, throughputBitsPerSecond } = outcome;
  const goodInRow = record.goodInRow + 1;
  return {
    ...record,
    recent,
    goodInRow,
    badInRow: 0,
    rowSinceMs: record.goodInRow === 0 ? nowMs : record.rowSinceMs,
    isFailing: record.isFailing && goodInRow < policy.upAfter,
    lastAtMs: nowMs,
    meanFirstByteMs: isTime(firstByteMs)
      ? smooth(record.meanFirstByteMs, firstByteMs)
      : record.meanFirstByteMs,
    lastGood: { atMs: nowMs, firstByteMs, throughputBitsPerSecond },
  };
}

/** A new chapter: what was bad before the present row no longer counts. */
export function beginAnew(record: ProbeRecord): ProbeRecord {
  return { ...record, recent: { bits: 0, seen: record.goodInRow }, isFailing: false };
}

function isTime(milliseconds: number): boolean {
  return Number.isFinite(milliseconds) && milliseconds >= 0;
}
