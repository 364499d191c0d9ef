import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCacheControl } from "./cache-control.ts";
import { explicitLifetimeMs, freshnessOf, httpDateMs, initialAgeMs } from "./freshness.ts";
import type { HeaderFields } from "./response-headers.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const DATE_MS = 784_111_777_000;

/** An answer asked for 200 ms before it arrived, at `DATE` unless told otherwise. */
function arrival(fields: HeaderFields, arrivedAtWallMs = DATE_MS) {
  return {
    fields,
    cacheControl: parseCacheControl(fields["cache-control"]),
    requestedAtWallMs: arrivedAtWallMs - 200,
    arrivedAtWallMs,
  };
}

describe("explicitLifetimeMs()", () => {
  for (const [fields, expected] of [
    [{ "cache-control": "max-age=6" }, 6_000],
    [{ "cache-control": "max-age=6, s-maxage=2" }, 2_000],
    [{ "cache-control": "max-age=6", expires: "0" }, 6_000],
    [{ date: DATE, expires: "Sun, 06 Nov 1994 08:49:47 GMT" }, 10_000],
    [{ expires: "Sun, 06 Nov 1994 08:49:47 GMT" }, 10_000],
    [{ date: DATE, expires: "Sun, 06 Nov 1994 08:49:27 GMT" }, 0],
    [{ expires: "0" }, 0],
    [{ "last-modified": DATE }, undefined],
  ] as const) {
    test(`of ${JSON.stringify(fields)} is ${expected}`, () =>
      assert.equal(explicitLifetimeMs(arrival(fields)), expected));
  }
});

describe("initialAgeMs()", () => {
  test("is what the way took where nothing else is known", () =>
    assert.equal(initialAgeMs(arrival({})), 200));
  test("adds the way to the Age of caches before", () =>
    assert.equal(initialAgeMs(arrival({ age: "5", date: DATE })), 5_200));
  test("is what Date tells where that is more", () =>
    assert.equal(initialAgeMs(arrival({ age: "5", date: DATE }, DATE_MS + 9_000)), 9_000));
  for (const [lateMs, expectedMs] of [
    [999, 200],
    [1_000, 1_000],
    [1_999, 1_000],
  ] as const) {
    test(`counts whole seconds since Date: ${lateMs} ms are ${expectedMs}`, () =>
      assert.equal(initialAgeMs(arrival({ date: DATE }, DATE_MS + lateMs)), expectedMs));
  }
  test("is never negative, though the origin's clock is ahead", () =>
    assert.equal(initialAgeMs(arrival({ date: DATE }, DATE_MS - 60_000)), 200));
  for (const age of ["-5", "x", "1.5", ""]) {
    test(`ignores the malformed Age "${age}"`, () =>
      assert.equal(initialAgeMs(arrival({ age })), 200));
  }
});

describe("freshnessOf()", () => {
  const policy = {
    notFoundFreshForMs: 1_000,
    disconnectedLifetimes: 2,
    longestDisconnectedMs: 100_000,
  };
  const of = (header: string) => freshnessOf(arrival({ "cache-control": header }), 1_000, policy);

  test("reads the two windows of RFC 5861", () =>
    assert.deepEqual(of("max-age=6, stale-while-revalidate=2, stale-if-error=3"), {
      freshForMs: 6_000,
      staleWhileRevalidateMs: 2_000,
      staleIfErrorMs: 3_000,
      staleIfDisconnectedMs: 3_000,
    }));
  test("falls back where the origin gives no lifetime", () =>
    assert.equal(freshnessOf(arrival({}), 1_000, policy).freshForMs, 1_000));
  for (const forbidding of ["must-revalidate", "proxy-revalidate", "no-cache"]) {
    test(`allows nothing stale with ${forbidding}`, () => {
      const { freshForMs, ...windows } = of(
        `max-age=6, stale-while-revalidate=2, stale-if-error=3, ${forbidding}`,
      );
      assert.deepEqual(Object.values(windows), [0, 0, 0]);
    });
  }
  for (const [header, expectedMs] of [
    ["max-age=1", 2_000],
    ["max-age=0", 0],
    ["max-age=50", 100_000],
    ["max-age=51", 100_000],
    ["max-age=6, s-maxage=6", 0],
    ["max-age=6, must-revalidate", 0],
    ["no-cache, max-age=6", 0],
    ["public", 0],
    ["max-age=6, stale-if-error=0", 0],
    ["max-age=1, stale-if-error=3600", 3_600_000],
    ["s-maxage=1, stale-if-error=5", 5_000],
  ] as const) {
    test(`lets "${header}" serve ${expectedMs} ms more while the origin does not answer`, () =>
      assert.equal(of(header).staleIfDisconnectedMs, expectedMs));
  }
  test("allows nothing stale after an error unless the origin says so", () =>
    assert.equal(of("max-age=6").staleIfErrorMs, 0));
  test("is never fresh with no-cache", () => assert.equal(of("max-age=6, no-cache").freshForMs, 0));
});

describe("httpDateMs()", () => {
  for (const text of [DATE, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]) {
    test(`reads ${text}`, () => assert.equal(httpDateMs(text), DATE_MS));
  }
  for (const text of [
    undefined,
    "",
    "0",
    "tomorrow",
    "2020-01-01",
    "Sun, 06 Nov 1994 08:49:37 EST",
  ]) {
    test(`refuses ${text}`, () => assert.equal(httpDateMs(text), undefined));
  }
});
