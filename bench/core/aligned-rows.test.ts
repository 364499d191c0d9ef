import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alignedRows } from "./aligned-rows.ts";

describe("alignedRows()", () => {
  test("sets names to the left and figures to the right, as wide as the widest", () =>
    assert.deepEqual(
      alignedRows([
        ["system", "p99"],
        ["us", "1,000"],
        ["somebody", "9"],
      ]),
      ["system      p99", "us        1,000", "somebody      9"],
    ));
  test("of nothing makes nothing", () => assert.deepEqual(alignedRows([]), []));
});
