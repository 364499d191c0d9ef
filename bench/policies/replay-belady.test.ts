import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { newAdmitAlways } from "../../appliance/core/admission/admit-always.ts";
import { newLruIndex } from "../../appliance/core/eviction/lru-index.ts";
import { replayBelady } from "./replay-belady.ts";
import { replayPolicy } from "./replay-policy.ts";
import { type Trace, TraceBuilder } from "./trace.ts";

/** Each letter is a request; a letter's size is looked up, else 1. */
function traceOf(letters: string, sizes: Readonly<Record<string, number>> = {}): Trace {
  const builder = new TraceBuilder();
  for (const [second, letter] of [...letters].entries()) {
    builder.ask(second * 1_000, builder.objectIndex(letter, sizes[letter] ?? 1));
  }
  return builder.build();
}

/** Tries every way to keep what was held and what has come. */
function fewestMissedBytes(trace: Trace, limitBytes: number): number {
  let states = new Map<string, number>([["", 0]]);
  for (const index of trace.asked) {
    const { key, sizeBytes } = trace.objects[index] ?? { key: "", sizeBytes: 0 };
    const next = new Map<string, number>();
    for (const [held, missed] of states) {
      const isHit = held.includes(key);
      const all = isHit ? held : [...held, key].sort().join("");
      for (const kept of subsetsOf(all)) {
        if (sizeOf(trace, kept) > limitBytes) continue;
        const total = missed + (isHit ? 0 : sizeBytes);
        next.set(kept, Math.min(total, next.get(kept) ?? Number.POSITIVE_INFINITY));
      }
    }
    states = next;
  }
  return Math.min(...states.values());
}

function subsetsOf(letters: string): string[] {
  const all = [""];
  for (const letter of letters) all.push(...all.map((set) => set + letter));
  return all;
}

function sizeOf({ objects }: Trace, letters: string): number {
  return objects
    .filter(({ key }) => letters.includes(key))
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

const requests = fc.array(fc.constantFrom(..."abcde"), { minLength: 1, maxLength: 12 });

describe("replayBelady()", () => {
  for (const [letters, limitBytes, expected] of [
    ["", 1, 0],
    ["a", 1, 1],
    ["aaaa", 1, 1],
    ["abab", 2, 2],
    // b is never asked for again, so a stays.
    ["abaca", 1, 3],
    ["abcabc", 2, 4],
    ["abcabc", 3, 3],
  ] as const) {
    test(`${letters || "(nothing)"} in ${limitBytes}: ${expected} misses`, () =>
      assert.equal(replayBelady(traceOf(letters), limitBytes).missedRequests, expected));
  }

  test("misses as few as can be, where all objects are of one size", () =>
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 4 }), (letters, limitBytes) => {
        const trace = traceOf(letters.join(""));
        const { missedBytes } = replayBelady(trace, limitBytes);
        assert.equal(missedBytes, fewestMissedBytes(trace, limitBytes));
      }),
      { numRuns: 150, seed: 3 },
    ));

  test("is never better than the best, whatever the sizes", () =>
    fc.assert(
      fc.property(requests, fc.integer({ min: 3, max: 8 }), (letters, limitBytes) => {
        const trace = traceOf(letters.join(""), { a: 1, b: 2, c: 3, d: 4, e: 5 });
        const { missedBytes } = replayBelady(trace, limitBytes);
        assert.ok(missedBytes >= fewestMissedBytes(trace, limitBytes));
      }),
      { numRuns: 100, seed: 3 },
    ));

  test("counts bytes, and writes only what comes again", () => {
    const trace = traceOf("abca", { a: 10, b: 20, c: 30 });
    assert.deepEqual(replayBelady(trace, 100), {
      requests: 4,
      missedRequests: 3,
      bytes: 70,
      missedBytes: 60,
      writtenBytes: 10,
    });
  });

  test("a policy counts the same requests and bytes", () => {
    const trace = traceOf("abca", { a: 10, b: 20, c: 30 });
    const options = { newIndex: newLruIndex, newAdmission: newAdmitAlways, limitBytes: 50 };
    assert.deepEqual(replayPolicy(trace, options), {
      requests: 4,
      missedRequests: 4,
      bytes: 70,
      missedBytes: 70,
      writtenBytes: 70,
    });
  });
});
