import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { INTERVAL_POLICY } from "./interval-index.ts";
import { SegmentStep } from "./segment-step.ts";
import { type Rendition, WatchedTitle } from "./watched-title.ts";

const PACE_MS = 6_000;

/** A title with two renditions, `a` and `b`, whose reads are told as `rendition number`. */
function openTitle(policy = INTERVAL_POLICY.titles) {
  const title = new WatchedTitle("/tram", policy, { paceMs: PACE_MS, nowMs: 1 });
  const renditions = new Map<string, Rendition>();
  for (const sequence of ["a", "b"]) {
    const step = new SegmentStep(INTERVAL_POLICY.titles.step);
    const rendition = { title, sequence, namesakes: { reads: 0 }, step, reads: 0, held: 0 };
    renditions.set(sequence, rendition);
    title.renditions.push(rendition);
  }
  const read = (sequence: string, number: number, atMs: number) =>
    title.observe(renditions.get(sequence) as Rendition, number, atMs).what;
  const viewersBefore = (number: number, atMs: number) => {
    const places: string[] = [];
    title.visitViewersBefore(
      number,
      atMs,
      (viewer) => places.push(`${viewer.rendition.sequence}${viewer.number}`) > 0,
      () => places.push("left"),
    );
    return places.join(" ");
  };
  return { title, read, viewersBefore };
}

describe("WatchedTitle", () => {
  for (const [name, reads, expected] of [
    ["a first read is an arrival", "a1@0", "arrived"],
    ["the next segment is the same viewer", "a1@0 a2@6", "arrived went-on"],
    ["so is the next but one", "a1@0 a3@6", "arrived went-on"],
    ["one further on is somebody else", "a1@0 a4@6", "arrived arrived"],
    ["one further back is somebody else", "a5@0 a4@6", "arrived arrived"],
    ["the next on another rendition is the same viewer", "a1@0 b2@6", "arrived moved"],
    ["who keeps to a rendition comes first", "b1@0 a1@1 a2@6", "arrived arrived went-on"],
    ["of two who move, each is one", "a1@0 a1@2 b2@6 b2@8", "arrived arrived moved moved"],
    ["the same segment at once is the same viewer", "a1@0 a1@0.5", "arrived repeated"],
    ["the same segment later is another viewer", "a1@0 a1@1.5", "arrived arrived"],
    ["on another rendition too", "a1@0 b1@0.5", "arrived arrived"],
    ["who was away for long has left", "a1@0 a2@61", "arrived arrived"],
    ["who was away for less has not", "a1@0 a2@59", "arrived went-on"],
  ] as const) {
    test(name, () => {
      const { read } = openTitle();
      const seen = reads.split(" ").map((step) => {
        const [, sequence = "", number, second] = /^(\w)(\d+)@([\d.]+)$/.exec(step) ?? [];
        return read(sequence, Number(number), 1 + Number(second) * 1_000);
      });
      assert.equal(seen.join(" "), expected);
    });
  }

  test("knows who is behind a segment, the nearest first", () => {
    const { read, viewersBefore } = openTitle();
    for (const number of [30, 10, 20]) read("a", number, 1);
    assert.equal(viewersBefore(30, 1), "a20 a10");
    assert.equal(viewersBefore(31, 1), "a30 a20 a10");
    assert.equal(viewersBefore(10, 1), "");
  });

  test("a viewer who overtakes is in the right place", () => {
    const { read, viewersBefore } = openTitle();
    read("a", 10, 1);
    read("a", 11, 1_500);
    read("b", 12, 2_000);
    assert.equal(viewersBefore(99, 2_000), "b12");
    read("a", 9, 2_500);
    read("a", 11, 3_000);
    assert.equal(viewersBefore(99, 3_000), "b12 a11");
  });

  test("tells of those who have left, once", () => {
    const { read, viewersBefore } = openTitle();
    read("a", 10, 1);
    assert.equal(viewersBefore(99, 60_002), "left");
    assert.equal(viewersBefore(99, 60_002), "");
  });

  test("knows no more viewers than its limit", () => {
    const { title, read } = openTitle({ ...INTERVAL_POLICY.titles, maxViewers: 5 });
    for (let number = 1; number < 100; number += 10) read("a", number, 1);
    assert.equal(title.viewers, 5);
  });

  test("learns how long a segment plays, and not from the filling of a buffer", () => {
    const { title, read } = openTitle();
    for (let number = 1; number <= 5; number += 1) read("a", number, 1 + number * 200);
    assert.equal(title.paceMs, PACE_MS);
    for (let number = 6; number < 200; number += 1) read("a", number, number * 2_000);
    assert.ok(Math.abs(title.paceMs - 2_000) < 50, `${title.paceMs}`);
  });

  test("counts reads by rendition, and forgets by halves", () => {
    const { title, read } = openTitle({ ...INTERVAL_POLICY.titles, maxReads: 10 });
    for (let number = 1; number <= 10; number += 1) read("a", number, number * 1_000);
    assert.deepEqual([title.reads, title.renditions[0]?.reads], [10, 10]);
    read("b", 11, 11_000);
    assert.deepEqual([title.reads, title.renditions[0]?.reads], [5.5, 5]);
  });

  test("keeps its viewers in order, whoever reads what", () => {
    const step = fc.record({
      sequence: fc.constantFrom("a", "b"),
      number: fc.integer({ min: 1, max: 12 }),
      afterMs: fc.nat(20_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { read, viewersBefore } = openTitle();
        let nowMs = 1;
        for (const { sequence, number, afterMs } of steps) {
          nowMs += afterMs;
          read(sequence, number, nowMs);
          const places = Array.from(viewersBefore(99, nowMs).matchAll(/\d+/g), Number);
          assert.deepEqual(
            places,
            places.toSorted((one, two) => two - one),
          );
          assert.ok(places.includes(number), `nobody is at ${number}`);
        }
      }),
      { seed: 11 },
    );
  });
});
