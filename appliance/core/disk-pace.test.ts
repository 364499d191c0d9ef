import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DiskPacePolicy, diskPatienceMs, NEW_DISK_PACE, observeReading } from "./disk-pace.ts";

const POLICY: DiskPacePolicy = {
  leastPatienceMs: 100,
  mostPatienceMs: 5_000,
  deviations: 4,
  slowAfter: 3,
  usualAfter: 2,
  pieceBytes: 1_000,
};

const READINGS = { ".": 1, x: 400, h: 90, H: 110 } as const;

/** `.` read in a millisecond, `x` in 400 ms, `h` in 90 ms, `H` in 110 ms; answers `u` for usual, `s` for slow. */
function statesAfter(readings: string): string {
  let pace = NEW_DISK_PACE;
  let states = "";
  for (const reading of readings) {
    const tookMs = READINGS[reading as keyof typeof READINGS];
    pace = observeReading(pace, { tookMs, sizeBytes: 1_000 }, POLICY);
    states += pace.state === "slow" ? "s" : "u";
  }
  return states;
}

describe("the pace of a disk", () => {
  test("is slow on the third long reading in a row", () =>
    assert.equal(statesAfter("....xxx"), "uuuuuus"));
  test("forgives long readings between short ones", () =>
    assert.equal(statesAfter("..xx.xx.xx"), "uuuuuuuuuu"));
  test("is as usual again on the second short one in a row", () =>
    assert.equal(statesAfter("...xxx.x.."), "uuuuussssu"));
  test("minds nothing that nobody would notice", () =>
    assert.equal(statesAfter("....hhhhhhhh"), "uuuuuuuuuuuu"));
  test("does not get used to what is unbearable", () =>
    assert.ok(statesAfter(`....${"x".repeat(60)}`).endsWith("s")));
  test("follows a disk that takes longer little by little", () =>
    assert.ok(statesAfter("hhhhhHHHHHH").endsWith("u")));
});

describe("the patience with a disk", () => {
  const usedTo = (longestMs: number) => {
    let pace = NEW_DISK_PACE;
    for (let time = 0; time < 100; time += 1) {
      const tookMs = Math.min(longestMs, 60 + time);
      pace = observeReading(pace, { tookMs, sizeBytes: 1_000 }, POLICY);
    }
    return pace;
  };
  for (const [name, pace, sizeBytes, expected] of [
    ["begins with the least", NEW_DISK_PACE, 10, 100],
    ["is the least for a quick disk", usedTo(1), 1_000, 100],
    ["grows with the size", usedTo(1), 4_000, 400],
    ["has an end", usedTo(1), 1_000_000, 5_000],
  ] as const) {
    test(name, () => assert.equal(diskPatienceMs(pace, sizeBytes, POLICY), expected));
  }
  test("grows with what the disk usually takes", () => {
    const patienceMs = diskPatienceMs(usedTo(150), 1_000, POLICY);
    assert.ok(patienceMs > 140 && patienceMs < 300, `${patienceMs}`);
  });
});
