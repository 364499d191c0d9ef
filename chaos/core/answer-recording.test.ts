import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  NEW_RECORDING,
  type Recording,
  type RecordingPolicy,
  recordAnswer,
} from "./answer-recording.ts";

const POLICY: RecordingPolicy = { maxHeadBytes: 200, maxBodyBytes: 20, maxPieces: 30 };

function recorded(answer: string, pieceBytes = answer.length): Recording {
  const bytes = Uint8Array.from(answer, (letter) => letter.charCodeAt(0));
  let recording = NEW_RECORDING;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    recording = recordAnswer(recording, bytes.subarray(at, at + pieceBytes), POLICY);
  }
  return recording;
}

/** Such as `ETag: "a" | body`, `given up: coded`, `under way`. */
function outcomeOf(answer: string, pieceBytes?: number): string {
  const recording = recorded(answer, pieceBytes);
  switch (recording.state) {
    case "whole":
      return `${recording.frozen.fields.join(", ")} | ${String.fromCharCode(...recording.frozen.body)}`;
    case "given-up":
      return `given up: ${recording.reason}`;
    case "under-way":
      return "under way";
  }
}

const whole = (body: string, ...fields: string[]) =>
  [`HTTP/1.1 200 OK`, ...fields, `Content-Length: ${body.length}`, "", body].join("\r\n");
const chunked = (chunks: string, ...fields: string[]) =>
  ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", ...fields, "", chunks].join("\r\n");

describe("recordAnswer()", () => {
  for (const [rule, answer, outcome] of [
    ["keeps fields and body", whole("abc", 'ETag: "a"', "Age: 1"), 'ETag: "a", Age: 1 | abc'],
    ["keeps an empty body", whole("", "Age: 1"), "Age: 1 | "],
    [
      "takes a chunked body together",
      chunked("2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: u\r\n\r\n"),
      " | abc",
    ],
    [
      "keeps what says that there is no coding",
      whole("a", "Content-Encoding: identity"),
      "Content-Encoding: identity | a",
    ],
    ["waits for the end", whole("abc").slice(0, -1), "under way"],
    ["waits for the head", "HTTP/1.1 200 OK\r\nAge", "under way"],
    ["stops at the end of the answer", `${whole("a")}more`, " | a"],
    [
      "gives up any other status",
      "HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx",
      "given up: not-200",
    ],
    ["gives up a part", "HTTP/1.1 206 Partial\r\nContent-Length: 1\r\n\r\nx", "given up: not-200"],
    ["gives up 304", "HTTP/1.1 304 Not Modified\r\n\r\n", "given up: not-200"],
    [
      "gives up what not every client can read",
      whole("a", "Content-Encoding: gzip"),
      "given up: coded",
    ],
    [
      "gives up a coding of the transfer",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "given up: coded",
    ],
    [
      "gives up what has no end of its own",
      "HTTP/1.1 200 OK\r\n\r\nabc",
      "given up: ends-with-connection",
    ],
    ["gives up what is no HTTP", "ICY 200 OK\r\n\r\n", "given up: not-http"],
    ["gives up a broken chunk", chunked("zz\r\n"), "given up: not-http"],
    ["gives up an endless head", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(200)}`, "given up: not-http"],
    ["keeps a body of the most bytes", whole("x".repeat(20)), ` | ${"x".repeat(20)}`],
    ["gives up one with more", whole("x".repeat(21)), "given up: too-large"],
  ] as const) {
    test(rule, () => assert.equal(outcomeOf(answer), outcome));
  }
  test("keeps nothing of the framing, of the connection, or of the viewer", () => {
    const fields = [
      "Connection: keep-alive",
      "Keep-Alive: timeout=5",
      "Set-Cookie: a=b",
      "Trailer: T",
    ];
    assert.equal(outcomeOf(whole("a", ...fields, "X: y")), "X: y | a");
  });
  test("gives up what comes in too many pieces", () =>
    assert.equal(
      recordAnswer(recorded(whole("a".repeat(9)).slice(0, -8)), new Uint8Array([97]), {
        ...POLICY,
        maxPieces: 1,
      }).state,
      "given-up",
    ));
  test("keeps bytes of its own, whatever becomes of those it was given", () => {
    const bytes = Uint8Array.from(whole("abc"), (letter) => letter.charCodeAt(0));
    const recording = recordAnswer(NEW_RECORDING, bytes, POLICY);
    bytes.fill(0);
    assert.ok(recording.state === "whole");
    assert.equal(String.fromCharCode(...recording.frozen.body), "abc");
  });
  test("keeps the same, whatever the pieces", () => {
    const body = fc.string({ minLength: 1, maxLength: 20, unit: "binary-ascii" });
    const answer = fc.oneof(
      body.map((text) => whole(text, "Age: 1")),
      fc
        .array(body, { maxLength: 3 })
        .map((parts) => parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join(""))
        .map((chunks) => chunked(`${chunks}0\r\n\r\n`)),
    );
    fc.assert(
      fc.property(answer, fc.integer({ min: 1, max: 40 }), (text, pieceBytes) => {
        assert.equal(outcomeOf(text, pieceBytes), outcomeOf(text));
      }),
    );
  });
});
