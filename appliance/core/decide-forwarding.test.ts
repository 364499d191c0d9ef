import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideForwarding } from "./decide-forwarding.ts";

const QUESTION = {
  method: "GET",
  hasAuthorization: false,
  isNoStore: false,
  isBeingFetched: false,
  recentRefusal: undefined,
};

describe("decideForwarding()", () => {
  for (const [change, expected] of [
    [{}, "share cacheable"],
    [{ isBeingFetched: true }, "share cacheable"],
    [{ hasAuthorization: true }, "alone authorization"],
    [{ hasAuthorization: true, isBeingFetched: true }, "alone authorization"],
    [{ method: "HEAD" }, "alone head"],
    [{ method: "HEAD", isBeingFetched: true }, "share cacheable"],
    [{ isNoStore: true, isBeingFetched: true }, "alone no-store"],
    [{ recentRefusal: "no-store" }, "alone no-store"],
    [{ recentRefusal: "no-store", isBeingFetched: true }, "share cacheable"],
  ] as const) {
    test(`${JSON.stringify(change)}: ${expected}`, () => {
      const { action, reason } = decideForwarding({ ...QUESTION, ...change });
      assert.equal(`${action} ${reason}`, expected);
    });
  }
});
