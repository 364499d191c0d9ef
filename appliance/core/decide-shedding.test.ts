import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ADMITTING, decideAdmission, observeLoad, type Shedding } from "./decide-shedding.ts";

const POLICY = { fromLoad: 0.95, untilLoad: 0.8 };

/** States after each load, `A` for admitting and `S` for shedding. */
function statesAfter(...loads: readonly number[]): string {
  let shedding: Shedding = ADMITTING;
  return loads
    .map((load) => {
      shedding = observeLoad(shedding, load, POLICY);
      return shedding.state === "shedding" ? "S" : "A";
    })
    .join("");
}

test("takes everybody below the limit", () => assert.equal(statesAfter(0, 0.5, 0.949), "AAA"));
test("sheds from the limit on", () => assert.equal(statesAfter(0.95, 1, 2), "SSS"));
test("goes on shedding just below the limit", () => assert.equal(statesAfter(1, 0.9, 0.8), "SSS"));
test("stops shedding well below it", () => assert.equal(statesAfter(1, 0.79, 0.94), "SAA"));

describe("a request", () => {
  for (const [state, isRunning, isLight, expected] of [
    ["admitting", false, false, "admit: room"],
    ["shedding", true, false, "admit: running"],
    ["shedding", false, true, "admit: light"],
    ["shedding", true, true, "admit: light"],
    ["shedding", false, false, "refuse: at-capacity"],
  ] as const) {
    const who = `${isRunning ? "running" : "new"}${isLight ? ", light" : ""}`;
    test(`(${who}) while ${state}: ${expected}`, () => {
      const { action, reason } = decideAdmission({ state }, { isRunning, isLight });
      assert.equal(`${action}: ${reason}`, expected);
    });
  }
});
