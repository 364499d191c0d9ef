import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatCacheStatus } from "./cache-status.ts";

describe("formatCacheStatus()", () => {
  test("tells a hit and how long it stays one", () =>
    assert.equal(
      formatCacheStatus("east-1", { kind: "hit", ttlSeconds: 5, detail: "fresh", tier: "ram" }),
      "east-1; hit; ttl=5; detail=fresh",
    ));
  test("tells why a request was forwarded and what came of it", () =>
    assert.equal(
      formatCacheStatus("east-1", {
        kind: "forwarded",
        forwarded: "uri-miss",
        forwardedStatus: 200,
        isStored: true,
        isCollapsed: true,
      }),
      "east-1; fwd=uri-miss; fwd-status=200; stored; collapsed",
    ));
  test("quotes a name that is no token", () =>
    assert.match(
      formatCacheStatus("1st", { kind: "forwarded", forwarded: "bypass" }),
      /^"1st"; fwd=bypass$/,
    ));
  test("never calls a hit what was forwarded and failed", () =>
    assert.equal(
      formatCacheStatus("a", {
        kind: "forwarded",
        forwarded: "stale",
        forwardedStatus: 503,
        ttlSeconds: -4,
        detail: "stale-if-error",
      }),
      "a; fwd=stale; fwd-status=503; ttl=-4; detail=stale-if-error",
    ));
  test("says neither where nobody was asked", () =>
    assert.equal(
      formatCacheStatus("a", { kind: "refused", detail: "only-if-cached" }),
      "a; detail=only-if-cached",
    ));
  test("gives the reason as detail", () =>
    assert.equal(
      formatCacheStatus("a", { kind: "forwarded", forwarded: "uri-miss", detail: "no-store" }),
      "a; fwd=uri-miss; detail=no-store",
    ));
});
