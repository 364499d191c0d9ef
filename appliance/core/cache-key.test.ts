import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cacheKeyOf } from "./cache-key.ts";

describe("cacheKeyOf()", () => {
  for (const [query, expected] of [
    ["", "/a"],
    ["CMCD=br%3D1", "/a"],
    ["x=1&CMCD=br%3D1&y=2", "/a?x=1&y=2"],
    ["_HLS_pathway=east-1&_HLS_throughput=5", "/a"],
    ["_DASH_pathway=east-1&_DASH_throughput=5&t=9", "/a?t=9"],
    // These select a part of a live playlist: they are the origin's business.
    ["_HLS_msn=5&_HLS_part=1", "/a?_HLS_msn=5&_HLS_part=1"],
    ["CMCDX=1", "/a?CMCDX=1"],
    ["y=2&x=1", "/a?y=2&x=1"],
    ["CMCD", "/a"],
  ] as const) {
    test(`of "${query}" is ${expected}`, () => assert.equal(cacheKeyOf("/a", query), expected));
  }

  test("is the same whatever a player adds", () =>
    fc.assert(
      fc.property(fc.webQueryParameters({ size: "small" }), fc.string(), (query, cmcd) => {
        const asPlayed = `${query}&CMCD=${encodeURIComponent(cmcd.toWellFormed())}`;
        return cacheKeyOf("/a", asPlayed) === cacheKeyOf("/a", query);
      }),
    ));
});
