import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseCacheControl } from "./cache-control.ts";

const NOTHING = parseCacheControl(undefined);

describe("parseCacheControl()", () => {
  for (const [header, expected] of [
    ["max-age=60", { maxAgeSeconds: 60 }],
    ["MAX-AGE=60, Public", { maxAgeSeconds: 60, public: true }],
    ['max-age="60"', { maxAgeSeconds: 60 }],
    ["max-age=1, max-age=2", { maxAgeSeconds: 1 }],
    ["max-age=soon", { maxAgeSeconds: 0 }],
    ["max-age=-1", { maxAgeSeconds: 0 }],
    ["max-age=1.5", { maxAgeSeconds: 0 }],
    ["max-age", { maxAgeSeconds: 0 }],
    ["max-age=99999999999", { maxAgeSeconds: 2 ** 31 }],
    ["s-maxage=5,max-age=9", { sharedMaxAgeSeconds: 5, maxAgeSeconds: 9 }],
    ["no-store", { noStore: true }],
    ["max-age=2, max-age=1", { maxAgeSeconds: 1 }],
    ["max-age =60", { maxAgeSeconds: 0 }],
    ["max-age= 60", { maxAgeSeconds: 0 }],
    ["max-age='60'", { maxAgeSeconds: 0 }],
    ["max-age=003600", { maxAgeSeconds: 3600 }],
    ['private="set-cookie", no-cache', { noCache: true, unsharedFields: ["set-cookie"] }],
    ['no-cache="A, b", max-age=9', { maxAgeSeconds: 9, unsharedFields: ["a", "b"] }],
    ['no-cache="a", no-cache', { noCache: true, unsharedFields: ["a"] }],
    ['no-cache=""', { noCache: true }],
    ["no-store;", { noStore: true }],
    ["No-StOrE", { noStore: true }],
    ["immutable, must-understand", { immutable: true, mustUnderstand: true }],
    ["must-revalidate", { mustRevalidate: true }],
    ["proxy-revalidate", { proxyRevalidate: true }],
    ['extension="max-age=3600", max-age=1', { maxAgeSeconds: 1 }],
    ['max-age=1, extension="max-age=3600', { maxAgeSeconds: 1 }],
    [
      "stale-while-revalidate=3, stale-if-error=4",
      { staleWhileRevalidateSeconds: 3, staleIfErrorSeconds: 4 },
    ],
    ["stale-if-error=0", { staleIfErrorSeconds: 0 }],
    ['extension="no-store"', {}],
    ["x-no-store", {}],
    ["", {}],
  ] as const) {
    test(`reads "${header}"`, () =>
      assert.deepEqual(parseCacheControl(header), { ...NOTHING, ...expected }));
  }

  test("takes any text without throwing, and never makes a negative lifetime of it", () =>
    fc.assert(
      fc.property(fc.string(), (header) => {
        const { maxAgeSeconds = 0, sharedMaxAgeSeconds = 0 } = parseCacheControl(header);
        return maxAgeSeconds >= 0 && sharedMaxAgeSeconds >= 0;
      }),
    ));
});
