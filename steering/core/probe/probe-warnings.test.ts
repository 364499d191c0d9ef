import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { warningsOf } from "./probe-warnings.ts";

describe("warningsOf()", () => {
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
        warningsOf({
          outcome: { ok: false, reason, isFact: false },
          url: "http://a/b",
          isAbsentAtSource,
        }),
        warnings,
      ));
  }
});
