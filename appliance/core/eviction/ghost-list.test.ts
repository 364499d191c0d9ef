import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GhostList } from "./ghost-list.ts";

const remembers = (list: GhostList, keys: string) =>
  [...keys].filter((key) => list.take(key)).join("");

describe("GhostList", () => {
  test("remembers what was added, once", () => {
    const list = new GhostList({ limitBytes: 10, maxNames: 10 });
    list.add("a", 3);
    assert.equal(list.take("a"), true);
    assert.equal(list.take("a"), false);
  });
  test("forgets the oldest when the bytes are over the limit", () => {
    const list = new GhostList({ limitBytes: 10, maxNames: 10 });
    for (const key of "abc") list.add(key, 4);
    assert.equal(remembers(list, "abc"), "bc");
  });
  test("forgets the oldest when there are too many names", () => {
    const list = new GhostList({ limitBytes: 1_000, maxNames: 2 });
    for (const key of "abc") list.add(key, 4);
    assert.equal(list.size, 2);
    assert.equal(remembers(list, "abc"), "bc");
  });
  test("what is added again is the newest, and is counted once", () => {
    const list = new GhostList({ limitBytes: 10, maxNames: 10 });
    for (const key of "abac") list.add(key, 4);
    assert.equal(remembers(list, "abc"), "ac");
  });
  test("does not remember what alone is over the limit", () => {
    const list = new GhostList({ limitBytes: 10, maxNames: 10 });
    list.add("a", 11);
    assert.equal(list.size, 0);
  });
  test("remembers nothing when cleared, and has its room back", () => {
    const list = new GhostList({ limitBytes: 10, maxNames: 10 });
    list.add("a", 10);
    list.clear();
    assert.equal(list.size, 0);
    list.add("b", 10);
    assert.equal(remembers(list, "ab"), "b");
  });
});
