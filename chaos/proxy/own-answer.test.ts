import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OwnAnswer } from "../core/plan-exchange.ts";
import { ownAnswer } from "./own-answer.ts";

const FROZEN: OwnAnswer = {
  kind: "frozen",
  frozen: { fields: ['ETag: "\xe9"'], body: new Uint8Array([0xff, 0x00]) },
};

describe("ownAnswer()", () => {
  test("frames what was kept, byte for byte", () =>
    assert.equal(
      ownAnswer(FROZEN, { method: "GET", isLast: false }).toString("latin1"),
      'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\ncontent-length: 2\r\n\r\n\xff\x00',
    ));
  test("answers a HEAD with the head", () =>
    assert.equal(
      ownAnswer(FROZEN, { method: "HEAD", isLast: true }).toString("latin1"),
      'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\ncontent-length: 2\r\nconnection: close\r\n\r\n',
    ));
  for (const [kind, expected] of [
    ["missing", /^HTTP\/1\.1 404 .*CHAOS_MISSING/s],
    ["page", /^HTTP\/1\.1 200 .*text\/html.*<!doctype html>/s],
    ["redirect", /^HTTP\/1\.1 302 .*location: http:\/\/127\.0\.0\.1:1\//s],
  ] as const) {
    test(`says of a ${kind} what it is, readable from any page and kept by none`, () => {
      const text = ownAnswer({ kind }, { method: "GET", isLast: false }).toString();
      assert.match(text, expected);
      assert.match(text, /access-control-allow-origin: \*/);
      assert.match(text, /cache-control: no-store/);
    });
  }
  test("says when to come back only if that was given", () => {
    for (const retryAfterSeconds of [undefined, 7]) {
      const answer: OwnAnswer = { kind: "unavailable", retryAfterSeconds };
      const text = ownAnswer(answer, { method: "GET", isLast: false }).toString();
      assert.match(text, /^HTTP\/1.1 503 /);
      assert.equal(text.includes("retry-after: 7"), retryAfterSeconds === 7);
    }
  });
});
