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
  test("says when to come back only if that was given", () => {
    for (const retryAfterSeconds of [undefined, 7]) {
      const answer: OwnAnswer = { kind: "unavailable", retryAfterSeconds };
      const text = ownAnswer(answer, { method: "GET", isLast: false }).toString();
      assert.match(text, /^HTTP\/1.1 503 /);
      assert.equal(text.includes("retry-after: 7"), retryAfterSeconds === 7);
    }
  });
});
