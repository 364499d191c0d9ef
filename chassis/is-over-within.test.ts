import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isOverWithin } from "./is-over-within.ts";

describe("isOverWithin()", () => {
  test("is true for what ends in time", async () =>
    assert.equal(await isOverWithin(60_000, Promise.resolve()), true));
  test("is false for what does not", async () =>
    assert.equal(await isOverWithin(1, new Promise(() => undefined)), false));
  test("passes a failure on", async () =>
    assert.rejects(isOverWithin(60_000, Promise.reject(new Error("no"))), /no/));
});
