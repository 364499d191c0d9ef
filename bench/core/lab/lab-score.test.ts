import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEAD, exampleRun, FROZEN } from "./lab-run.rig.ts";
import { scoreLab } from "./lab-score.ts";

describe("scoreLab()", () => {
  test("a card for each set of terms, and one for what is broken from the start", () =>
    assert.deepEqual(
      scoreLab([
        exampleRun(),
        exampleRun({ mode: "vod" }),
        exampleRun({ link: "20mbit" }),
        exampleRun({ steering: "down" }),
        exampleRun({ fault: "blackhole@start" }),
      ]).map(({ mode, link, steering, atStart }) => [mode, link, steering, atStart].join(" ")),
      [
        "live open up false",
        "vod open up false",
        "live 20mbit up false",
        "live open down false",
        "live open up true",
      ],
    ));
  test("players and faults in their own order, and what was not run stays empty", () => {
    const [card] = scoreLab([FROZEN, exampleRun({ fault: "none" }), exampleRun()]);
    assert.deepEqual(card?.players, ["understudy", "hls"]);
    assert.deepEqual(
      card?.rows.map(({ fault, scores }) => [fault, scores[1]?.stallSeconds]),
      [
        ["none", undefined],
        ["blackhole", 25.5],
      ],
    );
  });
  test("sums what each stood still, and counts deaths", () => {
    const [card] = scoreLab([exampleRun(), DEAD, { ...DEAD, fault: "refuse" }]);
    assert.deepEqual(card?.sums, [
      { stallSeconds: 0, deaths: 0 },
      { stallSeconds: 80, deaths: 2 },
    ]);
  });
  test("the median of several runs, in which never is longest", () => {
    const runs = [null, 1, 3].map((backupSeconds, index) =>
      exampleRun({ backupSeconds, failbackSeconds: index === 0 ? 1 : null, run: index + 1 }),
    );
    const score = scoreLab(runs)[0]?.rows[0]?.scores[0];
    assert.deepEqual([score?.backupSeconds, score?.failbackSeconds], [3, null]);
  });
});
