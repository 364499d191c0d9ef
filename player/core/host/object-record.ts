/**
 * When do bad objects speak against the host that sent them?
 *
 * One object that is missing or damaged says nothing of the others, so it is fetched elsewhere and
 * nobody moves. Several different ones among the latest say that the host is at fault: each of them costs
 * a second request.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type ObjectRecord = readonly ObservedObject[];

type ObservedObject = { readonly name: string; readonly isBad: boolean; readonly atMs: number };

export const NOTHING_OBSERVED: ObjectRecord = [];

/** An object counts once, by what came of it last: asking again for a bad one proves nothing more. */
export function observeObject(
  record: ObjectRecord,
  object: Omit<ObservedObject, "atMs">,
  policy: FailoverPolicy,
  nowMs: number,
): ObjectRecord {
  const others = record.filter(
    ({ name, atMs }) => name !== object.name && nowMs - atMs < policy.badObjectsWindowMs,
  );
  return [...others, { ...object, atMs: nowMs }].slice(-policy.badObjectsOf);
}

export function blamesHostForObjects(record: ObjectRecord, policy: FailoverPolicy): boolean {
  return record.filter(({ isBad }) => isBad).length >= policy.badObjectsToBlame;
}
