import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgementLabel } from "./judgement-words.ts";

describe("judgementLabel()", () => {
  for (const [reason, label] of [
    ["probe-good", "answers probes again"],
    ["lease-expired", "no longer reports to steering"],
    ["status-503", "answers probes with 503"],
    ["players-errors-worse-than-peers", "players errors worse than peers"],
    ["constructor", "constructor"],
  ] as const) {
    test(`puts ${reason} into words`, () => assert.equal(judgementLabel(reason), label));
  }
});
