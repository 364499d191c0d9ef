/**
 * Keeps which pathway delivered which part of the media time line, for the ribbon under the picture.
 *
 * What is loaded again (after a seek, in another rendition) replaces what was noted before.
 */
import type { ServedSpan } from "../../contract/player-events.ts";

const MAX_SPANS = 2_000;
/** Segments meet within rounding: a gap or an overlap below this is none. */
const SEAM_SECONDS = 0.1;

/** Returns the spans with `added` laid over them: in order, without overlap, neighbours joined. */
export function laySpan(spans: readonly ServedSpan[], added: ServedSpan): readonly ServedSpan[] {
  const around = spans.flatMap((span) => cutOut(span, added));
  const inOrder = [...around, added].toSorted((a, b) => a.startSeconds - b.startSeconds);
  return inOrder.reduce<ServedSpan[]>(join, []).slice(-MAX_SPANS);
}

function cutOut(span: ServedSpan, hole: ServedSpan): readonly ServedSpan[] {
  const before = { ...span, endSeconds: Math.min(span.endSeconds, hole.startSeconds) };
  const after = { ...span, startSeconds: Math.max(span.startSeconds, hole.endSeconds) };
  return [before, after].filter((rest) => rest.endSeconds - rest.startSeconds > SEAM_SECONDS);
}

/** Adds to `joined`: to copy it at each step would take longer with each span that there is. */
function join(joined: ServedSpan[], span: ServedSpan): ServedSpan[] {
  const last = joined.at(-1);
  const isContinued =
    last !== undefined &&
    last.pathway === span.pathway &&
    last.resumedOn === undefined &&
    span.resumedOn === undefined &&
    span.startSeconds - last.endSeconds <= SEAM_SECONDS;
  if (isContinued) joined[joined.length - 1] = { ...last, endSeconds: span.endSeconds };
  else joined.push(span);
  return joined;
}
