import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { advanceMessage, NEW_MESSAGE } from "./message-framing.ts";
import { readRequestHead } from "./request-head.ts";
import { readResponseHead } from "./response-head.ts";

type Direction = "requests" | "responses";
const MAX_HEAD_BYTES = 200;

/**
 * Labels of each byte: `h` head, `c` content, `f` framing, `o` opaque. `!` stands after a head that was
 * understood, and `|` after each message.
 */
function labelsOf(direction: Direction, pieces: readonly Uint8Array[]): string {
  const readHead = (lines: readonly string[]) =>
    direction === "requests" ? readRequestHead(lines) : readResponseHead(lines, "GET");
  let state = NEW_MESSAGE;
  let labels = "";
  for (const bytes of pieces) {
    for (let at = 0; at < bytes.length; ) {
      const reader = { readHead, maxHeadBytes: MAX_HEAD_BYTES };
      const step = advanceMessage(state, bytes, at, bytes.length, reader);
      assert.ok(step.end > at, "each step takes a byte");
      labels += step.label.slice(0, 1).repeat(step.end - at);
      if (step.head !== undefined) labels += "!";
      if (step.isLast) labels += "|";
      state = step.next;
      at = step.end;
    }
  }
  return labels;
}

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const labelsOfText = (direction: Direction, text: string) => labelsOf(direction, [bytesOf(text)]);

/** Shortens runs: `hhhh!|` is `h4!|`. */
const brief = (labels: string) =>
  labels.replace(/([hcfo])\1*/g, (run, label) => `${label}${run.length}`);

const GET = "GET / HTTP/1.1\r\n\r\n";

describe("advanceMessage()", () => {
  test("follows requests one after the other", () =>
    assert.equal(
      brief(labelsOfText("requests", `${GET}POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi${GET}`)),
      "h18!|h38!c2|h18!|",
    ));
  test("skips empty lines before a request", () =>
    assert.equal(brief(labelsOfText("requests", `\r\n\r\n\r\n${GET}${GET}`)), "h24!|h18!|"));
  test("follows interim responses to the final one", () =>
    assert.equal(
      brief(
        labelsOfText(
          "responses",
          "HTTP/1.1 103 X\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 204 X\r\n\r\n",
        ),
      ),
      "h18!|h38!c1|h18!|",
    ));
  test("follows chunks", () =>
    assert.equal(
      brief(
        labelsOfText(
          "responses",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        ),
      ),
      "h47!f3c2f7|",
    ));
  test("reads nothing after a CONNECT, nor after 101", () => {
    assert.equal(brief(labelsOfText("requests", `CONNECT a:1 HTTP/1.1\r\n\r\n${GET}`)), "h24!o18");
    assert.equal(brief(labelsOfText("responses", "HTTP/1.1 101 X\r\n\r\nabc")), "h18!o3");
  });
  test("reads nothing after what it does not understand", () => {
    assert.equal(brief(labelsOfText("requests", `nonsense\r\n\r\n${GET}`)), "h12o18");
    assert.equal(
      brief(
        labelsOfText("requests", "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz\r\nab"),
      ),
      "h46!f3o2",
    );
  });
  test("gives a head up at its limit", () => {
    const longest = `GET /${"a".repeat(MAX_HEAD_BYTES - 18)} HTTP/1.1\r\n\r\n`;
    assert.equal(brief(labelsOfText("requests", longest)), "h200!|");
    assert.equal(brief(labelsOfText("requests", `${longest.replace("/", "/a")}`)), "h200o1");
  });
  test("ends no head with bare line feeds", () =>
    assert.equal(brief(labelsOfText("requests", "GET / HTTP/1.1\n\n")), "h16"));
});

describe("any pieces of the same bytes", () => {
  const header = fc.constantFrom(
    "Host: a",
    "Content-Length: 3",
    "Content-Length: 0",
    "Transfer-Encoding: chunked",
    "Bad Name: x",
    "X: é",
  );
  const startLine = fc.constantFrom(
    "GET /a HTTP/1.1",
    "POST /b HTTP/1.1",
    "CONNECT c:1 HTTP/1.1",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 100 Continue",
    "HTTP/1.1 101 X",
    "HTTP/1.1 304 X",
    "HTTP/1.0 200 OK",
    "nonsense",
  );
  const head = fc
    .tuple(startLine, fc.array(header, { maxLength: 3 }))
    .map(([line, headers]) => [line, ...headers, "", ""].join("\r\n"));
  const body = fc.constantFrom(
    "",
    "abc",
    "3\r\nabc\r\n0\r\n\r\n",
    "a;x\r\n0123456789\r\n0\r\nT: u\r\n\r\n",
    "3\r\nabcX",
    "\r\n\r\n",
    "\n\n",
  );
  const stream = fc
    .array(fc.oneof(head, body, fc.string({ maxLength: 12 })), { maxLength: 8 })
    .map((parts) => parts.join(""));
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 });

  for (const direction of ["requests", "responses"] as const) {
    test(`are framed alike: ${direction}`, () => {
      fc.assert(
        fc.property(stream, cuts, (text, places) => {
          const bytes = bytesOf(text);
          const sorted = [0, ...places, bytes.length].sort((left, right) => left - right);
          const pieces = sorted.map((place, index) => bytes.slice(place, sorted[index + 1]));
          assert.equal(labelsOf(direction, pieces), labelsOf(direction, [bytes]));
        }),
        { numRuns: 1_000 },
      );
    });
    test(`are framed alike byte by byte: ${direction}`, () => {
      fc.assert(
        fc.property(stream, (text) => {
          const bytes = bytesOf(text);
          const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
          assert.equal(labelsOf(direction, pieces), labelsOf(direction, [bytes]));
        }),
        { numRuns: 300 },
      );
    });
  }
});
