import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EVICTION_POLICY_NAMES, newCacheIndex } from "./new-cache-index.ts";

describe("newCacheIndex()", () => {
  test("the default is the least recently used", () =>
    assert.equal(EVICTION_POLICY_NAMES[0], "lru"));
  for (const policyName of EVICTION_POLICY_NAMES) {
    test(`${policyName} gives an index of the limit that it is told`, () => {
      const index = newCacheIndex(policyName)<string>({
        limitBytes: 10,
        onRemoved: () => {},
        now: () => 1,
        random: () => 0.5,
      });
      assert.equal(index.limitBytes, 10);
      assert.equal(index.set("/a", "a", 4), true);
      assert.equal(index.get("/a"), "a");
    });
  }
});
