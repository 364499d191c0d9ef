import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Conditions, decideDelivery } from "./delivery.ts";

const MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT";
const STORED = {
  etag: '"now"',
  lastModified: { httpDate: MODIFIED, wallMs: 5_000 },
  sizeBytes: 100,
};

const CASES: readonly (readonly [string, Conditions, string])[] = [
  ["no header", {}, "whole no-range"],
  ["a range", { range: "bytes=10-19" }, "part 10-19"],
  ["a range beyond the end", { range: "bytes=100-" }, "unsatisfiable range-beyond-end"],
  ["a malformed range", { range: "bytes=x" }, "whole no-range"],
  ["the same tag", { ifNoneMatch: '"now"' }, "not-modified same-etag"],
  ["the same tag, weak", { ifNoneMatch: 'W/"now"' }, "not-modified same-etag"],
  ["the same tag in a list", { ifNoneMatch: '"a", "now"' }, "not-modified same-etag"],
  ["any tag", { ifNoneMatch: "*" }, "not-modified same-etag"],
  ["another tag", { ifNoneMatch: '"old"' }, "whole no-range"],
  ["another tag, same date", { ifNoneMatch: '"old"', ifModifiedSinceMs: 5_000 }, "whole no-range"],
  [
    "the same tag wins over a range",
    { ifNoneMatch: '"now"', range: "bytes=0-1" },
    "not-modified same-etag",
  ],
  ["a date just before", { ifModifiedSinceMs: 4_999 }, "whole no-range"],
  ["the same date", { ifModifiedSinceMs: 5_000 }, "not-modified not-modified-since"],
  ["If-Range with the tag", { range: "bytes=0-1", ifRange: '"now"' }, "part 0-1"],
  ["If-Range with the date", { range: "bytes=0-1", ifRange: MODIFIED }, "part 0-1"],
  ["If-Range with a weak tag", { range: "bytes=0-1", ifRange: 'W/"now"' }, "whole range-outdated"],
  ["If-Range with an old tag", { range: "bytes=999-", ifRange: '"old"' }, "whole range-outdated"],
  ["If-Match with the tag", { ifMatch: '"now"' }, "whole no-range"],
  ["If-Match with a weak tag", { ifMatch: 'W/"now"' }, "precondition-failed other-etag"],
  [
    "If-Match with an old tag",
    { ifMatch: '"old"', range: "bytes=0-1" },
    "precondition-failed other-etag",
  ],
];

describe("decideDelivery() of 100 bytes", () => {
  for (const [name, conditions, expected] of CASES) {
    test(`${name}: ${expected}`, () => {
      const delivery = decideDelivery(conditions, STORED);
      const detail =
        delivery.kind === "part"
          ? `${delivery.range.first}-${delivery.range.last}`
          : delivery.reason;
      assert.equal(`${delivery.kind} ${detail}`, expected);
    });
  }

  test("what has no date is not judged by one", () =>
    assert.equal(
      decideDelivery({ ifModifiedSinceMs: 9e9 }, { etag: '"x"', sizeBytes: 1 }).kind,
      "whole",
    ));
});
