import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isGivenUp, isUnavailable, judgeCall, STALE_CONNECTION } from "./judge-call.ts";

describe("judgeCall()", () => {
  for (const [status, expected] of [
    [200, "success"],
    [304, "success"],
    [404, "success"],
    [429, "success"],
    [500, "success"],
    [501, "success"],
    [502, "doubt"],
    [503, "doubt"],
    [504, "doubt"],
    [505, "success"],
    [508, "none"],
  ] as const) {
    test(`status ${status} counts as ${expected}`, () => {
      assert.equal(judgeCall({ kind: "answered", status }), expected);
      assert.equal(isUnavailable(status), expected !== "success");
    });
  }

  for (const [kind, expected] of [
    ["unreachable", "failure"],
    ["timeout", "failure"],
    ["broken", "doubt"],
    ["unavailable", "doubt"],
    ["aborted", "none"],
    ["breaker-open", "none"],
    ["busy", "none"],
  ] as const) {
    test(`${kind} counts as ${expected}`, () =>
      assert.equal(judgeCall({ kind: "failed", failure: { kind, reason: "test" } }), expected));
  }

  test("an idle connection that was closed says nothing of the server", () => {
    const failure = { kind: "broken", reason: STALE_CONNECTION } as const;
    assert.equal(judgeCall({ kind: "failed", failure }), "none");
  });
});

describe("isGivenUp()", () => {
  for (const [source, kind, expected] of [
    ["origin", "timeout", true],
    ["origin", "too-slow", true],
    ["origin", "wrong-slice", false],
    ["client", "aborted", false],
    ["edge", "busy", false],
    ["edge", "timeout", false],
  ] as const) {
    test(`${kind} of the ${source}: ${expected}`, () =>
      assert.equal(isGivenUp({ source, kind }), expected));
  }
});
