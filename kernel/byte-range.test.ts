import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatContentRange, lengthOf, parseContentRange, selectRange } from "./byte-range.ts";

describe("selectRange() of a body of 1000 bytes", () => {
  for (const [header, expected] of [
    [undefined, "whole"],
    ["bytes=0-", "0-999"],
    ["bytes=0-0", "0-0"],
    ["bytes=999-", "999-999"],
    ["bytes=500-2000", "500-999"],
    ["bytes=-1", "999-999"],
    ["bytes=-5000", "0-999"],
    ["bytes= 1-2 ", "1-2"],
    ["BYTES=1-2", "1-2"],
    ["bytes=1000-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=2-1", "whole"],
    ["bytes=-", "whole"],
    ["bytes=0-1,5-6", "whole"],
    ["bytes=abc", "whole"],
    ["seconds=0-1", "whole"],
  ] as const) {
    test(`${header} selects ${expected}`, () => {
      const selection = selectRange(header, 1000);
      const seen =
        selection.kind === "part"
          ? `${selection.range.first}-${selection.range.last}`
          : selection.kind;
      assert.equal(seen, expected);
    });
  }

  test("an empty body satisfies no range", () =>
    assert.equal(selectRange("bytes=-5", 0).kind, "unsatisfiable"));
});

test("a selected range always lies inside the body", () => {
  const number = fc.oneof(fc.constant(""), fc.nat().map(String));
  fc.assert(
    fc.property(number, number, fc.nat(5000), (first, last, sizeBytes) => {
      const selection = selectRange(`bytes=${first}-${last}`, sizeBytes);
      if (selection.kind !== "part") return;
      assert.ok(selection.range.first >= 0 && selection.range.last < sizeBytes);
      assert.ok(lengthOf(selection.range) >= 1);
    }),
  );
});

describe("parseContentRange()", () => {
  test("reads what formatContentRange() writes", () =>
    assert.deepEqual(parseContentRange(formatContentRange({ first: 5, last: 9 }, 10)), {
      first: 5,
      last: 9,
      sizeBytes: 10,
    }));
  test("accepts an unknown size", () =>
    assert.equal(parseContentRange("bytes 0-1/*")?.sizeBytes, undefined));
  for (const header of [undefined, null, "", "bytes 5-4/10", "bytes 0-10/10", "bytes */10", "x"]) {
    test(`refuses ${header}`, () => assert.equal(parseContentRange(header), undefined));
  }
});
