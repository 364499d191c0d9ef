import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { explicitLifetimeMs, freshnessOf, heuristicLifetimeMs, initialAgeMs } from "./freshness.ts";
import { LIFETIMES } from "./lifetimes.rig.ts";
import type { HeaderFields } from "./response-headers.ts";
import { effectiveCacheControl } from "./targeted-cache-control.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const DATE_MS = 784_111_777_000;

/** An answer asked for 200 ms before it arrived, at `DATE` unless told otherwise. */
function arrival(fields: HeaderFields, arrivedAtWallMs = DATE_MS, status = 200) {
  return {
    status,
    fields,
    ...effectiveCacheControl(fields),
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
  const of = (header: string) =>
    freshnessOf(arrival({ "cache-control": header }), 1_000, LIFETIMES);

  test("reads the two windows of RFC 5861", () =>
    assert.deepEqual(of("max-age=6, stale-while-revalidate=2, stale-if-error=3"), {
      freshForMs: 6_000,
      staleWhileRevalidateMs: 2_000,
      staleIfErrorMs: 3_000,
      staleIfDisconnectedMs: 3_000,
    }));
  test("falls back where the origin gives no lifetime", () =>
    assert.equal(freshnessOf(arrival({}), 1_000, LIFETIMES).freshForMs, 1_000));
  for (const forbidding of ["must-revalidate", "proxy-revalidate", "no-cache"]) {
    test(`allows nothing stale with ${forbidding}`, () => {
      const { freshForMs, forbidsStale, ...windows } = of(
        `max-age=6, stale-while-revalidate=2, stale-if-error=3, ${forbidding}`,
      );
      assert.deepEqual(Object.values(windows), [0, 0, 0]);
      assert.equal(forbidsStale, true);
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

describe("freshnessOf() a playlist without a lifetime", () => {
  for (const [status, fields, freshForMs, withoutOriginMs] of [
    [200, { "last-modified": "Sun, 06 Nov 1994 08:49:27 GMT" }, 1_000, 0],
    [200, { "last-modified": "Sun, 06 Nov 1994 08:49:07 GMT" }, 2_000, 1_000],
    [200, { "last-modified": "Sat, 06 Nov 1993 08:49:37 GMT" }, 2_000, 100_000],
    [404, { "last-modified": "Sat, 06 Nov 1993 08:49:37 GMT" }, 2_000, 58_000],
    [
      200,
      { "last-modified": "Sat, 06 Nov 1993 08:49:37 GMT", "cache-control": "must-revalidate" },
      2_000,
      0,
    ],
    [
      200,
      { "last-modified": "Sat, 06 Nov 1993 08:49:37 GMT", "cache-control": "max-age=9" },
      9_000,
      18_000,
    ],
    [200, {}, 0, 0],
  ] as const) {
    test(`${status} ${JSON.stringify(fields)}: ${freshForMs} ms, ${withoutOriginMs} more without an origin`, () => {
      const answer = { ...arrival(fields, DATE_MS, status), isPlaylist: true };
      const freshness = freshnessOf(answer, 0, LIFETIMES);
      assert.equal(freshness.freshForMs, freshForMs);
      assert.equal(freshness.staleIfDisconnectedMs, withoutOriginMs);
    });
  }
});

describe("freshnessOf() an error", () => {
  for (const [status, header, freshForMs, staleMs] of [
    [404, "max-age=59", 59_000, 100_000],
    [404, "max-age=3600", 60_000, 100_000],
    [500, "max-age=9, stale-if-error=60", 9_000, 0],
    [503, "max-age=3600", 10_000, 0],
  ] as const) {
    test(`${status}, ${header}: ${freshForMs} ms fresh, ${staleMs} ms more without an origin`, () => {
      const answer = arrival({ "cache-control": header }, DATE_MS, status);
      const freshness = freshnessOf(answer, 0, LIFETIMES);
      assert.equal(freshness.freshForMs, freshForMs);
      assert.equal(freshness.staleIfDisconnectedMs, staleMs);
    });
  }
});

describe("heuristicLifetimeMs()", () => {
  const TEN_DAYS_BEFORE = "Thu, 27 Oct 1994 08:49:37 GMT";
  const A_YEAR_BEFORE = "Sat, 06 Nov 1993 08:49:37 GMT";
  for (const [status, fields, expectedMs] of [
    [200, { date: DATE, "last-modified": TEN_DAYS_BEFORE }, 86_400_000],
    [200, { "last-modified": "Sun, 06 Nov 1994 08:49:27 GMT" }, 1_000],
    [200, { date: DATE, "last-modified": A_YEAR_BEFORE }, 86_400_000],
    [200, { date: DATE, "last-modified": "Mon, 07 Nov 1994 08:49:37 GMT" }, 0],
    [200, { date: DATE }, undefined],
    [200, { "last-modified": "long ago" }, undefined],
    [404, { "last-modified": "Sun, 06 Nov 1994 08:49:27 GMT" }, 1_000],
    [302, { "last-modified": TEN_DAYS_BEFORE }, undefined],
    [302, { "last-modified": TEN_DAYS_BEFORE, "cache-control": "public" }, 86_400_000],
  ] as const) {
    test(`of ${status} ${JSON.stringify(fields)} is ${expectedMs}`, () =>
      assert.equal(heuristicLifetimeMs(arrival(fields, DATE_MS, status), LIFETIMES), expectedMs));
  }
});
