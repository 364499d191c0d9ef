import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { warningsAfter } from "./probe-warnings.ts";

describe("warningsAfter()", () => {
  for (const [reason, isAbsentAtSource, warnings] of [
    ["status-404", true, ["no-probe-object"]],
    ["status-410", true, ["no-probe-object"]],
    ["status-403", true, ["no-probe-object"]],
    ["status-404", false, []],
    ["status-503", true, []],
    ["refused", true, []],
  ] as const) {
    test(`${reason}, ${isAbsentAtSource ? "absent" : "present"} at the source: ${warnings.join() || "none"}`, () =>
      assert.deepEqual(
        warningsAfter([], {
          outcome: { ok: false, reason, isFact: false },
          url: "http://a/b",
          allowsPages: undefined,
          isAbsentAtSource,
        }),
        warnings,
      ));
  }

  for (const [before, allowsPages, warnings] of [
    [[], false, ["no-cors"]],
    [[], true, []],
    [["no-cors"], true, []],
    [["no-cors"], undefined, ["no-cors"]],
    [[], undefined, []],
  ] as const) {
    test(`pages are ${allowsPages === undefined ? "not spoken of" : allowsPages ? "let in" : "kept out"}, before: ${before.join() || "none"}`, () =>
      assert.deepEqual(
        warningsAfter(before, {
          outcome: { ok: false, reason: "timeout", isFact: false },
          url: "http://a/b",
          isAbsentAtSource: false,
          allowsPages,
        }),
        warnings,
      ));
  }
});
