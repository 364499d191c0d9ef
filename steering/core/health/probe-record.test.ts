import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { goodProbe } from "./health.rig.ts";
import { beginAnew, NO_PROBES, noteProbe, type ProbeRecord } from "./probe-record.ts";

const POLICY = { downAfter: 2, ofLast: 3, upAfter: 2 };
const bad = (isFact: boolean) =>
  ({ ok: false, reason: isFact ? "refused" : "reset", isFact }) as const;

/** `.` good, `x` bad, `!` refused, a second apart. */
function recordAfter(marks: string): ProbeRecord {
  let record = NO_PROBES;
  for (const [index, mark] of Array.from(marks).entries()) {
    const outcome = mark === "." ? goodProbe() : bad(mark === "!");
    record = noteProbe(record, outcome, POLICY, 1 + index * 1_000);
  }
  return record;
}

describe("noteProbe()", () => {
  for (const [marks, isFailing] of [
    ["..x", false],
    ["xx", true],
    ["x.x", true],
    ["x..x", false],
    [".!", true],
    ["xx.", true],
    ["xx..", false],
    ["xx.x", true],
  ] as const) {
    test(`${marks}: ${isFailing ? "failing" : "not failing"}`, () =>
      assert.equal(recordAfter(marks).isFailing, isFailing));
  }
  test("knows since when the present row lasts", () => {
    assert.equal(recordAfter("..xx").rowSinceMs, 2_001);
    assert.equal(recordAfter("x..").rowSinceMs, 1_001);
  });
  test("keeps the reason of the last bad one, and when the last one was", () => {
    const { badReason, lastAtMs } = recordAfter("!x.");
    assert.deepEqual([badReason, lastAtMs], ["reset", 2_001]);
  });
  test("a time that is none is not smoothed in", () => {
    const record = recordAfter(".");
    for (const milliseconds of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      const { meanFirstByteMs } = noteProbe(record, goodProbe(milliseconds), POLICY, 9_000);
      assert.deepEqual(meanFirstByteMs, record.meanFirstByteMs);
    }
  });
});

test("beginAnew() forgets what was bad before the present row", () => {
  const anew = beginAnew(recordAfter("xx."));
  assert.equal(anew.isFailing, false);
  assert.equal(noteProbe(anew, bad(false), POLICY, 9_000).isFailing, false);
  assert.equal(anew.goodInRow, 1);
});
