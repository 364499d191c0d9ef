import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXAMPLE } from "./example-result.rig.ts";
import { resultTable } from "./result-table.ts";

describe("resultTable()", () => {
  const lines = resultTable(EXAMPLE).split("\n");
  const at = (index: number) => lines[index] ?? "";

  test("begins with the bench and its load", () =>
    assert.equal(at(0), "edge-ram: 1 MiB objects · 32 connections"));
  test("has a row for each system, its figures below their heads", () => {
    assert.match(at(1), /^ {2}system +requests\/s +MB\/s/);
    assert.match(
      at(2),
      /^ {2}understudy +4,000 +2,098 +245 +0\.47 +4\.00 +9\.00 +12\.3 +3\.25 +256 +server$/,
    );
    assert.match(at(3), /^ {2}nginx +2,000 /);
    assert.deepEqual(new Set([at(1).length, at(2).length, at(3).length]).size, 1);
  });
  test("says how ours compares, and who is missing", () => {
    assert.equal(at(4), "  load by autocannon; the rate is 1,400 requests/s");
    assert.equal(
      at(5),
      "  ours / nginx: throughput 2.00, CPU 0.50, CPU of both sides 0.50, p99 1.00, p99 at rate 0.50",
    );
    assert.match(at(6), /^ {2}varnish is not installed/);
  });
});
