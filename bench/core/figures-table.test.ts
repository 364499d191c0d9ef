import assert from "node:assert/strict";
import { test } from "node:test";
import { figuresTable } from "./figures-table.ts";

const HTML = figuresTable({
  of: "1 MiB <objects>",
  heads: ["p99 ms"],
  rows: [
    { system: "understudy", version: "1.0", cells: ["4.00"] },
    { system: "nginx", version: "1.22", cells: ["<b>"] },
  ],
});

test("a table of figures has a head for each column and a row for each system", () => {
  assert.equal(HTML.match(/<th scope="col">/g)?.length, 2);
  assert.equal(HTML.match(/<th scope="row">/g)?.length, 2);
  assert.match(HTML, /<tr class="ours"><th scope="row">understudy <small>1\.0<\/small>/);
  assert.match(HTML, /<tr><th scope="row">nginx /);
});

test("a table of figures says what it is of, and escapes what it is given", () => {
  assert.match(HTML, /aria-label="Figures, 1 MiB &lt;objects&gt;"/);
  assert.match(HTML, /<td>&lt;b&gt;<\/td>/);
});
