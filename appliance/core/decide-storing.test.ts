import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideStoring } from "./decide-storing.ts";

const POLICY = {
  notFoundFreshForMs: 1_000,
  disconnectedLifetimes: 2,
  longestDisconnectedMs: 60_000,
  maxObjectBytes: 100,
};

function reasonOf(status: number, fields: Record<string, string>): string {
  const answer = { status, fields, requestedAtWallMs: 1, arrivedAtWallMs: 1 };
  const { action, reason } = decideStoring(answer, POLICY);
  return `${action} ${reason}`;
}

const FRESH = { "cache-control": "max-age=6" };

describe("decideStoring()", () => {
  for (const [status, fields, expected] of [
    [200, FRESH, "store storable"],
    [200, { etag: '"1"' }, "store storable"],
    [200, { "last-modified": "x", "cache-control": "no-cache" }, "store storable"],
    [200, { "cache-control": "max-age=0, stale-if-error=9" }, "store storable"],
    [404, {}, "store storable"],
    [410, {}, "store storable"],
    [200, {}, "pass never-fresh"],
    [200, { "cache-control": "no-cache" }, "pass never-fresh"],
    [200, { "cache-control": "no-store, max-age=6" }, "pass no-store"],
    [404, { "cache-control": "no-store" }, "pass no-store"],
    [200, { "cache-control": "private, max-age=6" }, "pass private"],
    [200, { ...FRESH, "set-cookie": "a=b" }, "pass set-cookie"],
    [200, { ...FRESH, vary: "*" }, "pass vary"],
    [200, { ...FRESH, vary: "Origin, Accept-Language" }, "pass vary"],
    [200, { ...FRESH, vary: "Accept-Encoding, Origin" }, "store storable"],
    [200, { ...FRESH, "content-encoding": "gzip" }, "pass content-encoding"],
    [200, { ...FRESH, "content-length": "100" }, "store storable"],
    [200, { ...FRESH, "content-length": "101" }, "pass too-large"],
    [206, FRESH, "pass status"],
    [302, FRESH, "pass status"],
    [403, FRESH, "pass status"],
    [500, FRESH, "share origin-error"],
    [503, { "cache-control": "no-store" }, "share origin-error"],
  ] as const) {
    test(`${status} ${JSON.stringify(fields)}: ${expected}`, () =>
      assert.equal(reasonOf(status, fields), expected));
  }
});
