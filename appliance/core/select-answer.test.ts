import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type RequestConditions,
  type StoredAnswer,
  selectAnswer,
  spanOf,
} from "./select-answer.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const LATER = "Sun, 06 Nov 1994 08:49:38 GMT";
const STORED = { status: 200, fields: { etag: '"1"', "last-modified": DATE }, sizeBytes: 100 };
const NO_CONDITIONS: RequestConditions = {
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  ifRange: undefined,
  range: undefined,
};

function select(conditions: Partial<RequestConditions>, stored: Partial<StoredAnswer> = {}) {
  const selection = selectAnswer({ ...NO_CONDITIONS, ...conditions }, { ...STORED, ...stored });
  if (selection.kind !== "part") return selection.kind;
  return `${selection.range.first}-${selection.range.last}`;
}

describe("selectAnswer()", () => {
  for (const [conditions, expected] of [
    [{}, "whole"],
    [{ range: "bytes=10-" }, "10-99"],
    [{ range: "bytes=100-" }, "unsatisfiable"],
    [{ ifNoneMatch: '"1"' }, "not-modified"],
    [{ ifNoneMatch: 'W/"1"' }, "not-modified"],
    [{ ifNoneMatch: '"0", "1"' }, "not-modified"],
    [{ ifNoneMatch: "*" }, "not-modified"],
    [{ ifNoneMatch: '"2"' }, "whole"],
    [{ ifNoneMatch: '"1"', range: "bytes=10-" }, "not-modified"],
    [{ ifNoneMatch: '"2"', ifModifiedSince: DATE }, "whole"],
    [{ ifModifiedSince: DATE }, "not-modified"],
    [{ ifModifiedSince: LATER }, "not-modified"],
    [{ ifModifiedSince: "yesterday" }, "whole"],
    [{ range: "bytes=10-", ifRange: '"1"' }, "10-99"],
    [{ range: "bytes=10-", ifRange: '"2"' }, "whole"],
    [{ range: "bytes=10-", ifRange: 'W/"1"' }, "whole"],
    [{ range: "bytes=10-", ifRange: DATE }, "whole"],
  ] as const) {
    test(`${JSON.stringify(conditions)}: ${expected}`, () =>
      assert.equal(select(conditions), expected));
  }

  const made = (date: string) => ({ fields: { date, "last-modified": DATE, etag: '"1"' } });
  for (const [date, expected] of [
    ["Sun, 06 Nov 1994 08:50:37 GMT", "10-99"],
    ["Sun, 06 Nov 1994 08:50:36 GMT", "whole"],
  ] as const) {
    test(`a date in If-Range of an answer made at ${date}: ${expected}`, () =>
      assert.equal(select({ range: "bytes=10-", ifRange: DATE }, made(date)), expected));
  }
  test("another date in If-Range than that of the last change never matches", () =>
    assert.equal(
      select({ range: "bytes=10-", ifRange: LATER }, made("Mon, 07 Nov 1994 08:50:37 GMT")),
      "whole",
    ));
  for (const [since, expected] of [
    [DATE, "not-modified"],
    ["Sun, 06 Nov 1994 08:49:36 GMT", "whole"],
  ] as const) {
    test(`goes by Date where there is no Last-Modified: ${since}, ${expected}`, () => {
      const stored = { ...STORED, fields: { date: DATE } };
      const { kind } = selectAnswer({ ...NO_CONDITIONS, ifModifiedSince: since }, stored);
      assert.equal(kind, expected);
    });
  }
  test("a weak tag never matches If-Range", () =>
    assert.equal(
      selectAnswer(
        { ...NO_CONDITIONS, range: "bytes=10-", ifRange: 'W/"1"' },
        { ...STORED, fields: { etag: 'W/"1"' } },
      ).kind,
      "whole",
    ));
  test("has no ranges of what was not found", () =>
    assert.equal(select({ range: "bytes=10-" }, { status: 404 }), "whole"));
  test("has no ranges while the size is unknown", () =>
    assert.equal(
      selectAnswer({ ...NO_CONDITIONS, range: "bytes=10-" }, { ...STORED, sizeBytes: undefined })
        .kind,
      "whole",
    ));
});

describe("spanOf()", () => {
  for (const [selection, sizeBytes, expected] of [
    [{ kind: "whole" }, 100, { first: 0, end: 100 }],
    [{ kind: "whole" }, undefined, { first: 0, end: Number.POSITIVE_INFINITY }],
    [{ kind: "part", range: { first: 5, last: 9 } }, 100, { first: 5, end: 10 }],
    [{ kind: "not-modified" }, 100, { first: 0, end: 0 }],
    [{ kind: "unsatisfiable" }, 100, { first: 0, end: 0 }],
  ] as const) {
    test(`of ${selection.kind}, ${sizeBytes} bytes`, () =>
      assert.deepEqual(spanOf(selection, sizeBytes), expected));
  }
});
