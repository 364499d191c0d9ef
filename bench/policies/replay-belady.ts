/**
 * The offline bound: knows the future, keeps what is used soonest, and does not take in what is used
 * later than all it would have to give up.
 *
 * After Belady (1966), with bypass. For objects of one size nobody can miss less. For different sizes
 * the best is a hard problem; then this is the usual yardstick, close to the best for bytes and not a
 * proof. No policy sees what it sees: it is there to tell how much is left to gain.
 */
import { FurthestFirst } from "./furthest-first.ts";
import { findNextUses, NEVER } from "./next-uses.ts";
import type { ReplayScore } from "./replay-score.ts";
import type { Trace } from "./trace.ts";

export function replayBelady(trace: Trace, limitBytes: number): ReplayScore {
  const { objects, asked } = trace;
  const nextUses = findNextUses(trace);
  const held = new FurthestFirst(objects.length);
  const sizeOf = (object: number) => objects[object]?.sizeBytes ?? 0;
  const score = {
    requests: asked.length,
    missedRequests: 0,
    bytes: 0,
    missedBytes: 0,
    writtenBytes: 0,
  };
  let freeBytes = limitBytes;

  for (let row = 0; row < asked.length; row += 1) {
    const object = asked[row] ?? 0;
    const nextUse = nextUses[row] ?? NEVER;
    const sizeBytes = sizeOf(object);
    score.bytes += sizeBytes;
    if (held.has(object)) {
      held.put(object, nextUse);
      continue;
    }
    score.missedRequests += 1;
    score.missedBytes += sizeBytes;
    if (nextUse === NEVER || sizeBytes > limitBytes) continue;

    const givenUp: number[] = [];
    let roomBytes = freeBytes;
    for (let last = held.top(); roomBytes < sizeBytes && last !== undefined; last = held.top()) {
      if (held.nextUseOf(last) <= nextUse) break;
      held.remove(last);
      givenUp.push(last);
      roomBytes += sizeOf(last);
    }
    if (roomBytes < sizeBytes) {
      // Not enough is used later than this one, so nothing goes for it.
      for (const kept of givenUp) held.put(kept, held.nextUseOf(kept));
      continue;
    }
    freeBytes = roomBytes - sizeBytes;
    held.put(object, nextUse);
    score.writtenBytes += sizeBytes;
  }
  return score;
}
