import assert from "node:assert/strict";
import { test } from "node:test";
import { EXAMPLE_STUDY } from "./example-study.rig.ts";
import { studyArticle } from "./study-article.ts";

const HTML = studyArticle(EXAMPLE_STUDY);

test("the article of a study says which claims hold", () => {
  assert.match(HTML, /<li><b>Holds<\/b>: one fetch for all\.<\/li>/);
  assert.match(HTML, /<li class="broken"><b>Does not hold<\/b>: nobody is late\.<\/li>/);
  assert.match(HTML, /<b>ats<\/b> is not installed here/);
});

test("the article of a study draws only what can be better or worse, and only what was found", () => {
  assert.equal(HTML.match(/<figcaption>/g)?.length, 2);
  assert.doesNotMatch(HTML, /<figcaption>origin fetches/);
  const [, chart = ""] = HTML.split("<figcaption>first byte, ms");
  assert.doesNotMatch(chart.split("</figure>")[0] ?? "", /nginx/);
});
