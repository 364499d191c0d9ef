import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FailureReason } from "../../contract/player-events.ts";
import type { PathwayChoice } from "../host/choose-pathway.ts";
import { arriveFrom, followChoice, NOWHERE, renameIn, type Whereabouts } from "./whereabouts.ts";

type Step = readonly [choice: string, reason: PathwayChoice["reason"], failure?: FailureReason];

/** Follows choices, one a second, each followed by a delivery; returns what was told. */
function told(steps: readonly Step[], hadFailed: readonly string[] = []): string[] {
  let whereabouts: Whereabouts = NOWHERE;
  return steps.flatMap(([id, reason, hostFailure], index) => {
    const facts = { hostFailure, isRecovery: hadFailed.includes(id) };
    const next = followChoice(whereabouts, { id, reason }, facts, 1_000 * (index + 1));
    const arrival = arriveFrom(next.whereabouts, id, hostFailure, 1_000 * (index + 1));
    whereabouts = arrival.whereabouts;
    const departure = next.departure ?? arrival.departure;
    const { arrived } = arrival;
    return [
      ...(departure ? [`${departure.from}→${departure.to} ${departure.reason}`] : []),
      ...(arrived
        ? [`back ${arrived.from}→${arrived.to} ${arrived.reason} ${arrived.awayMs}`]
        : []),
    ];
  });
}

describe("whereabouts", () => {
  test("beginning and staying are not told", () =>
    assert.deepEqual(
      told([
        ["a", "first-choice"],
        ["a", "stays"],
      ]),
      [],
    ));
  test("leaving a failed host is a failover", () =>
    assert.deepEqual(
      told([
        ["a", "first-choice"],
        ["b", "fails-over", "silence"],
      ]),
      ["a→b silence"],
    ));
  test("one object that is elsewhere moves nobody", () =>
    assert.deepEqual(
      told([
        ["a", "first-choice"],
        ["b", "fails-over"],
        ["a", "stays"],
      ]),
      [],
    ));
  test("returning to a recovered pathway is a failback, with the time away", () =>
    assert.deepEqual(
      told(
        [
          ["a", "first-choice"],
          ["b", "fails-over", "refused"],
          ["b", "stays"],
          ["a", "moves"],
        ],
        ["a"],
      ),
      ["a→b refused", "back b→a recovered 2000"],
    ));
  test("a move on steering's word is a failover, its undoing a failback", () =>
    assert.deepEqual(
      told([
        ["a", "first-choice"],
        ["b", "moves"],
        ["a", "moves"],
      ]),
      ["a→b steering-order", "back b→a steering-order 1000"],
    ));
  test("a last resort is a failover once it has delivered, and not for being tried", () => {
    const facts = { hostFailure: "refused" as const, isRecovery: true };
    const down: Whereabouts = { ...NOWHERE, current: "a" };
    for (const id of ["b", "c", "a", "b"]) {
      const tried = followChoice(down, { id, reason: "last-resort" }, facts, 2_000);
      assert.deepEqual(tried, { whereabouts: down, departure: undefined });
    }
    const { departure, whereabouts } = arriveFrom(down, "c", "refused", 3_000);
    assert.deepEqual(departure, { from: "a", to: "c", reason: "refused" });
    assert.equal(whereabouts.current, "c");
    assert.equal(arriveFrom(down, "a", "refused", 3_000).departure, undefined);
  });

  test("a return is told only once something arrived", () => {
    const facts = { hostFailure: undefined, isRecovery: true };
    const away = { ...NOWHERE, current: "b", leftAtMs: new Map([["a", 1_000]]) };
    const { whereabouts } = followChoice(away, { id: "a", reason: "moves" }, facts, 5_000);
    assert.equal(arriveFrom(whereabouts, "b", undefined, 6_000).arrived, undefined);
    const { arrived, whereabouts: after } = arriveFrom(whereabouts, "a", undefined, 6_000);
    assert.equal(arrived?.awayMs, 4_000);
    assert.equal(arriveFrom(after, "a", undefined, 7_000).arrived, undefined);
  });
  test("a return that fails before it arrived is never told", () => {
    const away = { ...NOWHERE, current: "b", leftAtMs: new Map([["a", 1_000]]) };
    const well = { hostFailure: undefined, isRecovery: true };
    const back = followChoice(away, { id: "a", reason: "moves" }, well, 5_000).whereabouts;
    const sick = { ...well, hostFailure: "silence" as const };
    const again = followChoice(back, { id: "b", reason: "fails-over" }, sick, 6_000);
    assert.equal(again.whereabouts.returning, undefined);
    assert.equal(again.whereabouts.current, "b");
    assert.equal(again.departure, undefined);
  });
  test("a return is told by the names that pathways have when it arrives", () => {
    const away = { ...NOWHERE, current: "b", leftAtMs: new Map([["a", 1_000]]) };
    const facts = { hostFailure: undefined, isRecovery: true };
    const back = followChoice(away, { id: "a", reason: "moves" }, facts, 5_000).whereabouts;
    const renamed = renameIn(back, new Map([["a", "east"]]));
    assert.equal(renamed.current, "east");
    assert.deepEqual([...renamed.leftAtMs.keys()], ["b"]);
    const { arrived } = arriveFrom(renamed, "east", undefined, 6_000);
    assert.equal(`${arrived?.from}→${arrived?.to}`, "b→east");
  });
});
