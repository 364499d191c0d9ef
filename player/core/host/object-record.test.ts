import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import {
  blamesHostForObjects,
  NOTHING_OBSERVED,
  type ObjectRecord,
  observeObject,
} from "./object-record.ts";

const POLICY = {
  ...DEFAULT_FAILOVER_POLICY,
  badObjectsToBlame: 3,
  badObjectsOf: 6,
  badObjectsWindowMs: 10_000,
};

/** One object per letter, a capital for a bad one, in steps of so many milliseconds. */
function blames(marks: string, stepMs = 1_000): boolean {
  let record: ObjectRecord = NOTHING_OBSERVED;
  for (const [index, mark] of Array.from(marks).entries()) {
    const object = { name: mark.toLowerCase(), isBad: mark !== mark.toLowerCase() };
    record = observeObject(record, object, POLICY, 1 + index * stepMs);
  }
  assert.ok(record.length <= POLICY.badObjectsOf);
  return blamesHostForObjects(record, POLICY);
}

describe("bad objects", () => {
  for (const [rule, marks, stepMs, expected] of [
    ["one is nobody's fault", "A", 1_000, false],
    ["two are not either", "AB", 1_000, false],
    ["three are the host's", "ABC", 1_000, true],
    ["with good ones between them too", "AxByCz", 1_000, true],
    ["unless there are many good ones", "AwBxyzC", 1_000, false],
    ["the same one counts once", "AAAAB", 1_000, false],
    ["one that came right in the end does not", "AaBC", 1_000, false],
    ["within the window", "ABC", 4_999, true],
    ["and no longer at its end", "ABC", 5_000, false],
  ] as const) {
    test(rule, () => assert.equal(blames(marks, stepMs), expected));
  }
});
