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
    ['private="set-cookie", no-cache', { private: true, noCache: true }],
    ["must-revalidate", { mustRevalidate: true }],
    ["proxy-revalidate", { mustRevalidate: true }],
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
