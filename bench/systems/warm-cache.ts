/**
 * Fills a cache, and proves that it answers each object from itself: right status, right bytes, and
 * the cache's own word that this was a hit.
 */
import { setTimeout as delay } from "node:timers/promises";
import { BenchError } from "../errors.ts";
import type { LoadJob } from "../load/load-job.ts";
import { type Answer, askForSuccess } from "./ask.ts";
import type { BenchObject } from "./origin.ts";

/** More than the header fields of any answer here. */
const MOST_HEADER_BYTES = 4_096;
/** A cache may store an object only after it has sent it: it is asked again, ever later. */
const MAX_ASKS = 8;
const FIRST_PAUSE_MS = 10;

export async function warmCache(
  cache: { readonly name: string; readonly url: string },
  objects: readonly BenchObject[],
  isHit: (answer: Answer) => boolean,
): Promise<void> {
  for (const { path, sizeBytes, sha256 } of objects) {
    let hits = 0;
    for (let asks = 0; hits === 0 && asks < MAX_ASKS; asks += 1) {
      if (asks > 1) await delay(FIRST_PAUSE_MS * 2 ** asks);
      const answer = await askForSuccess(`${cache.url}${path}`);
      if (answer.body.length !== sizeBytes || answer.sha256 !== sha256) {
        throw new BenchError(`${cache.name} answered ${path} with other bytes than the origin`);
      }
      if (isHit(answer)) hits += 1;
    }
    if (hits === 0) throw new BenchError(`${cache.name} does not answer ${path} from its cache`);
  }
}

export function answerBytesOf(objects: readonly BenchObject[]): LoadJob["answerBytes"] {
  const sizes = objects.map(({ sizeBytes }) => sizeBytes);
  return { least: Math.min(...sizes), most: Math.max(...sizes) + MOST_HEADER_BYTES };
}
