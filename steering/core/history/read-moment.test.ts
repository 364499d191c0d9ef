import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  LATEST_WALL_MS,
  readEventCursor,
  readMoment,
  SMALLEST_CURSOR_MOMENT_MS,
} from "./read-moment.ts";

describe("a moment", () => {
  for (const [text, iso] of [
    ["0", "1970-01-01T00:00:00.000Z"],
    ["1700000000000", "2023-11-14T22:13:20.000Z"],
    [String(LATEST_WALL_MS), "+275760-09-13T00:00:00.000Z"],
    ["2026-11-03", "2026-11-03T00:00:00.000Z"],
    ["2026-11-03T08:09Z", "2026-11-03T08:09:00.000Z"],
    ["2026-11-03T08:09:10Z", "2026-11-03T08:09:10.000Z"],
    ["2026-11-03T08:09:10.5Z", "2026-11-03T08:09:10.500Z"],
    ["2026-11-03T08:09:10.123456Z", "2026-11-03T08:09:10.123Z"],
    ["2026-11-03t08:09:10z", "2026-11-03T08:09:10.000Z"],
    ["2026-11-03T08:09:10+02:00", "2026-11-03T06:09:10.000Z"],
    ["2026-11-03T08:09:10 02:00", "2026-11-03T06:09:10.000Z"],
    ["2026-11-03T08:09:10-05:30", "2026-11-03T13:39:10.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2000-02-29", "2000-02-29T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ] as const) {
    test(`${text} is ${iso}`, () => {
      assert.deepEqual(readMoment(text), { ok: true, wallMs: new Date(iso).getTime() });
    });
  }
  for (const [text, reason] of [
    ["", "unreadable"],
    ["now", "unreadable"],
    ["-1", "unreadable"],
    ["1e3", "unreadable"],
    ["1.5", "unreadable"],
    ["0x10", "unreadable"],
    ["NaN", "unreadable"],
    ["99999999999999999", "unreadable"],
    ["2026-11", "unreadable"],
    ["2026-11-03 08:09:10Z", "unreadable"],
    ["2026-11-03T08Z", "unreadable"],
    ["2026-11-03T08:09:10.Z", "unreadable"],
    ["2026-11-03Z", "unreadable"],
    ["+002026-11-03", "unreadable"],
    ["2026-11-03\n", "unreadable"],
    ["2026-11-03T08:09:10", "without-a-zone"],
    ["2026-02-29", "no-such-date"],
    ["1900-02-29", "no-such-date"],
    ["2026-04-31", "no-such-date"],
    ["2026-00-10", "no-such-date"],
    ["2026-13-10", "no-such-date"],
    ["2026-11-00", "no-such-date"],
    ["2026-11-03T24:00Z", "no-such-date"],
    ["2026-11-03T10:60Z", "no-such-date"],
    ["2026-11-03T10:59:60Z", "no-such-date"],
    ["2026-11-03T10:00+24:00", "no-such-date"],
    ["2026-11-03T10:00+10:60", "no-such-date"],
    ["9999999999999999", "out-of-range"],
    ["1969-12-31", "out-of-range"],
    ["1970-01-01T00:00+00:01", "out-of-range"],
  ] as const) {
    test(`${JSON.stringify(text)} is refused: ${reason}`, () => {
      assert.deepEqual(readMoment(text), { ok: false, reason });
    });
  }
  test("reads every date that JavaScript writes, as it was", () => {
    const untilYear10000 = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: untilYear10000 }), (wallMs) => {
        assert.deepEqual(readMoment(new Date(wallMs).toISOString()), { ok: true, wallMs });
        assert.deepEqual(readMoment(String(wallMs)), { ok: true, wallMs });
      }),
    );
  });
  test("knows the dates that exist, and no others", () => {
    const part = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(fc.integer({ min: 1970, max: 9999 }), part(14), part(33), (year, month, day) => {
        const two = (number: number) => String(number).padStart(2, "0");
        const text = `${year}-${two(month)}-${two(day)}`;
        const date = new Date(Date.UTC(year, month - 1, day));
        assert.equal(readMoment(text).ok, date.toISOString().startsWith(text));
      }),
    );
  });
  test("survives every text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const reading = readMoment(text);
        assert.ok(!reading.ok || (reading.wallMs >= 0 && reading.wallMs <= LATEST_WALL_MS));
      }),
    );
  });
});

describe("a place among the events", () => {
  for (const [text, cursor] of [
    ["0", { kind: "after-event", id: 0 }],
    ["17", { kind: "after-event", id: 17 }],
    [
      String(SMALLEST_CURSOR_MOMENT_MS - 1),
      { kind: "after-event", id: SMALLEST_CURSOR_MOMENT_MS - 1 },
    ],
    [String(SMALLEST_CURSOR_MOMENT_MS), { kind: "from-moment", wallMs: SMALLEST_CURSOR_MOMENT_MS }],
    ["1970-01-01", { kind: "from-moment", wallMs: 0 }],
  ] as const) {
    test(`${text} is ${cursor.kind}`, () => {
      assert.deepEqual(readEventCursor(text), { ok: true, cursor });
    });
  }
  test("that cannot be read is refused like a moment", () => {
    assert.deepEqual(readEventCursor("-4"), { ok: false, reason: "unreadable" });
  });
});
