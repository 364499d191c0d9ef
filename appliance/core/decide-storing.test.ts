import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideStoring } from "./decide-storing.ts";
import { LIFETIMES } from "./lifetimes.rig.ts";

const POLICY = { ...LIFETIMES, maxObjectBytes: 100 };

function reasonOf(status: number, fields: Record<string, string>, isAuthorized = false): string {
  const answer = { status, fields, requestedAtWallMs: 1, arrivedAtWallMs: 1 };
  const { action, reason } = decideStoring(answer, POLICY, { isAuthorized });
  return `${action} ${reason}`;
}

const FRESH = { "cache-control": "max-age=6" };
const UNDERSTOOD = { "cache-control": "max-age=6, no-store, must-understand" };

describe("decideStoring()", () => {
  for (const [status, fields, expected] of [
    [200, FRESH, "store storable"],
    [200, { etag: '"1"' }, "store storable"],
    [200, { "last-modified": "x", "cache-control": "no-cache" }, "store storable"],
    [200, { "cache-control": "max-age=0, stale-if-error=9" }, "store storable"],
    [404, {}, "store storable"],
    [410, {}, "store storable"],
    [302, FRESH, "store storable"],
    [302, { etag: '"1"' }, "pass status"],
    [302, { "cache-control": "public", etag: '"1"' }, "store storable"],
    [299, FRESH, "store storable"],
    [500, FRESH, "store storable"],
    [599, FRESH, "store storable"],
    [500, { etag: '"1"', "cache-control": "max-age=0" }, "share origin-error"],
    [200, {}, "pass never-fresh"],
    [200, { "cache-control": "no-cache" }, "pass never-fresh"],
    [200, { "cache-control": "no-store, max-age=6" }, "pass no-store"],
    [404, { "cache-control": "no-store" }, "pass no-store"],
    [200, { "cache-control": "private, max-age=6" }, "pass private"],
    [200, { "cache-control": 'private="x-own", max-age=6' }, "store storable"],
    [200, UNDERSTOOD, "store storable"],
    [599, UNDERSTOOD, "share origin-error"],
    [299, UNDERSTOOD, "pass not-understood"],
    [200, { ...FRESH, "set-cookie": "a=b" }, "store storable"],
    [200, { etag: '"1"', "set-cookie": "a=b" }, "pass set-cookie"],
    [200, { "cache-control": "max-age=0", etag: '"1"', "set-cookie": "a=b" }, "pass set-cookie"],
    [200, { ...FRESH, vary: "*" }, "pass vary"],
    [200, { ...FRESH, vary: "Accept, *" }, "pass vary"],
    [200, { ...FRESH, vary: "Cookie" }, "pass vary"],
    [200, { ...FRESH, vary: "Origin, Accept-Language" }, "store storable"],
    [200, { ...FRESH, "content-encoding": "gzip" }, "store storable"],
    [200, { ...FRESH, "content-length": "100" }, "store storable"],
    [200, { ...FRESH, "content-length": "101" }, "pass too-large"],
    [206, FRESH, "pass status"],
    [304, FRESH, "pass status"],
    [403, {}, "pass status"],
    [500, {}, "share origin-error"],
    [503, { "cache-control": "no-store" }, "share origin-error"],
  ] as const) {
    test(`${status} ${JSON.stringify(fields)}: ${expected}`, () =>
      assert.equal(reasonOf(status, fields), expected));
  }

  for (const [header, expected] of [
    ["max-age=6", "pass authorization"],
    ["max-age=6, proxy-revalidate", "pass authorization"],
    ["max-age=6, public", "store storable"],
    ["max-age=6, must-revalidate", "store storable"],
    ["s-maxage=6", "store storable"],
  ] as const) {
    test(`asked for with credentials, ${header}: ${expected}`, () =>
      assert.equal(reasonOf(200, { "cache-control": header }, true), expected));
  }
});
