/**
 * What waits for one target, when it is sent, and what follows from the answer (CTA-5004-B §5, 11–15).
 *
 * A report is in one place: it waits, it is under way, or it was sent or dropped and is counted. What did
 * not arrive goes to the front again, so that reports stay in their order, but for those that went beside
 * others; where too many wait, the oldest go. A number that is missing (`sn`) tells the target of it.
 */
import { backoffMs } from "../../../kernel/backoff.ts";
import type { ReportPolicy } from "../../contract/report-options.ts";

export type ReportQueue = {
  readonly state: "open" | "ended";
  readonly waiting: readonly string[];
  readonly underWay: readonly string[];
  /** A second body, for a page that may not be there any more when the first one is answered. */
  readonly beside: readonly string[];
  readonly sent: number;
  readonly dropped: number;
  /** Nothing is sent before. */
  readonly dueMs: number;
  readonly troublesInRow: number;
  readonly refusalsInRow: number;
};

export type ReportAnswer =
  | { readonly kind: "no-answer" }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly retryAfterMs: number | undefined;
    };

type World = {
  readonly policy: ReportPolicy;
  readonly nowMs: number;
  readonly random: () => number;
};

export const EMPTY_QUEUE: ReportQueue = {
  state: "open",
  waiting: [],
  underWay: [],
  beside: [],
  sent: 0,
  dropped: 0,
  dueMs: 0,
  troublesInRow: 0,
  refusalsInRow: 0,
};

/** @param isUrgent it tells of trouble, and goes at once unless the target has asked for patience. */
export function enqueueReport(
  queue: ReportQueue,
  { line, isUrgent }: { readonly line: string; readonly isUrgent: boolean },
  { policy, nowMs }: Pick<World, "policy" | "nowMs">,
): ReportQueue {
  if (queue.state === "ended") return { ...queue, dropped: queue.dropped + 1 };
  const { waiting, dueMs, troublesInRow } = queue;
  const collectedMs = waiting.length === 0 ? Math.max(dueMs, nowMs + policy.collectMs) : dueMs;
  return withinLimit(
    {
      ...queue,
      waiting: [...waiting, line],
      dueMs: isUrgent && troublesInRow === 0 ? Math.min(dueMs, nowMs) : collectedMs,
    },
    policy,
  );
}

/** The page may be gone soon: what waits need not be collected any longer. */
export function hastenReports(queue: ReportQueue, nowMs: number): ReportQueue {
  return queue.troublesInRow > 0 ? queue : { ...queue, dueMs: Math.min(queue.dueMs, nowMs) };
}

/** And need not wait for the answer to what is under way: the newest goes beside it, if not all of it. */
export function takeBeside(queue: ReportQueue, policy: ReportPolicy): ReportQueue {
  const { waiting, underWay, beside, troublesInRow } = queue;
  const mayGo = underWay.length > 0 && beside.length === 0 && troublesInRow === 0;
  const lines = mayGo ? lastBatch(queue, policy) : [];
  if (lines.length === 0) return queue;
  return { ...queue, beside: lines, waiting: waiting.slice(0, -lines.length) };
}

/** The page is gone: what may still be sent at once, the newest if not all of it. */
export function lastBatch(queue: ReportQueue, policy: ReportPolicy): readonly string[] {
  let characters = 0;
  const newestFirst = queue.waiting.toReversed();
  const excess = newestFirst.findIndex((line) => {
    characters += line.length + 1;
    return characters > policy.maxBatchCharacters;
  });
  return (excess === -1 ? newestFirst : newestFirst.slice(0, excess)).reverse();
}

/** The next body goes under way, if its time has come. */
export function takeBatch(
  queue: ReportQueue,
  { policy, nowMs }: Pick<World, "policy" | "nowMs">,
): ReportQueue {
  const isFull = queue.waiting.length >= policy.maxBatch && queue.troublesInRow === 0;
  const isDue = nowMs >= queue.dueMs || isFull;
  if (queue.waiting.length === 0 || queue.underWay.length > 0 || !isDue) return queue;
  let characters = 0;
  let count = 0;
  for (const line of queue.waiting.slice(0, policy.maxBatch)) {
    characters += line.length + 1;
    if (count > 0 && characters > policy.maxBatchCharacters) break;
    count += 1;
  }
  return {
    ...queue,
    underWay: queue.waiting.slice(0, count),
    waiting: queue.waiting.slice(count),
    dueMs: count < queue.waiting.length ? nowMs : nowMs + policy.collectMs,
  };
}

/** What came of the body that was under way. */
export function observeAnswer(queue: ReportQueue, answer: ReportAnswer, world: World): ReportQueue {
  const { underWay, beside, waiting, sent, dropped, refusalsInRow } = queue;
  const settled = { ...queue, underWay: [], troublesInRow: 0, refusalsInRow: 0 };
  if (answer.kind === "no-answer" || answer.status === 429 || answer.status >= 500) {
    return askAgain(queue, answer, world);
  }
  if (answer.status < 400) return { ...settled, sent: sent + underWay.length };
  const isEnd = answer.status === 410 || refusalsInRow + 1 >= world.policy.refusalsToEnd;
  if (!isEnd) {
    return {
      ...settled,
      dropped: dropped + underWay.length,
      refusalsInRow: refusalsInRow + 1,
    };
  }
  return {
    ...settled,
    state: "ended",
    waiting: [],
    beside: [],
    dropped: dropped + underWay.length + beside.length + waiting.length,
  };
}

/** What came of the body beside it. */
export function observeBeside(queue: ReportQueue, answer: ReportAnswer, world: World): ReportQueue {
  const { underWay, beside } = queue;
  const seen = observeAnswer({ ...queue, underWay: beside, beside: underWay }, answer, world);
  return { ...seen, underWay: seen.beside, beside: [] };
}

function askAgain(
  queue: ReportQueue,
  answer: ReportAnswer,
  { policy, nowMs, random }: World,
): ReportQueue {
  const troublesInRow = queue.troublesInRow + 1;
  const pauses = { firstMs: policy.retryFirstMs, longestMs: policy.retryLongestMs };
  const asked = answer.kind === "answer" ? (answer.retryAfterMs ?? 0) : 0;
  const pauseMs = Math.max(
    backoffMs(troublesInRow, pauses, random),
    Math.min(asked, policy.retryAfterLongestMs),
  );
  return withinLimit(
    {
      ...queue,
      waiting: [...queue.underWay, ...queue.waiting],
      underWay: [],
      troublesInRow,
      dueMs: nowMs + pauseMs,
    },
    policy,
  );
}

function withinLimit(queue: ReportQueue, { maxWaiting }: ReportPolicy): ReportQueue {
  const excess = queue.waiting.length - maxWaiting;
  if (excess <= 0) return queue;
  return { ...queue, waiting: queue.waiting.slice(excess), dropped: queue.dropped + excess };
}
