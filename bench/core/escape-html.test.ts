import assert from "node:assert/strict";
import { test } from "node:test";
import { escapeHtml } from "./escape-html.ts";

test("leaves nothing that could begin or end a tag, an attribute or an entity", () =>
  assert.equal(
    escapeHtml(`<a href="x" id='y'>&amp;`),
    "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;",
  ));
test("leaves other text as it is", () => assert.equal(escapeHtml("µs · 1.22×"), "µs · 1.22×"));
