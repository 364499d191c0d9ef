import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { composeProgram } from "./channel-program.ts";
import { anyProgram, madeUpProgram, madeUpTitle, twoTitles } from "./made-up-titles.rig.ts";

const refusal = (...ladders: Parameters<typeof composeProgram>[0]) => {
  const composition = composeProgram(ladders);
  return composition.kind === "refused" ? composition.reason : "none";
};

describe("composeProgram()", () => {
  test("gives each title a slot as long as its longest stream, rounded up to a millisecond", () => {
    const { streams, loopMs } = twoTitles();
    const places = streams.map(({ segments }) =>
      segments.map(({ slot, startMs, endMs }) => [slot, startMs, endMs]),
    );
    assert.equal(loopMs, 4_000 + 5_500);
    assert.deepEqual(places, [
      [
        [0, 0, 2_000],
        [0, 2_000, 4_000],
        [1, 4_000, 6_000],
        [1, 6_000, 8_000],
        [1, 8_000, 9_500],
      ],
      [
        [0, 0, 2_005.333],
        [0, 2_005.333, 3_989.333],
        [1, 4_000, 6_005.333],
        [1, 6_005.333, 7_989.333],
        [1, 7_989.333, 9_489.333],
      ],
    ]);
    assert.equal(madeUpProgram(madeUpTitle("x", { v: [1.0001] })).loopMs, 1_001);
  });
  test("has one target duration: the longest segment of all streams and titles, rounded", () => {
    const program = (...seconds: number[]) => madeUpProgram(madeUpTitle("x", { v: seconds }));
    assert.equal(program(2.499).targetDurationSeconds, 2);
    assert.equal(program(1, 2.5).targetDurationSeconds, 3);
    assert.equal(program(0.1).targetDurationSeconds, 1);
  });
  test("takes the highest peak and the mean rate by length", () => {
    const { streams } = madeUpProgram(
      madeUpTitle("one", { v: [30] }, { peak: 500, average: 100 }),
      madeUpTitle("two", { v: [10] }, { peak: 400, average: 301 }),
    );
    assert.equal(streams[0]?.attributes.get("BANDWIDTH"), "500");
    assert.equal(streams[0]?.attributes.get("AVERAGE-BANDWIDTH"), String(Math.ceil(150.25)));
  });
  test("knows each title's init section, and shows a title twice if told to", () => {
    const one = madeUpTitle("one", { v: [2] });
    const { streams, titleIds } = madeUpProgram(one, madeUpTitle("two", { v: [2] }), one);
    assert.deepEqual(titleIds, ["one", "two", "one"]);
    assert.deepEqual(Object.fromEntries(streams[0]?.inits ?? []), {
      one: "one/v/init.mp4",
      two: "two/v/init.mp4",
    });
    assert.deepEqual(
      streams[0]?.segments.map(({ path }) => path),
      ["one/v/0.m4s", "two/v/0.m4s", "one/v/0.m4s"],
    );
  });
  test("does not mind in which order a title lists its streams", () => {
    const one = madeUpTitle("one", { v: [2], w: [2] });
    const two = madeUpTitle("two", { w: [3], v: [3] });
    assert.deepEqual(
      madeUpProgram(one, two).streams.map(({ id, segments }) => [id, segments[1]?.path]),
      [
        ["v", "two/v/0.m4s"],
        ["w", "two/w/0.m4s"],
      ],
    );
  });
  test("refuses what it cannot show as one channel", () => {
    const one = madeUpTitle("one", { v: [2] });
    assert.match(refusal(), /no title/);
    assert.match(refusal(one, madeUpTitle("two", { w: [2] })), /two differ from those of one/);
    assert.match(refusal(one, madeUpTitle("two", { v: [2], w: [2] })), /two differ/);
    const [stream] = one.streams;
    const codecs = new Map([...(stream?.attributes ?? []), ["CODECS", '"hvc1"']]);
    const other = {
      titleId: "two",
      streams: [{ ...(stream as NonNullable<typeof stream>), attributes: codecs }],
    };
    assert.match(refusal(one, other), /two differ/);
    assert.match(refusal(madeUpTitle("x", { v: [2], a: [1.899] })), /x end more than 100 ms apart/);
    assert.equal(refusal(madeUpTitle("x", { v: [2], a: [1.9] })), "none");
  });
  test("begins every title at the same moment in all streams, each after the one before", () => {
    fc.assert(
      fc.property(anyProgram, ({ streams, loopMs, titleIds }) => {
        const begins = streams.map(({ segments }) =>
          segments.filter(({ beginsSlot }) => beginsSlot).map(({ startMs }) => startMs),
        );
        for (const own of begins) assert.deepEqual(own, begins[0]);
        assert.equal(begins[0]?.length, titleIds.length);
        for (const { segments } of streams) {
          for (const [place, { startMs, endMs }] of segments.entries()) {
            assert.ok(endMs > startMs && endMs <= (segments[place + 1]?.startMs ?? loopMs));
          }
        }
      }),
    );
  });
});
