import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { matchesSomePath } from "./path-pattern.ts";

describe("matchesSomePath()", () => {
  for (const [pattern, target, isMatch] of [
    ["*", "/anything", true],
    ["/a", "/a", true],
    ["/a", "/ab", false],
    ["/a*", "/ab", true],
    ["*.m4s", "/vod/a/1.m4s", true],
    ["*.m4s", "/vod/a/1.m4s?CMCD=x", true],
    ["*.m4s", "/vod/a/1.mp4?x=.m4s", false],
    ["/vod/*/video*/*.m4s", "/vod/t/video-240/1.m4s", true],
    ["/vod/*/video*/*.m4s", "/vod/t/audio/1.m4s", false],
    ["/a*a", "/a", false],
    ["/a*a", "/aa", true],
    ["a*b*c", "abcbc", true],
    ["a**c", "ac", true],
    ["/x", "http://host:1/x?y", true],
    ["/.", "/a", false],
  ] as const) {
    test(`${pattern} ${isMatch ? "matches" : "does not match"} ${target}`, () =>
      assert.equal(matchesSomePath([pattern], target), isMatch));
  }
  test("one of several is enough", () => {
    assert.equal(matchesSomePath(["/a", "/b"], "/b"), true);
    assert.equal(matchesSomePath(["/a", "/b"], "/c"), false);
  });
  test("what is no HTTP is meant by * alone", () => {
    assert.equal(matchesSomePath(["*"], undefined), true);
    assert.equal(matchesSomePath(["/*"], undefined), false);
  });
  test("takes no longer for a pattern of many stars", () =>
    assert.equal(matchesSomePath(["*a".repeat(200)], "a".repeat(199)), false));
});
