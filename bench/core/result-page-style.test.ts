import assert from "node:assert/strict";
import { test } from "node:test";
import { RESULT_PAGE_STYLE } from "./result-page-style.ts";

test("fetches nothing from anywhere", () =>
  assert.doesNotMatch(RESULT_PAGE_STYLE, /url\(|@import|https?:/));
test("uses no colour that it has not defined", () => {
  const used = RESULT_PAGE_STYLE.matchAll(/var\((--[a-z]+)\)/g);
  // Set on each bar by the page.
  const perBar = ["--median", "--lowest", "--highest"];
  for (const [, name = ""] of used) {
    assert.ok(perBar.includes(name) || RESULT_PAGE_STYLE.includes(`${name}: light-dark(`), name);
  }
});
