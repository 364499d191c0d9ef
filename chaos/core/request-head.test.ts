import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readRequestHead } from "./request-head.ts";

const read = (...lines: string[]) => readRequestHead(lines);

describe("readRequestHead()", () => {
  for (const [lines, body] of [
    [["GET /a HTTP/1.1", "Host: b"], { kind: "none" }],
    [["POST /a HTTP/1.0", "Content-Length: 0"], { kind: "none" }],
    [["POST /a HTTP/1.1", "Content-Length: 7"], { kind: "length", bytes: 7 }],
    [["PUT /a HTTP/1.1", "Transfer-Encoding: chunked"], { kind: "chunked" }],
    [["PUT /a HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 7"], { kind: "chunked" }],
    [["CONNECT a:443 HTTP/1.1"], { kind: "opaque" }],
  ] as const) {
    test(`${lines.join(" | ")}: ${body.kind}`, () => assert.deepEqual(read(...lines)?.body, body));
  }
  test("gives method and target as they stand", () =>
    assert.deepEqual(read("M-SEARCH http://h/%zz?a=b HTTP/1.1"), {
      method: "M-SEARCH",
      target: "http://h/%zz?a=b",
      body: { kind: "none" },
      isLast: false,
    }));

  for (const [lines, isLast] of [
    [["GET /a HTTP/1.1"], false],
    [["GET /a HTTP/1.1", "Connection: keep-alive"], false],
    [["GET /a HTTP/1.1", "connection: Upgrade, Close"], true],
    [["GET /a HTTP/1.0"], true],
    [["GET /a HTTP/1.0", "Connection: keep-alive"], true],
    [["PUT /a HTTP/1.1", "Content-Length: 7", "Expect: 100-Continue"], true],
  ] as const) {
    test(`${lines.join(" | ")} is ${isLast ? "" : "not "}the last`, () =>
      assert.equal(read(...lines)?.isLast, isLast));
  }

  for (const lines of [
    [],
    [""],
    ["GET /a"],
    ["GET  /a HTTP/1.1"],
    ["GET /a b HTTP/1.1"],
    ["GET /a HTTP/2.0"],
    ["PRI * HTTP/2.0"],
    ["GET /a HTTP/1.1", "Content-Length: x"],
    ["POST /a HTTP/1.1", "Transfer-Encoding: gzip"],
  ]) {
    test(`${JSON.stringify(lines)} is no request`, () =>
      assert.equal(readRequestHead(lines), undefined));
  }
});
