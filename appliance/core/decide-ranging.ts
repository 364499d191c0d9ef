/**
 * Decides whether a range of an object that is not stored is fetched by itself, or with all of the object.
 *
 * Who wants the beginning wants the rest soon, and a whole body serves everybody; what lies before the
 * range goes by meanwhile. Far into an object, or counted from its end, that would be a long wait: there
 * the range itself is asked for, and kept as a part.
 */
export type RangingPolicy = {
  /** A range that begins later than this is asked for by itself. */
  readonly maxSkippedBytes: number;
};

export type RangingDecision =
  | { readonly action: "fetch-whole"; readonly reason: "no-range" | "near-start" }
  | { readonly action: "fetch-part"; readonly reason: "suffix" | "far" };

const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

export function decideRanging(range: string | undefined, policy: RangingPolicy): RangingDecision {
  const [, first, last] = (range === undefined ? null : ONE_RANGE.exec(range)) ?? [];
  if (first === undefined || (first === "" && last === "")) {
    return { action: "fetch-whole", reason: "no-range" };
  }
  if (first === "") return { action: "fetch-part", reason: "suffix" };
  if (last !== "" && Number(last) < Number(first)) {
    return { action: "fetch-whole", reason: "no-range" };
  }
  return Number(first) > policy.maxSkippedBytes
    ? { action: "fetch-part", reason: "far" }
    : { action: "fetch-whole", reason: "near-start" };
}
