import assert from "node:assert/strict";
import { test } from "node:test";
import { labMarkdown } from "./lab-markdown.ts";
import { DEAD, exampleRun } from "./lab-run.rig.ts";

test("labMarkdown() sets players beside each other, and ours under other terms too", () =>
  assert.equal(
    labMarkdown([
      exampleRun(),
      DEAD,
      exampleRun({ fault: "none", backupSeconds: null, failbackSeconds: null }),
      exampleRun({ link: "20mbit", failbackSeconds: 6 }),
    ]),
    `Live: seconds frozen / until B was asked / from A's recovery until it served; – never.

| fault             | understudy    | vhs                  | understudy, 20 Mbit/s |
| ----------------- | ------------- | -------------------- | --------------------- |
| \`none\`            | 0 / – / –     |                      |                       |
| \`blackhole\`       | 0 / 0.7 / 5.1 | dead 40.0 / 0.7 / –  | 0 / 0.7 / 6.0         |
| **frozen in all** | **0.0 s**     | **≥ 40.0 s, 1 dead** | **0.0 s**             |
`,
  ));

test("what is broken when the page opens is another table, and so is what is on demand", () =>
  assert.deepEqual(
    labMarkdown([
      exampleRun(),
      exampleRun({ fault: "refuse@start" }),
      exampleRun({ mode: "vod", steering: "down" }),
    ]).match(/^[LO][^:]*:|understudy[^|]*/gm),
    [
      "Live:",
      "understudy    ",
      "Live, broken when the page opens:",
      "understudy    ",
      "On demand:",
      "understudy, steering down ",
    ],
  ));

test("nothing is nothing", () => assert.equal(labMarkdown([]), ""));
