import assert from "node:assert/strict";
import { test } from "node:test";
import { bearsTag } from "./cache-tags.ts";

for (const [fields, tag, expected] of [
  [{}, "a", false],
  [{ "surrogate-key": "a" }, "a", true],
  [{ "surrogate-key": "title-1  season-2\tall" }, "season-2", true],
  [{ "surrogate-key": " a b " }, "b", true],
  [{ "surrogate-key": "title-10" }, "title-1", false],
  [{ "surrogate-key": "a b, c d" }, "b", true],
  [{ "surrogate-key": "A" }, "a", false],
  [{ "cache-tag": "title 1, season 2" }, "title 1", true],
  [{ "cache-tag": "title 1, season 2" }, "season", false],
  [{ "cache-tag": "a,b" }, "b", true],
  [{ "cache-tag": " a \t,\t b , c" }, "b", true],
  [{ "surrogate-key": "a", "cache-tag": "b" }, "b", true],
  [{ etag: '"a"' }, "a", false],
] as const) {
  test(`${JSON.stringify(fields)} ${expected ? "bears" : "does not bear"} ${tag}`, () => {
    assert.equal(bearsTag(fields, tag), expected);
  });
}
