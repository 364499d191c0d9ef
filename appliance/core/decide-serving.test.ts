import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideAfterFailure, decideServing } from "./decide-serving.ts";
import { NO_DIRECTIVES } from "./request-directives.ts";
import type { StoredMetadata } from "./stored-metadata.ts";

/** Fresh until 7 000, usable while it is revalidated until 9 000, on errors until 11 000, without an answer until 13 000. */
const STORED: StoredMetadata = {
  key: "/a",
  status: 200,
  fields: { etag: '"1"' },
  sizeBytes: 1,
  arrivedAtWallMs: 1_000,
  initialAgeMs: 0,
  answeredInMs: 0,
  freshForMs: 6_000,
  staleWhileRevalidateMs: 2_000,
  staleIfErrorMs: 4_000,
  staleIfDisconnectedMs: 6_000,
};

describe("decideServing()", () => {
  test("fetches when nothing is stored", () =>
    assert.deepEqual(decideServing(undefined, 1_000), {
      action: "fetch",
      reason: "nothing-stored",
    }));
  for (const [nowMs, action, reason] of [
    [6_999, "serve", "fresh"],
    [7_000, "serve-and-revalidate", "stale-while-revalidate"],
    [8_999, "serve-and-revalidate", "stale-while-revalidate"],
    [9_000, "revalidate", "expired"],
  ] as const) {
    test(`at ${nowMs} ms, answers ${action}`, () =>
      assert.deepEqual(decideServing(STORED, nowMs), { action, reason }));
  }
  test("fetches anew what has expired and has no validator", () =>
    assert.deepEqual(decideServing({ ...STORED, fields: {} }, 9_000), {
      action: "fetch",
      reason: "expired",
    }));
  test("counts the age that it had on arrival", () =>
    assert.equal(
      decideServing({ ...STORED, initialAgeMs: 3_000 }, 4_000).reason,
      "stale-while-revalidate",
    ));
});

describe("decideServing() a client with wishes", () => {
  const IMMUTABLE: StoredMetadata = { ...STORED, isImmutable: true };
  const STRICT: StoredMetadata = { ...STORED, staleWhileRevalidateMs: 0, forbidsStale: true };
  const LENIENT: StoredMetadata = { ...STORED, staleWhileRevalidateMs: 0 };
  for (const [name, stored, wishes, nowMs, expected] of [
    ["no-cache", STORED, { noCache: true }, 6_999, "revalidate request"],
    [
      "no-cache, without a validator",
      { ...STORED, fields: {} },
      { noCache: true },
      6_999,
      "fetch request",
    ],
    ["no-cache, immutable", IMMUTABLE, { noCache: true }, 6_999, "serve fresh"],
    ["no-cache, immutable but stale", IMMUTABLE, { noCache: true }, 7_000, "revalidate request"],
    ["max-age, at its limit", STORED, { maxAgeMs: 2_000 }, 3_000, "serve fresh"],
    ["max-age, beyond it", STORED, { maxAgeMs: 2_000 }, 3_001, "revalidate request"],
    ["min-fresh, at its limit", STORED, { minFreshMs: 2_000 }, 5_000, "serve fresh"],
    ["min-fresh, beyond it", STORED, { minFreshMs: 2_000 }, 5_001, "revalidate request"],
    ["max-stale, within it", LENIENT, { maxStaleMs: 2_000 }, 8_999, "serve max-stale"],
    ["max-stale, at its limit", LENIENT, { maxStaleMs: 2_000 }, 9_000, "revalidate expired"],
    [
      "max-stale, which the origin forbids",
      STRICT,
      { maxStaleMs: 2_000 },
      8_999,
      "revalidate expired",
    ],
    ["nothing that counts", STORED, {}, 7_000, "serve-and-revalidate stale-while-revalidate"],
  ] as const) {
    test(`${name}: ${expected}`, () => {
      const decision = decideServing(stored, nowMs, { ...NO_DIRECTIVES, ...wishes });
      assert.equal(`${decision.action} ${decision.reason}`, expected);
    });
  }
});

describe("decideAfterFailure()", () => {
  test("fails when nothing is stored", () =>
    assert.deepEqual(decideAfterFailure(undefined, "disconnected", 1), {
      action: "fail",
      reason: "nothing-stored",
    }));
  for (const [trouble, nowMs, action, reason] of [
    ["error", 10_999, "serve", "stale-if-error"],
    ["error", 11_000, "fail", "expired"],
    ["disconnected", 10_999, "serve", "stale-if-error"],
    ["disconnected", 11_000, "serve", "disconnected"],
    ["disconnected", 12_999, "serve", "disconnected"],
    ["disconnected", 13_000, "fail", "expired"],
  ] as const) {
    test(`at ${nowMs} ms, ${trouble}, answers ${action} ${reason}`, () =>
      assert.deepEqual(decideAfterFailure(STORED, trouble, nowMs), { action, reason }));
  }
});
