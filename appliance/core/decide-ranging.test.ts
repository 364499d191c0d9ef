import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideRanging } from "./decide-ranging.ts";

describe("decideRanging()", () => {
  for (const [range, expected] of [
    [undefined, "fetch-whole no-range"],
    ["bytes=0-", "fetch-whole near-start"],
    ["bytes=100-", "fetch-whole near-start"],
    ["bytes=101-", "fetch-part far"],
    ["bytes=101-200", "fetch-part far"],
    ["bytes=-1", "fetch-part suffix"],
    ["bytes=200-101", "fetch-whole no-range"],
    ["bytes=101-102, 104-", "fetch-whole no-range"],
    ["bytes=-", "fetch-whole no-range"],
    ["lines=101-", "fetch-whole no-range"],
  ] as const) {
    test(`${range}: ${expected}`, () => {
      const { action, reason } = decideRanging(range, { maxSkippedBytes: 100 });
      assert.equal(`${action} ${reason}`, expected);
    });
  }
});
