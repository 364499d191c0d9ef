/**
 * Gives what is measured a processor of its own, and the load generator and all else the others.
 *
 * Side by side on the same processors, who gets how much of them is the scheduler's luck; apart, two
 * rounds of the same thing come out nearly alike.
 */
import type { Pinning } from "../contract/circumstances.ts";

export function choosePinning(found: {
  readonly hasTaskset: boolean;
  readonly processors: readonly number[];
}): Pinning {
  const [server, ...others] = found.processors;
  if (server === undefined || others.length === 0) {
    return { kind: "shared", reason: "one-processor" };
  }
  if (!found.hasTaskset) return { kind: "shared", reason: "taskset-not-installed" };
  return { kind: "pinned", server: String(server), load: others.join(",") };
}
