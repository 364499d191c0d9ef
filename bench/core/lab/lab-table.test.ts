import assert from "node:assert/strict";
import { test } from "node:test";
import { DEAD, exampleRun, FROZEN } from "./lab-run.rig.ts";
import { labTable } from "./lab-table.ts";

test("labTable() sets players beside each other, with their sums below", () =>
  assert.equal(
    labTable([
      exampleRun(),
      FROZEN,
      DEAD,
      exampleRun({ fault: "none", backupSeconds: null, failbackSeconds: null }),
    ]),
    [
      "live, open link, steering up",
      "  seconds frozen / until B was asked / from A's recovery until it served; – never",
      "  fault             understudy           hls                  vhs",
      "  none               0 / – / –",
      "  blackhole      0 / 0.7 / 5.1  25.5 / – / 0  dead 40.0 / 0.7 / –",
      "  frozen in all          0.0 s        25.5 s     ≥ 40.0 s, 1 dead",
    ].join("\n"),
  ));

test("what is broken when the page opens is another table", () =>
  assert.match(
    labTable([exampleRun(), exampleRun({ fault: "refuse@start" })]),
    /\n\nlive, open link, steering up, broken when the page opens\n {2}seconds until the first frame/,
  ));

test("nothing is nothing", () => assert.equal(labTable([]), ""));
