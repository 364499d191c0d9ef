import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policiesOf } from "../config.ts";
import { headOfExplored, sliceToExplore } from "./explore-by-range.ts";
import {
  decideSlicing,
  faultOfSlice,
  hasSameSlices,
  isSameVersion,
  lastSliceOf,
  slicedHead,
  sliceKey,
  sliceMetadata,
  sliceQuestion,
  sliceRange,
} from "./slicing.ts";
import { describeAnswer, type OriginAnswer } from "./stored-metadata.ts";

const POLICY = { ...policiesOf("production").fills, sliceAboveBytes: 2_000, sliceBytes: 1_000 };
const FIELDS = {
  "accept-ranges": "bytes",
  "cache-control": "max-age=60",
  "content-length": "2500",
  etag: '"v1"',
};
const STORE = { action: "store", reason: "storable" } as const;

const answer = (fields: Record<string, string> = {}, status = 200): OriginAnswer => ({
  status,
  fields: { ...FIELDS, ...fields },
  requestedAtWallMs: 1_000,
  arrivedAtWallMs: 1_000,
});
const head = slicedHead(describeAnswer("/film", answer(), 0, POLICY), 2_500, POLICY);

describe("decideSlicing()", () => {
  for (const [name, fields, status, expected] of [
    ["a large object", {}, 200, "slice"],
    ["one that is just not large", { "content-length": "2000" }, 200, "store"],
    ["a weak validator", { etag: 'W/"v1"' }, 200, "store"],
    ["an origin that knows no ranges", { "accept-ranges": "none" }, 200, "store"],
    ["answers that vary", { vary: "Accept-Language" }, 200, "store"],
    ["answers that vary harmlessly", { vary: "Accept-Encoding, Origin" }, 200, "slice"],
    ["an error", {}, 404, "store"],
  ] as const) {
    test(`${name}: ${expected}`, () => {
      assert.equal(decideSlicing(answer(fields, status), STORE, POLICY).action, expected);
    });
  }

  test("an object of unknown length: as it would be whole", () => {
    const { "content-length": _, ...fields } = FIELDS;
    assert.equal(decideSlicing({ ...answer(), fields }, STORE, POLICY), STORE);
  });

  test("what is too large to be kept whole is kept in slices, and what may not be kept is not", () => {
    const tooLarge = { action: "pass", reason: "too-large" } as const;
    const noStore = { action: "pass", reason: "no-store" } as const;
    assert.equal(decideSlicing(answer(), tooLarge, POLICY).action, "slice");
    assert.equal(decideSlicing(answer(), noStore, POLICY), noStore);
  });
});

describe("the slices of an object", () => {
  test("tile it", () => {
    assert.deepEqual(
      [0, 1, 2].map((index) => sliceRange(head, index)),
      [
        { first: 0, last: 999 },
        { first: 1_000, last: 1_999 },
        { first: 2_000, last: 2_499 },
      ],
    );
    assert.equal(lastSliceOf(head), 2);
  });

  test("are asked for on the condition that it is the same version", () => {
    const { range, "if-range": ifRange } = sliceQuestion(head, 2);
    assert.deepEqual([range, ifRange], ["bytes=2000-2499", '"v1"']);
  });

  test("are stored beside it, each as long as it is", () => {
    const { key, sizeBytes, slicing } = sliceMetadata(head, 2);
    assert.equal(key, sliceKey(head, 2));
    assert.deepEqual([key.startsWith("/film "), sizeBytes, slicing], [true, 500, undefined]);
  });

  test("are those of one head: another one of the same bytes has its own", () => {
    const later = { ...answer(), arrivedAtWallMs: 2_000 };
    const other = slicedHead(describeAnswer("/film", later, 0, POLICY), 2_500, POLICY);
    assert.deepEqual([isSameVersion(head, other), hasSameSlices(head, other)], [true, false]);
  });
});

describe("faultOfSlice()", () => {
  const range = "bytes 1000-1999/2500";
  for (const [name, status, fields, expected] of [
    ["the slice", 206, { "content-range": range }, undefined],
    ["of unknown complete length", 206, { "content-range": "bytes 1000-1999/*" }, undefined],
    ["of another version", 206, { "content-range": range, etag: '"v2"' }, "another-version"],
    ["of a weak version", 206, { "content-range": range, etag: 'W/"v1"' }, "another-version"],
    ["of another length", 206, { "content-range": "bytes 1000-1999/9" }, "another-range"],
    ["of a longer object", 206, { "content-range": "bytes 1000-1999/9999" }, "another-version"],
    ["another range", 206, { "content-range": "bytes 0-999/2500" }, "another-range"],
    ["no range", 206, {}, "another-range"],
    ["the whole", 200, {}, "ranges-ignored"],
    ["the whole of another", 200, { etag: '"v2"' }, "another-version"],
    ["not satisfiable", 416, {}, "another-version"],
    ["not found", 404, {}, "status"],
  ] as const) {
    test(`${name}: ${expected ?? "none"}`, () => {
      assert.equal(faultOfSlice(answer(fields, status), head, 1), expected);
    });
  }
});

describe("exploring by range", () => {
  for (const [range, expected] of [
    [undefined, undefined],
    ["bytes=0-", undefined],
    ["bytes=999-", undefined],
    ["bytes=1000-", 1],
    ["bytes=1000-1001", 1],
    ["bytes=5999-", 5],
    ["bytes=-500", undefined],
    ["bytes=1000-1001,2000-", undefined],
    ["bytes=99999999999999999999-", undefined],
  ] as const) {
    test(`${range}: slice ${expected}`, () => {
      assert.equal(sliceToExplore(range, POLICY), expected);
    });
  }

  for (const [name, status, fields, expected] of [
    ["the slice", 206, { "content-range": "bytes 1000-1999/2500" }, 2_500],
    ["the last slice", 206, { "content-range": "bytes 1000-1499/1500" }, 1_500],
    ["less than the slice", 206, { "content-range": "bytes 1000-1500/2500" }, undefined],
    ["of unknown length", 206, { "content-range": "bytes 1000-1999/*" }, undefined],
    ["the whole", 200, {}, undefined],
    [
      "may not be stored",
      206,
      { "content-range": "bytes 1000-1999/2500", "cache-control": "no-store" },
      undefined,
    ],
    ["weak", 206, { "content-range": "bytes 1000-1999/2500", etag: 'W/"1"' }, undefined],
  ] as const) {
    test(`finds a head in ${name}: ${expected ?? "no"}`, () => {
      assert.equal(headOfExplored("/film", answer(fields, status), 1, POLICY)?.sizeBytes, expected);
    });
  }
});
