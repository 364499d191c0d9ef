import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readSteeringQuery } from "./steering-query.ts";

describe("readSteeringQuery()", () => {
  for (const [pathways, current] of [
    ["a", "a"],
    ['"a"', "a"],
    ["a,b", "b"],
    ['"a,b"', "b"],
    ['"a","b"', "b"],
    [" a , b ", "b"],
    ["a.b_C-1", "a.b_C-1"],
    ["x".repeat(80), "x".repeat(80)],
    ["x".repeat(81), undefined],
    ["a,", undefined],
    ["a b", undefined],
    ["é", undefined],
    ['"', undefined],
    ["", undefined],
    [undefined, undefined],
    ["a,".repeat(2_000), undefined],
  ] as const) {
    test(`the pathway of ${String(pathways).slice(0, 20)} is ${String(current).slice(0, 20)}`, () =>
      assert.equal(readSteeringQuery(pathways, undefined).current, current));
  }

  for (const [throughput, rate] of [
    ["5000000", 5_000_000],
    ["5000000.25", 5_000_000.25],
    ["-1294967296", 3_000_000_000],
    ["-2147483648", 2_147_483_648],
    ["-2147483649", undefined],
    ["-1", 4_294_967_295],
    ["0", undefined],
    ["1000000000000", 1e12],
    ["1000000000001", undefined],
    ["1e999", undefined],
    ["NaN", undefined],
    ["Infinity", undefined],
    ["0x10", undefined],
    [" ", undefined],
    ["", undefined],
    [undefined, undefined],
  ] as const) {
    test(`the throughput ${throughput} is ${rate}`, () => {
      assert.equal(readSteeringQuery("a", throughput).throughputBitsPerSecond, rate);
      assert.equal(readSteeringQuery(undefined, throughput).throughputBitsPerSecond, rate);
    });
  }

  for (const [pathways, throughputs, rate] of [
    ["a,b", "1,2", 2],
    ["a,b", "1,", undefined],
    ["a,b", ",2", 2],
    ["a,b", "2", undefined],
    ["a", "1,2", undefined],
    ['"a,b"', '"1,2"', 2],
  ] as const) {
    test(`of ${pathways} at ${throughputs} the rate is ${rate}`, () =>
      assert.equal(readSteeringQuery(pathways, throughputs).throughputBitsPerSecond, rate));
  }

  test("never throws, and believes only what is possible", () =>
    fc.assert(
      fc.property(fc.string(), fc.string(), (pathways, throughputs) => {
        const { current, throughputBitsPerSecond } = readSteeringQuery(pathways, throughputs);
        assert.match(current ?? "a", /^[A-Za-z0-9._-]{1,80}$/);
        assert.ok((throughputBitsPerSecond ?? 1) > 0 && (throughputBitsPerSecond ?? 1) <= 1e12);
      }),
    ));
});
