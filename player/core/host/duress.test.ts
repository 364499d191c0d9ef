import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { AT_EASE, type Duress, isSpared, observePlea, type Plea, readsDuress } from "./duress.ts";

const POLICY = {
  ...DEFAULT_FAILOVER_POLICY,
  duressPatienceMs: 4_000,
  duressMs: 10_000,
  quietLongestMs: 5_000,
};
const PLEAS: Readonly<Record<string, Plea>> = {
  d: { isUnderDuress: true, retryAfterMs: undefined },
  "=": { isUnderDuress: false, retryAfterMs: undefined },
  r: { isUnderDuress: false, retryAfterMs: 2_000 },
  R: { isUnderDuress: false, retryAfterMs: 3_600_000 },
};

/** One mark a second: `d` under duress, `=` at ease, `r` asks for 2 s, `R` for an hour, `.` nothing. */
function sparedAfter(marks: string, random = 0.5): string {
  let duress: Duress = AT_EASE;
  return Array.from(marks, (mark, index) => {
    const nowMs = 1 + index * 1_000;
    const plea = PLEAS[mark];
    if (plea !== undefined) {
      duress = observePlea(duress, plea, { policy: POLICY, nowMs, random: () => random });
    }
    return isSpared(duress, nowMs) ? "S" : "-";
  }).join("");
}

describe("a host", () => {
  for (const [rule, marks, spared] of [
    ["at ease is not spared", "====", "----"],
    ["under duress is, once this viewer's patience is over", "dddd", "--SS"],
    ["that is relieved before is not", "dd===", "-----"],
    ["is spared for a while after it was heard last", "ddd...............", "--SSSSSSSSSSSSSSS-"],
    ["that refuses for a time is spared at once, and so long", "r....", "SS---"],
    ["but not for as long as it likes", "R......", "SSSSS--"],
    ["that asked for quiet is not taken at its next word", "R=...", "SSSSS"],
  ] as const) {
    test(rule, () => assert.equal(sparedAfter(marks), spared));
  }
  test("is left by some at once and by others last", () => {
    assert.equal(sparedAfter("ddddd", 0), "SSSSS");
    assert.equal(sparedAfter("ddddd", 0.999), "----S");
  });
});

describe("readsDuress()", () => {
  for (const [header, is] of [
    ['"edge-1";etp=96;du', true],
    ['"edge-1";du;etp=96', true],
    ['"edge-1";du=?1', true],
    ['"edge-1";du=?0', false],
    ['"edge-1";etp=96', false],
    ['"mid";du,"edge-1";etp=96', false],
    ['"mid";etp=9, "edge-1";du', true],
    ['"a;du,b";etp=96', false],
    ['"edge-1";dux', false],
    ["", false],
    [null, false],
  ] as const) {
    test(`${header}: ${is}`, () => assert.equal(readsDuress(header), is));
  }
});
