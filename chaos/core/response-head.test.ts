import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readResponseHead } from "./response-head.ts";

const LENGTH_7 = "Content-Length: 7";
const CHUNKED = "Transfer-Encoding: chunked";

describe("readResponseHead()", () => {
  for (const [method, lines, body] of [
    ["GET", ["HTTP/1.1 200 OK", LENGTH_7], { kind: "length", bytes: 7 }],
    ["GET", ["HTTP/1.1 200"], { kind: "until-close" }],
    ["GET", ["HTTP/1.1 200 ", "Content-Length: 0"], { kind: "none" }],
    ["GET", ["HTTP/1.1 200 OK", CHUNKED, LENGTH_7], { kind: "chunked" }],
    ["GET", ["HTTP/1.1 200 OK", "Transfer-Encoding: gzip"], { kind: "until-close" }],
    ["HEAD", ["HTTP/1.1 200 OK", LENGTH_7], { kind: "none" }],
    ["HEAD", ["HTTP/1.1 200 OK", CHUNKED], { kind: "none" }],
    ["GET", ["HTTP/1.1 204 No Content", LENGTH_7], { kind: "none" }],
    ["GET", ["HTTP/1.1 304 Not Modified", LENGTH_7], { kind: "none" }],
    ["GET", ["HTTP/1.1 100 Continue"], { kind: "none" }],
    ["GET", ["HTTP/1.1 101 Switching Protocols"], { kind: "opaque" }],
    ["CONNECT", ["HTTP/1.1 200 OK", LENGTH_7], { kind: "opaque" }],
    ["CONNECT", ["HTTP/1.1 407 No", LENGTH_7], { kind: "length", bytes: 7 }],
    ["GET", ["HTTP/1.0 200 OK", LENGTH_7], { kind: "length", bytes: 7 }],
  ] as const) {
    test(`${method}: ${lines.join(" | ")}: ${body.kind}`, () =>
      assert.deepEqual(readResponseHead(lines, method)?.body, body));
  }

  for (const [status, isInterim] of [
    [100, true],
    [101, false],
    [103, true],
    [199, true],
    [200, false],
  ] as const) {
    test(`${status} is ${isInterim ? "" : "not "}interim`, () => {
      const head = readResponseHead([`HTTP/1.1 ${status} X`], "GET");
      assert.deepEqual([head?.status, head?.isInterim], [status, isInterim]);
    });
  }

  for (const lines of [
    [],
    ["HTTP/1.1 99 X"],
    ["HTTP/1.1 2000 X"],
    ["HTTP/2 200"],
    ["ICY 200 OK"],
    ["HTTP/1.1 200 OK", "Content-Length: 1, 2"],
    ["HTTP/1.0 200 OK", CHUNKED],
  ]) {
    test(`${JSON.stringify(lines)} is no response`, () =>
      assert.equal(readResponseHead(lines, "GET"), undefined));
  }
});
