import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXAMPLE } from "./example-result.rig.ts";
import { EXAMPLE_STUDY } from "./example-study.rig.ts";
import { resultPage } from "./result-page.ts";

describe("resultPage()", () => {
  const page = resultPage([EXAMPLE, { ...EXAMPLE, name: "edge-small" }]);

  test("is a file of its own: no script, and nothing to fetch", () =>
    assert.doesNotMatch(page, /<script|<link|<img|\ssrc=|\shref=|url\(|https?:/));
  test("has a section for each bench", () =>
    assert.deepEqual(
      Array.from(page.matchAll(/<h2 id="([^"]+)"/g), ([, id]) => id),
      ["edge-ram", "edge-small"],
    ));
  test("escapes what it is given", () => {
    const text = resultPage([{ ...EXAMPLE, question: "<script>" }]);
    assert.ok(text.includes("&lt;script&gt;"));
  });
  test("draws the longest round over the whole width, and medians and ranges in proportion", () => {
    // 4,000 of 3,000 to 5,000 for ours; 2,000 for nginx.
    assert.match(page, /--median:80\.00%;--lowest:60\.00%;--highest:100\.00%/);
    assert.match(page, /--median:40\.00%;--lowest:40\.00%;--highest:40\.00%/);
  });
  test("has every figure in a table as well", () => {
    for (const cell of ["4,000", "2,098", "245", "0.47", "12.3", "98 %", "server"]) {
      assert.ok(page.includes(`<td>${cell}</td>`), cell);
    }
  });
  test("tells notes that all share once, and the others with their bench", () => {
    const other = { ...EXAMPLE, name: "edge-small", notes: ["A note.", "Its own."] };
    const parts = resultPage([EXAMPLE, other]).split("<footer>");
    assert.doesNotMatch(parts[0] ?? "", /A note\./);
    assert.match(parts[0] ?? "", /Its own\./);
    assert.match(parts[1] ?? "", /A note\./);
  });
  test("tells them once beside a study as well, which has others", () => {
    const other = { ...EXAMPLE, name: "edge-small", notes: ["A note.", "Its own."] };
    const study = { ...EXAMPLE_STUDY, notes: ["A study's."] };
    const parts = resultPage([study, EXAMPLE, other]).split("<footer>");
    assert.doesNotMatch(parts[0] ?? "", /A note\./);
    assert.match(parts[0] ?? "", /A study&#39;s\./);
  });
  test("marks every case of ours", () => {
    const runs = [{ system: "understudy (disk)", firstByteMs: 1 }, { system: "understudied" }];
    const text = resultPage([{ ...EXAMPLE_STUDY, runs }]);
    assert.match(text, /class="row ours"><span class="name">understudy \(disk\)/);
    assert.doesNotMatch(text, /class="ours"><th scope="row">understudied/);
  });
  test("says at the bar whose throughput is not its own", () => {
    const [ours, nginx] = EXAMPLE.runs;
    assert.ok(ours && nginx);
    const runs = [ours, { ...nginx, limitedBy: "load-generator" as const }];
    assert.match(resultPage([{ ...EXAMPLE, runs }]), /nginx<small> limited by the load/);
  });
  test("says how ours compares, and who is missing", () => {
    assert.match(page, /<b>2\.00×<\/b> its throughput, <b>0\.50×<\/b> its CPU/);
    assert.match(page, /<b>varnish<\/b> is not installed/);
  });
  test("has the claims, the charts and every figure of a study", () => {
    const text = resultPage([EXAMPLE_STUDY]);
    assert.match(text, /<b>Holds<\/b>: one fetch for all\./);
    assert.match(text, /<li class="broken"><b>Does not hold<\/b>: nobody is late\./);
    assert.match(text, /<figcaption>first byte, ms <span>less is better/);
    assert.doesNotMatch(text, /<figcaption>origin fetches/);
    for (const cell of ["34.5", "1.25 %", "–"]) assert.ok(text.includes(`<td>${cell}</td>`), cell);
  });
  test("says that nothing was measured", () =>
    assert.match(resultPage([]), /Nothing was measured/));
});
