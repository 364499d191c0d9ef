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
  test("keeps what Connection names to itself", () =>
    assert.deepEqual(forwardedResponseFields({ connection: "close, X-Hop", "x-hop": "1" }), {}));
});

test("untouchedFields() are the age and the ranges of an answer that is passed on", () => {
  assert.deepEqual(untouchedFields({ age: "7", "accept-ranges": "none", etag: "x" }), {
    age: "7",
    "accept-ranges": "none",
  });
  assert.deepEqual(untouchedFields({}), {});
});
