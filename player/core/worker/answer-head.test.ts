import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { writeAnswerHead } from "./answer-head.ts";

const RECEIVED = [
  ["Content-Type", "video/mp4"],
  ["ETag", '"a"'],
  ["Content-Length", "7"],
  ["Content-Encoding", "gzip"],
  ["Content-Range", "bytes 103-109/1000"],
] as const;

const headOf = (given: Partial<Parameters<typeof writeAnswerHead>[0]>) => {
  const all = { range: undefined, sizeBytes: 10, isRewritten: false, received: RECEIVED, ...given };
  const { status, headers } = writeAnswerHead(all);
  const fields: Record<string, string | number> = Object.fromEntries(headers);
  return { status, ...fields } as Record<string, string | number>;
};

describe("writeAnswerHead()", () => {
  test("of a whole that was finished elsewhere tells of the whole", () =>
    assert.deepEqual(headOf({}), {
      status: 200,
      "content-type": "video/mp4",
      etag: '"a"',
      "content-length": "10",
    }));
  test("of a part says which part all of it is, and of how much", () =>
    assert.deepEqual(headOf({ range: { first: 100, last: 109 } }), {
      status: 206,
      "content-type": "video/mp4",
      etag: '"a"',
      "content-length": "10",
      "content-range": "bytes 100-109/1000",
    }));
  test("of a part that ends with the resource says where that was", () =>
    assert.equal(
      headOf({ range: { first: 990, last: 2_000 } })["content-range"],
      "bytes 990-999/1000",
    ));
  test("does not know a size that the page may not read", () =>
    assert.equal(
      headOf({ range: { first: 100, last: 109 }, received: [] })["content-range"],
      "bytes 100-109/*",
    ));
  test("of nothing is no part", () =>
    assert.equal(headOf({ range: { first: 1, last: 1 }, sizeBytes: 0 })["status"], 200));
  test("of what was rewritten vouches for no bytes", () =>
    assert.equal(headOf({ isRewritten: true })["etag"], undefined));
});
