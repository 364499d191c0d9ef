import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { forwardedResponseFields, untouchedFields } from "./response-headers.ts";

describe("forwardedResponseFields()", () => {
  test("passes on what describes the object", () => {
    const fields = { etag: '"a"', "last-modified": "x", "repr-digest": "d", "cache-control": "c" };
    assert.deepEqual(forwardedResponseFields(fields), fields);
  });
  for (const name of [
    "connection",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
    "trailer",
    "te",
    "proxy-authenticate",
    "proxy-authentication-info",
    "age",
    "content-length",
    "access-control-allow-origin",
    "timing-allow-origin",
  ]) {
    test(`keeps ${name} to itself`, () =>
      assert.deepEqual(forwardedResponseFields({ [name]: "1", etag: "e" }), { etag: "e" }));
  }
  for (const connection of ["close, X-Hop", "X-Hop", "close,X-Hop", "close \t,\t X-Hop ,x"]) {
    test(`keeps what Connection names to itself: ${JSON.stringify(connection)}`, () =>
      assert.deepEqual(forwardedResponseFields({ connection, "x-hop": "1" }), {}));
  }
  // Any client can send one. Were the time to grow with its square, this would last for minutes.
  test("comes to an end with a list that is nearly all blanks", () => {
    const connection = `close${" ".repeat(1_000_000)}x`;
    assert.deepEqual(forwardedResponseFields({ connection, etag: "e" }), { etag: "e" });
  });
});

test("untouchedFields() are the age and the ranges of an answer that is passed on", () => {
  assert.deepEqual(untouchedFields({ age: "7", "accept-ranges": "none", etag: "x" }), {
    age: "7",
    "accept-ranges": "none",
  });
  assert.deepEqual(untouchedFields({}), {});
});
