import assert from "node:assert/strict";
import { test } from "node:test";
import { headerFaultOf } from "./header-fault.ts";

for (const [name, fields, expected] of [
  ["nothing", [], undefined],
  ["one host", ["Host", "a", "date", "x"], undefined],
  ["as many fields as may be", ["a", "1", "b", "2", "c", "3"], undefined],
  ["one field more", ["a", "1", "b", "2", "c", "3", "d", "4"], "too-many-fields"],
  ["two hosts", ["host", "a", "HOST", "a"], "two-hosts"],
  ["a value that looks like a host", ["host", "host", "x", "host"], undefined],
] as const) {
  test(`${name}: ${expected ?? "no fault"}`, () =>
    assert.equal(headerFaultOf(fields, 3), expected));
}
