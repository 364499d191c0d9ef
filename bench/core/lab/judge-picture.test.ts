import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bufferAt, judgePicture, type PictureSample } from "./judge-picture.ts";

/**
 * A sample every 250 ms after the first: `.` plays, `x` stands still, `s` has sound and no new frame,
 * `e` has ended.
 */
function judge(course: string) {
  const samples: PictureSample[] = [sampleAt(0, { mediaSeconds: 0, frames: 1 })];
  for (const [index, step] of [...course].entries()) {
    const before = samples.at(-1) as PictureSample;
    samples.push(
      sampleAt((index + 1) / 4, {
        mediaSeconds: before.mediaSeconds + (step === "." || step === "s" ? 0.25 : 0),
        frames: before.frames + (step === "." ? 6 : 0),
        ended: step === "e",
      }),
    );
  }
  const { stalls, dead } = judgePicture(samples, 0);
  return {
    stalls: stalls.map(({ fromSeconds, toSeconds }) => `${fromSeconds}-${toSeconds}`),
    dead,
  };
}

function sampleAt(atSeconds: number, seen: Partial<PictureSample>): PictureSample {
  return { atSeconds, mediaSeconds: 0, frames: 0, bufferSeconds: 0, ended: false, ...seen };
}

describe("judgePicture()", () => {
  for (const [course, stalls] of [
    ["....", []],
    [".xx.", ["0.25-0.75"]],
    ["x..x.", ["0-0.25", "0.75-1"]],
    // One late frame is the machine's, sound alone is no picture.
    [".s..", []],
    [".ss.", ["0.25-0.75"]],
    [".sx.", ["0.25-0.75"]],
    ["..xxx", ["0.5-1.25"]],
    ["..eee", ["0.5-0.75"]],
  ] as const) {
    test(course, () => assert.deepEqual(judge(course).stalls, stalls));
  }

  test("adds up what stood still", () =>
    assert.equal(
      judgePicture(
        [
          sampleAt(0, { frames: 1 }),
          sampleAt(0.25, { frames: 1 }),
          sampleAt(0.5, { frames: 7, mediaSeconds: 0.25 }),
        ],
        0,
      ).stallSeconds,
      0.25,
    ));
  test("is dead after 4 s at the end, and not before", () => {
    assert.equal(judge(`.${"x".repeat(16)}`).dead, true);
    assert.equal(judge(`.${"x".repeat(15)}`).dead, false);
    assert.equal(judge(`.${"x".repeat(20)}.`).dead, false);
  });
  test("is dead without a first frame, and has not stalled", () =>
    assert.deepEqual(judgePicture([sampleAt(0, {}), sampleAt(9, {})], undefined), {
      stalls: [],
      stallSeconds: 0,
      dead: true,
    }));
  test("counts nothing before the first frame", () =>
    assert.deepEqual(judgePicture([sampleAt(0, {}), sampleAt(9, {})], 9).stalls, []));
});

describe("bufferAt()", () => {
  const samples = [
    sampleAt(1, { bufferSeconds: 3 }),
    sampleAt(2, { bufferSeconds: 5, frames: 1 }),
    sampleAt(3, { bufferSeconds: 8, frames: 9 }),
  ];
  for (const [atSeconds, expected] of [
    [1.9, undefined],
    [2, 5],
    [2.9, 5],
    [30, 8],
  ] as const) {
    test(`at ${atSeconds} s`, () => assert.equal(bufferAt(samples, atSeconds), expected));
  }
});
