/**
 * How quickly bytes have been coming from one host lately, all its answers taken together.
 *
 * Only the time in which an answer was being received counts, so that a viewer whose buffer is full
 * has no slow hosts; and it counts once, so that picture and sound that share a link do not each look
 * half as quick as the link is. What an answer that was aborted had shown stays shown.
 */

/** A stretch of receiving time with what came in it. */
type Slice = { readonly spanMs: number; readonly bytes: number };

export type Flow = {
  /** Oldest first; together they span little more than the window. */
  readonly slices: readonly Slice[];
  /** Answers that are being received. */
  readonly open: number;
  /** Up to when the slices reach. */
  readonly seenMs: number;
  readonly lastByteMs: number | undefined;
};

export type Pace = {
  readonly bytesPerSecond: number;
  /** Receiving time that it was measured over. */
  readonly overMs: number;
  readonly bytes: number;
};

export const DRY: Flow = { slices: [], open: 0, seenMs: 0, lastByteMs: undefined };

/** Shorter stretches of receiving time are joined. */
const SLICE_MS = 100;

export function openAnswer(flow: Flow, nowMs: number, windowMs: number): Flow {
  const now = advance(flow, nowMs, windowMs);
  return { ...now, open: now.open + 1 };
}

export function takeBytes(flow: Flow, bytes: number, nowMs: number, windowMs: number): Flow {
  const now = advance(flow, nowMs, windowMs);
  return { ...now, slices: extend(now.slices, { spanMs: 0, bytes }), lastByteMs: nowMs };
}

export function closeAnswer(flow: Flow, nowMs: number, windowMs: number): Flow {
  const now = advance(flow, nowMs, windowMs);
  return { ...now, open: Math.max(0, now.open - 1) };
}

/** What is under way goes on, but what it has shown so far no longer counts. */
export function forgetPace(flow: Flow, nowMs: number): Flow {
  return { ...DRY, open: flow.open, seenMs: nowMs };
}

/** @param windowMs at most the one that the flow is kept for. */
export function paceOf(flow: Flow, nowMs: number, windowMs: number): Pace {
  const slices = within(advance(flow, nowMs, windowMs).slices, windowMs);
  const overMs = slices.reduce((sum, { spanMs }) => sum + spanMs, 0);
  const bytes = slices.reduce((sum, slice) => sum + slice.bytes, 0);
  return { bytesPerSecond: (bytes * 1_000) / Math.max(1, overMs), overMs, bytes };
}

/** Time has passed; it counts if somebody was receiving. */
function advance(flow: Flow, nowMs: number, windowMs: number): Flow {
  const spanMs = nowMs - flow.seenMs;
  if (flow.open === 0 || spanMs <= 0) return { ...flow, seenMs: Math.max(nowMs, flow.seenMs) };
  const slices = extend(flow.slices, { spanMs, bytes: 0 });
  return { ...flow, slices: within(slices, windowMs), seenMs: nowMs };
}

/** Bytes belong to the time before them, in which they were awaited. */
function extend(slices: readonly Slice[], added: Slice): readonly Slice[] {
  const last = slices.at(-1);
  if (last === undefined) return [added];
  if (added.spanMs > 0 && last.spanMs + added.spanMs > SLICE_MS) return [...slices, added];
  const joined = { spanMs: last.spanMs + added.spanMs, bytes: last.bytes + added.bytes };
  return [...slices.slice(0, -1), joined];
}

/** The newest slices that fill the window. */
function within(slices: readonly Slice[], windowMs: number): readonly Slice[] {
  let spanMs = 0;
  const first = slices.findLastIndex((slice) => {
    spanMs += slice.spanMs;
    return spanMs >= windowMs;
  });
  return first <= 0 ? slices : slices.slice(first);
}
