import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NO_DIRECTIVES, readRequestDirectives } from "./request-directives.ts";

const EVER = Number.POSITIVE_INFINITY;

describe("readRequestDirectives()", () => {
  for (const [cacheControl, pragma, expected] of [
    [undefined, undefined, {}],
    ["no-cache", undefined, { noCache: true }],
    [undefined, "no-cache", { noCache: true }],
    ["max-age=60", "no-cache", { maxAgeMs: 60_000 }],
    [undefined, "x-other", {}],
    ["no-store", undefined, { noStore: true }],
    ["max-age=0", undefined, { maxAgeMs: 0 }],
    ["max-age=soon", undefined, { maxAgeMs: 0 }],
    ["min-fresh=5", undefined, { minFreshMs: 5_000 }],
    ["max-stale", undefined, { maxStaleMs: EVER }],
    ["max-stale=5", undefined, { maxStaleMs: 5_000 }],
    ["max-stale=x", undefined, { maxStaleMs: 0 }],
    ["only-if-cached", undefined, { onlyIfCached: true }],
  ] as const) {
    test(`reads "${cacheControl}" and Pragma "${pragma}"`, () =>
      assert.deepEqual(readRequestDirectives(cacheControl, pragma, "all"), {
        ...NO_DIRECTIVES,
        ...expected,
      }));
  }

  test("listens only to what costs the origin nothing, where the operator has not said otherwise", () =>
    assert.deepEqual(
      readRequestDirectives(
        "no-cache, no-store, max-age=0, min-fresh=9, max-stale=5, only-if-cached",
        "no-cache",
        "harmless",
      ),
      { ...NO_DIRECTIVES, maxStaleMs: 5_000, onlyIfCached: true },
    ));
});
