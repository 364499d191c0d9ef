import assert from "node:assert/strict";
import { test } from "node:test";
import { EXAMPLE } from "./example-result.rig.ts";
import { loadArticle } from "./load-article.ts";

test("the article of a load says how ours compares, and draws what was measured", () => {
  const html = loadArticle(EXAMPLE);
  assert.match(html, /<h3>1 MiB objects · 32 connections<\/h3>/);
  assert.match(html, /Beside <b>nginx<\/b>: <b>2\.00×<\/b> its throughput/);
  assert.match(html, /<b>varnish<\/b> is not installed here/);
  assert.match(html, /p99 at 1,400 requests\/s/);
});

test("without a load at one rate for all there is no chart of it", () => {
  const runs = EXAMPLE.runs.map(({ atRate: _, ...run }) => run);
  assert.doesNotMatch(loadArticle({ ...EXAMPLE, runs }), /p99 at 1,400/);
});
