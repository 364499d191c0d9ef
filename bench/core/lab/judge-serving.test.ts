import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  backupSecondsOf,
  countBytes,
  countSwitches,
  failbackSecondsOf,
  firstSignOf,
  isOpenAt,
  type LabExchange,
  servingsOf,
} from "./judge-serving.ts";

const SIZE = 1_000;

function asks(pathway: "A" | "B", atSeconds: number, more: Partial<LabExchange> = {}): LabExchange {
  const number = more.number ?? Math.floor(atSeconds);
  return {
    pathway,
    path: `/video-540/segment-${number}.m4s`,
    kind: "segment",
    stream: "video-540",
    number,
    askedSeconds: atSeconds,
    lastByteSeconds: atSeconds + 0.1,
    passedBytes: SIZE,
    sizeBytes: SIZE,
    asksForRest: true,
    isWhole: true,
    isLie: false,
    ...more,
  };
}

const CUT = { passedBytes: 400, isWhole: false };
const LIE = { isWhole: false, isLie: true };
const PROBE = { passedBytes: 16, asksForRest: false };

describe("firstSignOf()", () => {
  const touch = { atSeconds: 14, path: "/video-540/segment-14.m4s" };

  test("nothing was touched", () => assert.equal(firstSignOf([], []), undefined));
  test("a request that never began is its own sign", () =>
    assert.equal(firstSignOf([{ ...touch, atSeconds: 15 }, touch], []), 14));
  test("in mid-body it is the byte that did not come", () =>
    assert.equal(firstSignOf([touch], [asks("A", 14, { ...CUT, lastByteSeconds: 14.3 })]), 14.3));
  test("a lie is its own sign from the beginning", () =>
    assert.equal(firstSignOf([touch], [asks("A", 14, { ...LIE, lastByteSeconds: 14.3 })]), 14));
  test("what the backup brings of it is no sign", () =>
    assert.equal(firstSignOf([touch], [asks("B", 14, { ...CUT, lastByteSeconds: 14.3 })]), 14));
});

describe("backupSecondsOf()", () => {
  test("to the first request to B after the sign", () =>
    assert.equal(
      backupSecondsOf(14, [asks("B", 9), asks("A", 14.2), asks("B", 15.5), asks("B", 16)]),
      1.5,
    ));
  test("never", () => assert.equal(backupSecondsOf(14, [asks("B", 9)]), undefined));
  test("there was nothing to back up", () =>
    assert.equal(backupSecondsOf(undefined, [asks("B", 9)]), undefined));
});

describe("failbackSecondsOf()", () => {
  for (const [what, exchanges, expected] of [
    ["to the first segment that A serves", [asks("A", 46), asks("A", 48)], 2],
    ["one that was waited for since before", [asks("A", 40, { lastByteSeconds: 44.5 })], 0],
    ["not one that was over before", [asks("A", 40, { lastByteSeconds: 40.1 })], undefined],
    ["not B's", [asks("B", 46)], undefined],
    ["not a probe", [asks("A", 45, PROBE), asks("A", 50)], 6],
    ["not one that broke off", [asks("A", 45, CUT), asks("A", 50)], 6],
    ["not a lie", [asks("A", 45, LIE), asks("A", 50)], 6],
    [
      "not one that B had brought",
      [asks("B", 43), asks("A", 45, { number: 43 }), asks("A", 50)],
      6,
    ],
    [
      "not one that B has brought again",
      [asks("A", 45), asks("B", 46, { number: 45 }), asks("A", 50)],
      6,
    ],
    ["not a playlist", [asks("A", 45, { kind: "playlist" }), asks("A", 50)], 6],
  ] as const) {
    test(what, () => assert.equal(failbackSecondsOf(44, exchanges), expected));
  }
});

describe("countSwitches()", () => {
  test("from one whole video segment to the next, in the order of asking", () =>
    assert.equal(countSwitches([asks("A", 3), asks("A", 1), asks("B", 2), asks("B", 4)]), 3));
  test("what is fetched again moves nobody", () =>
    assert.equal(countSwitches([asks("A", 1), asks("B", 2, { number: 1 }), asks("A", 3)]), 0));
  test("sound, probes and pieces move nobody", () =>
    assert.equal(
      countSwitches([
        asks("A", 1),
        asks("B", 2, { stream: "audio" }),
        asks("B", 3, PROBE),
        asks("B", 4, CUT),
      ]),
      0,
    ));
});

describe("countBytes()", () => {
  for (const [what, exchanges, wasted, refetched] of [
    ["nothing", [], 0, 0],
    ["one segment", [asks("A", 1)], 0, 0],
    [
      "resumed where it broke",
      [asks("A", 1, CUT), asks("B", 2, { number: 1, passedBytes: 600 })],
      0,
      0,
    ],
    [
      "with an overlap",
      [asks("A", 1, CUT), asks("B", 2, { number: 1, passedBytes: 650 })],
      0.05,
      50,
    ],
    ["anew from its start", [asks("A", 1, CUT), asks("B", 2, { number: 1 })], 0.4, 400],
    [
      "asked for beside one that was whole in the end",
      [asks("A", 1, { lastByteSeconds: 3 }), asks("B", 2, { ...CUT, number: 1 })],
      0.4,
      0,
    ],
    [
      "and beside one that was given up for it",
      [asks("A", 1, { ...CUT, lastByteSeconds: 3 }), asks("B", 2, { number: 1 })],
      0.4,
      0,
    ],
    ["a probe beside it", [asks("A", 1, PROBE), asks("B", 2, { number: 1 })], 0.016, 0],
    ["a piece that nobody finished", [asks("A", 1, CUT), asks("A", 2)], 0.4, 0],
    ["a playlist", [asks("A", 1, { kind: "playlist" })], 0, 0],
    ["a lie of the right length", [asks("A", 1, LIE), asks("B", 2, { number: 1 })], 1, 0],
    ["what still comes at the end", [asks("A", 1), asks("A", 29.5, CUT)], 0, 0],
  ] as const) {
    test(what, () =>
      assert.deepEqual(countBytes(exchanges, 30), {
        wastedBytesRatio: wasted,
        refetchedBytes: refetched,
      }),
    );
  }
});

test("servingsOf() keeps the segments, with their spans", () =>
  assert.deepEqual(servingsOf([asks("A", 1, { kind: "init" }), asks("B", 2, CUT)]), [
    {
      pathway: "B",
      stream: "video-540",
      number: 2,
      fromSeconds: 2,
      toSeconds: 2.1,
      whole: false,
      probe: false,
      bytes: 400,
    },
  ]));

describe("isOpenAt()", () => {
  const span = { fromSeconds: 14, toSeconds: 44 };
  for (const [what, exchange, expected] of [
    ["bytes just came", asks("A", 13, { ...CUT, lastByteSeconds: 13.9 }), true],
    ["it was whole", asks("A", 13, { lastByteSeconds: 13.9 }), false],
    ["it was given up before", asks("A", 12, { ...CUT, lastByteSeconds: 12.5 }), false],
    ["it was not asked for yet", asks("A", 14.1, CUT), false],
  ] as const) {
    test(what, () => assert.equal(isOpenAt(span, exchange), expected));
  }
});
