import assert from "node:assert/strict";
import { test } from "node:test";
import { LAB_PAGE_STYLE } from "./lab-page-style.ts";

test("every colour of its own has a light and a dark side", () => {
  const colours = Array.from(
    LAB_PAGE_STYLE.matchAll(/^ {2}(--[\w-]+): (.+);$/gm),
    ([, , value]) => value,
  );
  assert.ok(colours.length > 3);
  for (const value of colours) assert.match(value ?? "", /^light-dark\(/);
});
