import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decidePrefetching } from "./decide-prefetching.ts";

const POLICY = { depth: 2, maxRunning: 3 };

/** `.` is there, `x` is missing. */
function decide(ahead: string, { isOriginIdle = true, running = 0 } = {}): string {
  const segments = Array.from(ahead, (mark, index) => ({ key: `${index}`, isThere: mark === "." }));
  const decision = decidePrefetching({ ahead: segments, isOriginIdle, running }, POLICY);
  return decision.action === "fetch" ? decision.keys.join() : decision.reason;
}

describe("decidePrefetching()", () => {
  for (const [name, actual, expected] of [
    ["fetches the next segments, as many as the depth", decide("xxx"), "0,1"],
    ["fetches only what is missing", decide(".x"), "1"],
    ["does not look beyond the depth", decide("..x"), "all-there"],
    ["asks for nothing that is not listed", decide(""), "end-of-list"],
    [
      "leaves a busy origin to those who wait",
      decide("xx", { isOriginIdle: false }),
      "origin-busy",
    ],
    ["fetches no more at a time than it may", decide("xx", { running: 2 }), "0"],
    ["waits while as many as may are under way", decide("xx", { running: 3 }), "too-many"],
  ] as const) {
    test(name, () => assert.equal(actual, expected));
  }
});
