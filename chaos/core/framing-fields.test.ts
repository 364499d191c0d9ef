import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readFramingFields } from "./framing-fields.ts";

describe("readFramingFields()", () => {
  for (const [lines, contentLength, transferCodings] of [
    [[], undefined, []],
    [["Host: a", "X-Empty:"], undefined, []],
    [["content-LENGTH:  12 "], 12, []],
    [["Content-Length: 5, 5", "Content-Length: 5"], 5, []],
    [["Transfer-Encoding: gzip", "transfer-encoding: Chunked"], undefined, ["gzip", "chunked"]],
    [["Transfer-Encoding: , chunked,", "Content-Length: 3"], 3, ["chunked"]],
  ] as const) {
    test(`${JSON.stringify(lines)} is understood`, () => {
      const framing = readFramingFields(lines);
      assert.equal(framing?.contentLength, contentLength);
      assert.deepEqual(framing?.transferCodings, transferCodings);
    });
  }
  test("says whether another message follows", () => {
    const lines = ["connection: Close", "Connection: TE, x", "Expect: 100-Continue"];
    const framing = readFramingFields(lines);
    assert.deepEqual(framing?.connectionOptions, ["close", "te", "x"]);
    assert.deepEqual(framing?.expectations, ["100-continue"]);
  });

  for (const line of [
    "Content-Length: 5, 6",
    "Content-Length: -1",
    "Content-Length: 0x10",
    "Content-Length:",
    "Content-Length: 1234567890123456",
    "Content-Length : 5",
    " folded: line",
    "no colon",
    ": no name",
    "Nämé: x",
    "X: a\nb",
    "X: a\0b",
  ]) {
    test(`${JSON.stringify(line)} could be understood in two ways`, () =>
      assert.equal(readFramingFields(["Host: a", line]), undefined));
  }
  test("two different lengths are none", () =>
    assert.equal(readFramingFields(["Content-Length: 5", "Content-Length: 6"]), undefined));
});
