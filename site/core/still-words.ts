/** How a picture of the comparison is doing, in a few words. */
import { type FrozenWatch, frozenInAllMs, frozenNowMs } from "./frozen-watch.ts";
import { durationWords } from "./quantity-words.ts";

export function stillWords(watch: FrozenWatch, hasGivenUp = false): string {
  const inAllMs = frozenInAllMs(watch);
  if (hasGivenUp) return `gave up; stood still for ${durationWords(inAllMs)}`;
  if (frozenNowMs(watch) > 0) return `stands still, ${durationWords(inAllMs)} so far`;
  return inAllMs === 0 ? "has not stood still" : `stood still for ${durationWords(inAllMs)}`;
}
