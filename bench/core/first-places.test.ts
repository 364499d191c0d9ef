import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commonestFirst, type FirstPlace, leftAfterMs, mostChanges } from "./first-places.ts";

/** One line for each session, with a letter for each of its manifests; one of each every 100 ms. */
function told(...lines: readonly string[]): FirstPlace[] {
  return lines
    .flatMap((line, session) =>
      Array.from(line, (first, look) => ({ session, atMs: look * 100 + session, first })),
    )
    .toSorted((one, other) => one.atMs - other.atMs);
}

describe("leftAfterMs()", () => {
  for (const [rule, lines, expected] of [
    ["counts to the first manifest that names another", ["aaab"], 200],
    ["waits for the session that leaves last", ["aabb", "aaab"], 201],
    ["counts again when one was sent back", ["aabaab"], 400],
    ["knows nothing while one is still there", ["aabb", "aaaa"], undefined],
    ["takes no time where it was nobody's first any more", ["abbb", "bbbb"], 0],
    ["does not mind what was before", ["aabb"], 100],
  ] as const) {
    test(rule, () => assert.equal(leftAfterMs(told(...lines), "a", 100), expected));
  }
});

describe("mostChanges()", () => {
  for (const [rule, lines, expected] of [
    ["none for a session that stays", ["aaaa"], 0],
    ["one to leave, one to come back", ["aabba"], 2],
    ["of the session that was moved most", ["aabb", "abab"], 3],
    ["does not mix the sessions up", ["aaa", "bbb"], 0],
    ["none without a look", [], 0],
  ] as const) {
    test(rule, () => assert.equal(mostChanges(told(...lines)), expected));
  }
});

describe("commonestFirst()", () => {
  test("as they were last told", () =>
    assert.equal(commonestFirst(told("aab", "abb", "aaa")), "b"));
  test("nobody before the first look", () => assert.equal(commonestFirst([]), undefined));
});
