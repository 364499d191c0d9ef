import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policiesOf } from "../config.ts";
import { explorationFields, headOfExplored, sliceToExplore } from "./explore-by-range.ts";

const POLICY = { ...policiesOf("production").fills, sliceAboveBytes: 2_000, sliceBytes: 1_000 };

describe("sliceToExplore()", () => {
  for (const [range, expected] of [
    [undefined, undefined],
    ["bytes=0-5", undefined],
    ["bytes=999-", undefined],
    ["bytes=1000-", 1],
    ["bytes=2500-2600", 2],
    ["bytes=-5", undefined],
    ["bytes=1000-1001,3000-", undefined],
    [`bytes=${Number.MAX_SAFE_INTEGER}-`, undefined],
    ["lines=1000-", undefined],
  ] as const) {
    test(`of ${range}: ${expected}`, () => assert.equal(sliceToExplore(range, POLICY), expected));
  }
});

test("asks for the slice and nothing else", () =>
  assert.equal(explorationFields(2, POLICY).range, "bytes=2000-2999"));

describe("headOfExplored()", () => {
  const FIELDS = {
    "cache-control": "max-age=60",
    "content-range": "bytes 1000-1999/2500",
    etag: '"v1"',
  };
  const head = (fields: Record<string, string> = {}, status = 206, index = 1) =>
    headOfExplored(
      "/film",
      { status, fields: { ...FIELDS, ...fields }, requestedAtWallMs: 1, arrivedAtWallMs: 1 },
      index,
      POLICY,
    );

  test("knows the whole by one slice of it", () => {
    assert.equal(head()?.sizeBytes, 2_500);
    assert.equal(head()?.status, 200);
  });
  test("takes the last slice, which is shorter", () =>
    assert.equal(head({ "content-range": "bytes 2000-2499/2500" }, 206, 2)?.sizeBytes, 2_500));
  for (const [name, fields, status, index] of [
    ["the whole", {}, 200, 1],
    ["another range than was asked for", { "content-range": "bytes 1000-1998/2500" }, 206, 1],
    ["another slice", {}, 206, 2],
    ["an unknown size", { "content-range": "bytes 1000-1999/*" }, 206, 1],
    ["a weak validator", { etag: 'W/"v1"' }, 206, 1],
    ["what may not be stored", { "cache-control": "no-store" }, 206, 1],
  ] as const) {
    test(`does not trust ${name}`, () => assert.equal(head(fields, status, index), undefined));
  }
});
