import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  admittedShares,
  beginRamp,
  endWarming,
  type RampedNode,
  rampShare,
} from "./admission-ramp.ts";

const POLICY = { warmLimitMs: 10_000, rampMs: 60_000, leastOpenShare: 0.25 };
const COLD = beginRamp(1_000);
const WARM = endWarming(COLD, 4_000);

describe("rampShare()", () => {
  const at = (ramp: typeof COLD, ...times: number[]) =>
    times.map((nowMs) => rampShare(ramp, POLICY, nowMs));
  test("nobody while the cache is warmed, then evenly more", () =>
    assert.deepEqual(at(WARM, 1_000, 3_999, 4_000, 34_000, 63_999, 64_000, 99_999), [
      0,
      0,
      0,
      0.5,
      59_999 / 60_000,
      1,
      1,
    ]));
  test("warming that does not end is not waited for", () =>
    assert.deepEqual(at(COLD, 10_999, 11_000, 41_000, 71_000), [0, 0, 0.5, 1]));
  test("warming that ends too late changes nothing", () =>
    assert.deepEqual(at(endWarming(COLD, 50_000), 41_000), at(COLD, 41_000)));
  test("warm once is warm: the first word stands", () =>
    assert.deepEqual(endWarming(WARM, 9_000), WARM));
  test("without a ramp everybody is admitted", () =>
    assert.equal(rampShare(undefined, POLICY, 1), 1));
  test("a ramp of no length is a door", () => {
    const door = { ...POLICY, rampMs: 0 };
    assert.equal(rampShare(WARM, door, 3_999), 0);
    assert.equal(rampShare(WARM, door, 4_000), 1);
  });
  test("never less as time goes on, and always a share", () =>
    fc.assert(
      fc.property(
        fc.nat(200_000),
        fc.option(fc.nat(200_000), { nil: undefined }),
        fc.nat(200_000),
        fc.nat(200_000),
        (beganMs, warmMs, aMs, bMs) => {
          const share = (nowMs: number) => rampShare({ beganMs, warmMs }, POLICY, nowMs);
          const [early, late] = [share(Math.min(aMs, bMs)), share(Math.max(aMs, bMs))];
          assert.ok(early >= 0 && early <= late && late <= 1);
        },
      ),
    ));
});

describe("admittedShares()", () => {
  const open: RampedNode = { ramp: undefined, isUsable: true, weight: 1 };
  const cold: RampedNode = { ...open, ramp: COLD };
  const down: RampedNode = { ...open, isUsable: false };
  const shares = (...nodes: RampedNode[]) => admittedShares(nodes, POLICY, 2_000);

  test("holds back whoever is cold while others carry the viewers", () =>
    assert.deepEqual(shares(open, cold, open), [1, 0, 1]));
  test("admits everybody where nobody else could serve", () => {
    assert.deepEqual(shares(cold), [1]);
    assert.deepEqual(shares(cold, cold, cold), [1, 1, 1]);
    assert.deepEqual(shares(cold, down), [1, 1]);
  });
  test("admits everybody where too few could", () => {
    assert.deepEqual(shares(open, cold, cold, cold), [1, 0, 0, 0]);
    assert.deepEqual(shares(open, cold, cold, cold, cold), [1, 1, 1, 1, 1]);
    assert.deepEqual(shares({ ...open, weight: 9 }, cold, cold, cold, cold), [1, 0, 0, 0, 0]);
  });
  test("an empty fleet has no shares", () => assert.deepEqual(shares(), []));
});
