import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEAD, exampleRun, FROZEN } from "./lab-run.rig.ts";
import { scoreLab } from "./lab-score.ts";
import {
  writeLength,
  writeScore,
  writeSeconds,
  writeSum,
  writeTerms,
} from "./write-lab-figures.ts";

const scoreOf = (run: ReturnType<typeof exampleRun>) => scoreLab([run])[0]?.rows[0]?.scores[0];

describe("writeSeconds()", () => {
  for (const [seconds, text] of [
    [null, "–"],
    [0, "0"],
    [0.049, "0"],
    [0.05, "0.1"],
    [25.46, "25.5"],
  ] as const) {
    test(text, () => assert.equal(writeSeconds(seconds), text));
  }
});

describe("writeScore()", () => {
  for (const [run, atStart, text] of [
    [exampleRun(), false, "0 / 0.7 / 5.1"],
    [FROZEN, false, "25.5 / – / 0"],
    [DEAD, false, "dead 40.0 / 0.7 / –"],
    [exampleRun(), true, "0.4 / 0 / 5.1"],
  ] as const) {
    test(text, () => assert.equal(writeScore(scoreOf(run), atStart), text));
  }
  test("nothing where nothing was run", () => assert.equal(writeScore(undefined, false), ""));
});

test("writeSum()", () => {
  assert.equal(writeSum({ stallSeconds: 3, deaths: 0 }), "3.0 s");
  assert.equal(writeSum({ stallSeconds: 80, deaths: 2 }), "≥ 80.0 s, 2 dead");
});
test("writeTerms()", () => {
  assert.equal(
    writeTerms({ mode: "live", link: "open", steering: "up" }),
    "live, open link, steering up",
  );
  assert.equal(
    writeTerms({ mode: "vod", link: "20mbit", steering: "down" }),
    "on demand, 20 Mbit/s link, steering down",
  );
});

describe("writeLength()", () => {
  for (const [seconds, text] of [
    [12.2, "about 13 s"],
    [59, "about 59 s"],
    [61, "about 2 min"],
    [3_541, "about 1 h 0 min"],
    [9_000, "about 2 h 30 min"],
  ] as const) {
    test(text, () => assert.equal(writeLength(seconds), text));
  }
});
