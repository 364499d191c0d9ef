import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fault } from "../contract/faults.ts";
import { isDoorShut } from "./door-schedule.ts";
import { beginRun, fillIn } from "./fault-run.ts";

const STARTED_AT_MS = 5_000;

/** The door at these moments after the start: `_` shut, `.` open. */
function doorOf(fault: Fault, momentsMs: readonly number[]): string {
  const run = beginRun(fillIn(fault, "s"), STARTED_AT_MS);
  return momentsMs.map((ms) => (isDoorShut(run, STARTED_AT_MS + ms) ? "_" : ".")).join("");
}

describe("the door of a proxy", () => {
  test("is shut by refuse until it is over", () =>
    assert.equal(doorOf({ fault: "refuse", seconds: 5 }, [0, 1, 4_999, 5_000, 9_000]), "___.."));
  test("is shut and open in turns by flap, shut first", () =>
    assert.equal(
      doorOf(
        { fault: "flap", seconds: 60 },
        [0, 1_999, 2_000, 3_999, 4_000, 5_999, 6_000, 7_999, 8_000],
      ),
      "__..__.._",
    ));
  test("has the turns that it was given", () =>
    assert.equal(
      doorOf(
        { fault: "flap", seconds: 60, downSeconds: 0.5, upSeconds: 3 },
        [0, 499, 500, 3_499, 3_500, 3_999, 4_000],
      ),
      "__..__.",
    ));
  test("is open when flap is over, in whichever turn", () =>
    assert.equal(doorOf({ fault: "flap", seconds: 5 }, [4_999, 5_000]), "_."));
  test("is shut by no other fault", () =>
    assert.equal(doorOf({ fault: "blackhole", seconds: 5 }, [0, 4_999]), ".."));
});
