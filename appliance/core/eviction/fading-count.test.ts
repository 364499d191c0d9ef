import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FadingCount } from "./fading-count.ts";

describe("FadingCount", () => {
  test("is nothing at first", () => assert.equal(new FadingCount(1_000, 1).at(5_000), 0));
  test("counts what happens at once in full", () => {
    const count = new FadingCount(1_000, 1);
    for (let times = 0; times < 3; times += 1) count.add(100);
    assert.equal(count.at(100), 3);
  });
  test("fades to 1/e", () => {
    const count = new FadingCount(1_000, 1);
    count.add(100);
    assert.ok(Math.abs(count.at(1_100) - Math.exp(-1)) < 1e-12);
  });
  test("what is added later weighs more", () => {
    const count = new FadingCount(1_000, 1);
    count.add(0);
    count.add(1_000);
    assert.ok(Math.abs(count.at(1_000) - (1 + Math.exp(-1))) < 1e-12);
  });
});
