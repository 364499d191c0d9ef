import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { labPage } from "./lab-page.ts";
import { DEAD, exampleRun, FROZEN } from "./lab-run.rig.ts";

const ABOUT = {
  commit: "0123456789abcdef",
  machine: {
    system: "Linux 6.1",
    processor: "A <processor>",
    processors: 2,
    memoryMebibytes: 4_096,
  },
};

describe("labPage()", () => {
  const page = labPage(
    [exampleRun(), FROZEN, DEAD, exampleRun({ fault: "corrupt@start", remark: "<b>" })],
    ABOUT,
  );

  test("is a file of its own: no script, and nothing to fetch", () =>
    assert.doesNotMatch(page, /<script|<link|<img|\ssrc=|\shref=|url\(|https?:/));
  test("has a section for each card", () =>
    assert.deepEqual(
      Array.from(page.matchAll(/<h2 id="card-\d+">([^<]+)/g), ([, title]) => title),
      ["Live, open link, steering up", "Live, open link, steering up, broken when the page opens"],
    ));
  test("scores in words: a stall, a death, what was never done", () => {
    assert.match(page, /<b>25\.5 s<\/b><small>B – · back 0<\/small>/);
    assert.match(page, /<b>dead<\/b>/);
    assert.match(page, /<td>25\.5 s<\/td>|<td>≥ 40\.0 s, 1 dead<\/td>/);
  });
  test("is darker the longer it stood still", () => {
    const percents = Array.from(page.matchAll(/--badness:(\d+)%/g), ([, percent]) =>
      Number(percent),
    );
    assert.deepEqual(percents, [37, 42]);
  });
  test("has a timeline for every run", () =>
    assert.equal(page.match(/<svg viewBox="0 0 1000/g)?.length, 4));
  test("escapes what it is given", () => {
    assert.match(page, /A &lt;processor&gt;/);
    assert.match(page, /&lt;b&gt;/);
  });
  test("says so if nothing was run", () => assert.match(labPage([], ABOUT), /Nothing was run/));
});
