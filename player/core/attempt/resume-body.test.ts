import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ByteRange } from "../../../kernel/byte-range.ts";
import {
  type AnswerHead,
  type HeldBody,
  judgeAnswer,
  NOTHING_HELD,
  requestRest,
} from "./resume-body.ts";

const TERMS = { overlapBytes: 100, failsRanges: false };
const HALF: HeldBody = { receivedBytes: 500, sizeBytes: 1_000, etag: '"a"' };
const RANGE: ByteRange = { first: 2_000, last: 2_999 };

const head = (status: number, fields: Partial<AnswerHead> = {}): AnswerHead => ({
  status,
  contentRange: null,
  contentLength: null,
  contentEncoding: null,
  etag: null,
  ...fields,
});

function judge(held: HeldBody, range: ByteRange | undefined, answer: AnswerHead): string {
  const decision = judgeAnswer(held, requestRest(held, range, TERMS), range, answer);
  if (decision.action === "refuse") return decision.reason;
  if (decision.action === "restart") return `restart, ${decision.reason}`;
  return `read from ${decision.fromByte} of ${decision.sizeBytes}`;
}

describe("requestRest()", () => {
  const header = (held: HeldBody, range?: ByteRange, failsRanges = false) =>
    requestRest(held, range, { ...TERMS, failsRanges }).rangeHeader;

  test("asks for the whole when nothing is held", () =>
    assert.equal(header(NOTHING_HELD), undefined));
  test("repeats the overlap", () => assert.equal(header(HALF), "bytes=400-"));
  test("starts over when less than the overlap is held", () =>
    assert.equal(header({ ...HALF, receivedBytes: 99 }), undefined));
  test("asks for the whole again where ranges fail", () =>
    assert.equal(header(HALF, undefined, true), undefined));
  test("but for the player's own range all the same", () =>
    assert.equal(header(HALF, RANGE, true), "bytes=2400-2999"));
  test("within a byte range, adds its start", () =>
    assert.equal(header(HALF, RANGE), "bytes=2400-2999"));
  test("asks for a byte range as it is", () =>
    assert.equal(header(NOTHING_HELD, RANGE), "bytes=2000-2999"));
});

describe("judgeAnswer() to a first request", () => {
  for (const [answer, expected] of [
    [head(200, { contentLength: "1000" }), "read from 0 of 1000"],
    [head(200), "read from 0 of undefined"],
    [head(200, { contentLength: "700", contentEncoding: "gzip" }), "read from 0 of undefined"],
    [head(206, { contentRange: "bytes 0-9/10" }), "wrong-range"],
    [head(204), "wrong-range"],
    [head(404), "status-4xx"],
    [head(416), "status-4xx"],
    [head(429), "status-5xx"],
    [head(503), "status-5xx"],
  ] as const) {
    test(`${answer.status} ${answer.contentLength}: ${expected}`, () =>
      assert.equal(judge(NOTHING_HELD, undefined, answer), expected));
  }
});

describe("judgeAnswer() to the rest of a body of which half is held", () => {
  for (const [rule, answer, expected] of [
    ["goes on", head(206, { contentRange: "bytes 400-999/1000" }), "read from 400 of 1000"],
    [
      "goes on at unknown size",
      head(206, { contentRange: "bytes 400-999/*" }),
      "read from 400 of undefined",
    ],
    [
      "reads all when Range is ignored",
      head(200, { contentLength: "1000" }),
      "read from 0 of 1000",
    ],
    [
      "starts over at another size",
      head(206, { contentRange: "bytes 400-998/999" }),
      "restart, other-bytes",
    ],
    [
      "starts over at another whole size",
      head(200, { contentLength: "999" }),
      "restart, other-bytes",
    ],
    ["starts over when the body is shorter than what is held", head(416), "restart, other-bytes"],
    [
      "starts over at another ETag",
      head(206, { contentRange: "bytes 400-999/1000", etag: '"b"' }),
      "restart, other-bytes",
    ],
    [
      "does not trust a weak ETag",
      head(206, { contentRange: "bytes 400-999/1000", etag: 'W/"b"' }),
      "read from 400 of 1000",
    ],
    [
      "starts over at another range",
      head(206, { contentRange: "bytes 500-999/1000" }),
      "restart, other-bytes",
    ],
    [
      "starts over at a part of the rest",
      head(206, { contentRange: "bytes 400-998/1000" }),
      "restart, other-bytes",
    ],
    ["starts over where neither it nor a length tells", head(206), "restart, range-unreadable"],
    [
      "starts over at a Content-Range that says nothing",
      head(206, { contentRange: "bytes */1000" }),
      "restart, range-unreadable",
    ],
    [
      "goes on where Content-Range is hidden and the length fits",
      head(206, { contentLength: "600" }),
      "read from 400 of 1000",
    ],
    [
      "starts over where the length does not fit",
      head(206, { contentLength: "1000" }),
      "restart, range-unreadable",
    ],
    [
      "starts over at a hidden range of an encoded part",
      head(206, { contentLength: "600", contentEncoding: "gzip" }),
      "restart, range-unreadable",
    ],
    [
      "starts over at an encoded part",
      head(206, { contentRange: "bytes 400-999/1000", contentEncoding: "br" }),
      "restart, range-unreadable",
    ],
  ] as const) {
    test(rule, () => assert.equal(judge(HALF, undefined, answer), expected));
  }
});

describe("judgeAnswer() to a byte range", () => {
  const held = { ...HALF, etag: undefined };
  for (const [rule, start, answer, expected] of [
    [
      "reads it",
      NOTHING_HELD,
      head(206, { contentRange: "bytes 2000-2999/9000" }),
      "read from 0 of 1000",
    ],
    [
      "goes on in it",
      held,
      head(206, { contentRange: "bytes 2400-2999/9000" }),
      "read from 400 of 1000",
    ],
    [
      "accepts its end at the end of the resource",
      NOTHING_HELD,
      head(206, { contentRange: "bytes 2000-2499/2500" }),
      "read from 0 of 500",
    ],
    [
      "reads a part whose Content-Range is hidden, by its length",
      NOTHING_HELD,
      head(206, { contentLength: "1000" }),
      "read from 0 of 1000",
    ],
    [
      "refuses a hidden part of another length",
      NOTHING_HELD,
      head(206, { contentLength: "999" }),
      "wrong-range",
    ],
    [
      "refuses the whole resource",
      NOTHING_HELD,
      head(200, { contentLength: "9000" }),
      "wrong-range",
    ],
    [
      "refuses less",
      NOTHING_HELD,
      head(206, { contentRange: "bytes 2000-2499/9000" }),
      "wrong-range",
    ],
    [
      "refuses more",
      NOTHING_HELD,
      head(206, { contentRange: "bytes 2000-3000/9000" }),
      "wrong-range",
    ],
  ] as const) {
    test(rule, () => assert.equal(judge(start, RANGE, answer), expected));
  }
});
