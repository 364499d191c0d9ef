/** Of each request of a trace, the row in which its object is asked for next; `NEVER` where it is not. */
import type { Trace } from "./trace.ts";

export const NEVER = 0xffff_ffff;

export function findNextUses({ asked, objects }: Trace): Uint32Array {
  const nextUses = new Uint32Array(asked.length);
  const nextOf = new Uint32Array(objects.length).fill(NEVER);
  for (let row = asked.length - 1; row >= 0; row -= 1) {
    const object = asked[row] ?? 0;
    nextUses[row] = nextOf[object] ?? NEVER;
    nextOf[object] = row;
  }
  return nextUses;
}
