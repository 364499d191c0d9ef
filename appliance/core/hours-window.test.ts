import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isWithinHours } from "./hours-window.ts";

describe("isWithinHours()", () => {
  for (const [from, to, time, expected] of [
    ["01:30", "05:00", "01:29", false],
    ["01:30", "05:00", "01:30", true],
    ["01:30", "05:00", "04:59", true],
    ["01:30", "05:00", "05:00", false],
    ["23:00", "02:00", "22:59", false],
    ["23:00", "02:00", "23:00", true],
    ["23:00", "02:00", "01:59", true],
    ["23:00", "02:00", "02:00", false],
    ["04:00", "04:00", "12:00", true],
  ] as const) {
    test(`${time} is ${expected ? "" : "not "}within ${from} to ${to}`, () => {
      const nowWallMs = Date.parse(`2026-11-24T${time}:00Z`);
      assert.equal(isWithinHours({ from, to }, nowWallMs), expected);
    });
  }
});
