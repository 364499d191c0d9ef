import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { claimItems, claimLines } from "./write-claims.ts";

const CLAIMS = [
  { claim: "a < b", holds: true },
  { claim: "b < a", holds: false },
];

describe("claims", () => {
  test("for a terminal, those that do not hold catch the eye", () =>
    assert.deepEqual(claimLines(CLAIMS), ["holds: a < b", "DOES NOT HOLD: b < a"]));
  test("for the page, as items of a list", () =>
    assert.deepEqual(claimItems(CLAIMS), [
      "<li><b>Holds</b>: a &lt; b.</li>",
      '<li class="broken"><b>Does not hold</b>: b &lt; a.</li>',
    ]));
});
