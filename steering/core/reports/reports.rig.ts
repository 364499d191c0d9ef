/** For tests: a policy of reports, and a notation for what one session met on its nodes. */
import type { ReportPolicy } from "./report-ledger.ts";
import { EMPTY_TALLY, type Tally } from "./weigh-session.ts";

export const POLICY: ReportPolicy = {
  badErrorRatio: 0.2,
  slowShare: 0.5,
  slowLinkBitsPerSecond: 1_500_000,
  minAnswered: 2,
  aloneWeight: 0.5,
  minSessions: 3,
  badShare: 0.4,
  goodShare: 0.1,
  windowMs: 10_000,
  judgeEveryMs: 1_000,
  maxSessions: 1_000,
  maxReportsPerSession: 100,
};

/** `....x` is four answered requests and a failed one, `s` a stall; a number is a rate in Mbit/s. */
export function tallyOf(notation: string): Tally {
  const [marks = "", megabits] = notation.split("@");
  const count = (mark: string) => marks.split(mark).length - 1;
  return {
    ...EMPTY_TALLY,
    answered: count("."),
    failed: count("x"),
    stalls: count("s"),
    ...(megabits === undefined
      ? {}
      : { rates: 2, rateSumBitsPerSecond: 2 * Number(megabits) * 1_000_000 }),
  };
}
