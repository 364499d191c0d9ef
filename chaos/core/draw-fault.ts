/**
 * Decides whether a running fault touches a request: by its path, then by a draw of its share.
 *
 * The draw follows from the seed and from the request's number alone, counted over the requests to
 * the fault's paths. So the same seed touches the same requests, whatever else is asked meanwhile.
 */
import { seededRandom } from "../../kernel/seeded-random.ts";
import type { FaultRun } from "./fault-run.ts";
import { matchesSomePath } from "./path-pattern.ts";

export type FaultDecision =
  | { readonly action: "touch"; readonly reason: "every-request" | "drawn" }
  | { readonly action: "spare"; readonly reason: "other-path" | "not-drawn" };

/** @param target undefined for a stretch of a connection that is no HTTP. */
export function drawFault(
  run: FaultRun,
  target: string | undefined,
): { readonly run: FaultRun; readonly decision: FaultDecision } {
  const { paths, seed, share } = run.fault;
  if (!matchesSomePath(paths, target)) {
    return { run, decision: { action: "spare", reason: "other-path" } };
  }
  const number = run.numberedRequests + 1;
  const counted = { ...run, numberedRequests: number };
  if (share >= 1) return { run: counted, decision: { action: "touch", reason: "every-request" } };

  const isDrawn = seededRandom(`${seed} ${number}`)() < share;
  return {
    run: counted,
    decision: isDrawn
      ? { action: "touch", reason: "drawn" }
      : { action: "spare", reason: "not-drawn" },
  };
}
