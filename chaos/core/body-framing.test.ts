import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { advanceBody, type BodyState, beginBody, type DeclaredBody } from "./body-framing.ts";

/** Labels of each byte: `c` content, `f` framing; then how it ends: `|` whole, `!` broken, `…` goes on. */
function labelsOf(declared: DeclaredBody, text: string, pieceBytes = text.length): string {
  const bytes = new TextEncoder().encode(text);
  let body: BodyState | undefined = beginBody(declared);
  let labels = "";
  for (let at = 0; at < bytes.length && body !== undefined; ) {
    const step = advanceBody(body, bytes, at, Math.min(bytes.length, at + pieceBytes));
    assert.ok(step.end > at, "each step takes a byte");
    labels += step.label.slice(0, 1).repeat(step.end - at);
    if (step.next === "ended") return `${labels}|`;
    if (step.next === "broken") return `${labels}!`;
    body = step.next;
    at = step.end;
  }
  return `${labels}…`;
}

const chunked = (text: string) => labelsOf({ kind: "chunked" }, text);

describe("a body of known length", () => {
  test("ends with its last byte", () =>
    assert.equal(labelsOf({ kind: "length", bytes: 3 }, "abcNEXT"), "ccc|"));
  test("goes on until then", () =>
    assert.equal(labelsOf({ kind: "length", bytes: 3 }, "ab"), "cc…"));
});

describe("a body until the connection ends", () => {
  test("never ends", () => assert.equal(labelsOf({ kind: "until-close" }, "abc"), "ccc…"));
});

test("no body is nothing to follow", () => assert.equal(beginBody({ kind: "none" }), undefined));

describe("a chunked body", () => {
  test("ends after its last chunk", () =>
    assert.equal(chunked("3\r\nabc\r\n0\r\n\r\nHTTP"), "fffcccfffffff|"));
  test("may be empty", () => assert.equal(chunked("0\r\n\r\n"), "fffff|"));
  test("has sizes in hexadecimal, with leading zeros", () =>
    assert.equal(chunked("00a\r\n0123456789\r\n"), "fffffccccccccccff…"));
  test("may have extensions", () =>
    assert.equal(chunked('1 ;a="b;c"\r\nx\r\n'), `${"f".repeat(12)}cff…`));
  test("may have trailers", () =>
    assert.equal(chunked("0\r\nA: b\r\nC: d\r\n\r\n"), `${"f".repeat(17)}|`));

  for (const text of [
    "\r\n",
    "x\r\n",
    "-1\r\n",
    "1 1\r\n",
    "1;\n\r\n",
    "1234567890123\r\n",
    "1\r\nab",
    "1\r\na\ra",
    `1;${"x".repeat(5_000)}`,
    `0\r\n${"A: b\r\n".repeat(5_000)}`,
  ]) {
    test(`is broken by ${JSON.stringify(text.slice(0, 20))}`, () =>
      assert.match(chunked(text), /!$/));
  }

  test("is the same in any pieces", () => {
    const text = "3;x\r\nabc\r\n1f\r\n0123456789012345678901234567890\r\n0\r\nT: u\r\n\r\n";
    for (let pieceBytes = 1; pieceBytes < text.length; pieceBytes += 1) {
      assert.equal(labelsOf({ kind: "chunked" }, text, pieceBytes), chunked(text));
    }
  });
});
