import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newAnswerReader } from "./answer-reader.ts";

const answer = (body: string, head = "HTTP/1.1 200 OK") =>
  `${head}\r\nA: b\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** What is told of these pieces, which are all read into the same buffer. */
function read(...pieces: readonly string[]) {
  const told: string[] = [];
  const buffer = Buffer.alloc(100_000);
  const reader = newAnswerReader({
    onBody: (bytes) => told.push(bytes.toString()),
    onEnd: (bodyBytes) => told.push(`end ${bodyBytes}`),
  });
  for (const piece of pieces) {
    const flaw = reader.take(buffer.subarray(0, buffer.write(piece)));
    if (flaw !== undefined) told.push(`flaw: ${flaw}`);
  }
  return told;
}

describe("newAnswerReader()", () => {
  test("reads an answer that comes in one piece", () =>
    assert.deepEqual(read(answer("hello")), ["hello", "end 5"]));
  test("reads an answer that comes byte by byte", () =>
    assert.deepEqual(read(...answer("hey")), ["h", "e", "y", "end 3"]));
  test("reads an empty body", () => assert.deepEqual(read(answer("")), ["end 0"]));
  test("reads one answer after another", () =>
    assert.deepEqual(read(answer("one"), answer("two")), ["one", "end 3", "two", "end 3"]));
  for (const [flaw, text, told] of [
    ["another status than 200", answer("no", "HTTP/1.1 503 Down"), "HTTP/1.1 503 Down"],
    ["no length", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "no Content-Length"],
    ["more than was asked for", `${answer("one")}HTTP`, "more came than was asked for"],
    ["a header without an end", "a".repeat(17_000), "no end of the header"],
  ] as const) {
    test(`tells of ${flaw}`, () => assert.equal(read(text).at(-1), `flaw: ${told}`));
  }
});
