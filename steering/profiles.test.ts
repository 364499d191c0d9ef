import assert from "node:assert/strict";
import { test } from "node:test";
import { PROFILES } from "./profiles.ts";

for (const [name, { ejection, ranking }] of Object.entries(PROFILES)) {
  test(`as many may be sick at once as a sweep takes down (${name})`, () =>
    assert.equal(ranking.maxSickShare, ejection.maxShare));
}
