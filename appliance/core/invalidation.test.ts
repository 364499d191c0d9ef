import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { invalidatedTargets, isSafeMethod } from "./invalidation.ts";

const EXCHANGE = { target: "/a/b?c", host: "edge:4111", originUrl: "http://origin:80/base" };

describe("invalidatedTargets()", () => {
  for (const [status, fields, expected] of [
    [200, {}, ["/a/b?c"]],
    [303, { location: "/base/x?y=1" }, ["/a/b?c", "/x?y=1"]],
    [201, { location: "http://edge:4111/x" }, ["/a/b?c", "/x"]],
    [201, { location: "http://origin/base/x", "content-location": "d" }, ["/a/b?c", "/x", "/a/d"]],
    [200, { "content-location": "?CMCD=1&t=2" }, ["/a/b?c", "/a/b?t=2"]],
    // Nobody voids the cache of a neighbour.
    [201, { location: "http://elsewhere/x" }, ["/a/b?c"]],
    [201, { location: "http://[" }, ["/a/b?c"]],
    [400, { location: "/base/x" }, []],
    [500, {}, []],
  ] as const) {
    test(`${status} ${JSON.stringify(fields)}: ${expected.join(" ")}`, () =>
      assert.deepEqual(invalidatedTargets(status, fields, EXCHANGE), expected));
  }
});

test("isSafeMethod() knows what changes nothing", () => {
  assert.deepEqual(["GET", "HEAD", "OPTIONS", "TRACE"].map(isSafeMethod), [true, true, true, true]);
  assert.deepEqual(["POST", "M-SEARCH", "get"].map(isSafeMethod), [false, false, false]);
});
