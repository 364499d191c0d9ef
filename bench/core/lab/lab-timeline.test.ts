import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { exampleRun, FROZEN } from "./lab-run.rig.ts";
import { labTimeline } from "./lab-timeline.ts";

describe("labTimeline()", () => {
  const drawing = labTimeline(exampleRun());
  test("draws each video segment on its pathway's lane, cut ones apart, and no sound", () =>
    assert.deepEqual(
      Array.from(
        drawing.matchAll(/class="(on-[ab](?: cut)?)" x="([\d.]+)" y="(\d+)"/g),
        ([, ...each]) => each,
      ),
      [
        ["on-a", "144.9", "6"],
        ["on-a cut", "202.9", "6"],
        ["on-b", "217.4", "22"],
      ],
    ));
  test("shades the fault", () =>
    assert.match(drawing, /class="fault-span" x="202.9" y="0" width="434.8"/));
  test("marks where the picture stood still", () =>
    assert.match(labTimeline(FROZEN), /class="still" x="322.5" y="0" width="369.6"/));
  test("says in words what it shows", () => {
    assert.match(drawing, /aria-label="understudy: 1 segments from A, 1 from B; never frozen"/);
    assert.match(labTimeline(FROZEN), /aria-label="hls: .*; frozen from 22\.3 to 47\.8 s"/);
  });
  test("its axis ends within the run", () =>
    assert.match(drawing, /<span style="left:87%">60 s<\/span>/));
  test("without a fault and without a picture it is empty", () => {
    const timeline = { endSeconds: 69, fault: null, stalls: [], buffer: [], served: [] };
    assert.doesNotMatch(labTimeline(exampleRun({ timeline })), /fault-span|on-a|in-hand/);
  });
});
