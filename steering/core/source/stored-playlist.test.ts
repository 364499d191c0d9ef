import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideCopy, freshnessMs } from "./stored-playlist.ts";

const POLICY = {
  shortestMs: 1_000,
  longestMs: 60_000,
  refreshBehindMs: 30_000,
  refreshBehindLiveMs: 1_000,
};
const COPY = { fetchedAtMs: 1_000, freshForMs: 2_000, isLive: false };

describe("decideCopy()", () => {
  test("fetches when nothing is stored", () =>
    assert.equal(decideCopy(undefined, POLICY, 1).reason, "nothing-stored"));
  for (const [nowMs, action] of [
    [2_999, "use"],
    [3_000, "use-and-refresh"],
    [32_999, "use-and-refresh"],
    [33_000, "fetch"],
  ] as const) {
    test(`at ${nowMs} ms: ${action}`, () =>
      assert.equal(decideCopy(COPY, POLICY, nowMs).action, action));
  }
  for (const [nowMs, action] of [
    [2_999, "use"],
    [3_000, "use-and-refresh"],
    [3_999, "use-and-refresh"],
    [4_000, "fetch"],
  ] as const) {
    test(`of a live one at ${nowMs} ms: ${action}`, () =>
      assert.equal(decideCopy({ ...COPY, isLive: true }, POLICY, nowMs).action, action));
  }
});

describe("freshnessMs()", () => {
  for (const [cacheControl, expectedMs] of [
    ["max-age=5", 5_000],
    ["public, max-age=5", 5_000],
    ["public,max-age=31536000,immutable", 60_000],
    ["max-age=0", 1_000],
    ["no-store", 1_000],
    ["s-maxage=9", 1_000],
    [undefined, 1_000],
  ] as const) {
    test(`${cacheControl}: ${expectedMs} ms`, () =>
      assert.equal(freshnessMs(cacheControl, POLICY), expectedMs));
  }
});
