import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import { decideLapses, evictionLimit, isTooQuiet, type RunOutMember } from "./lapse-leases.ts";
import { POLICY, REPORT } from "./lease-book.rig.ts";

describe("a fleet is too quiet", () => {
  for (const [members, silent, expected] of [
    [20, 3, true],
    [20, 2, false],
    [100, 14, false],
    [100, 15, true],
    [100, 100, true],
    // One of four is a quarter, but one that falls silent has fallen silent.
    [4, 1, false],
    [4, 2, true],
    // Of three, two may be gone together and mean nothing more.
    [3, 3, false],
    [0, 0, false],
  ] as const) {
    test(`with ${silent} silent of ${members}: ${expected}`, () =>
      assert.equal(isTooQuiet({ members, silent }, POLICY), expected));
  }
});

describe("in one round may go", () => {
  for (const [fleetSize, limit] of [
    [0, 1],
    [1, 1],
    [9, 1],
    [10, 2],
    [104, 20],
  ] as const) {
    test(`${limit} of ${fleetSize}`, () => assert.equal(evictionLimit(fleetSize, POLICY), limit));
  }
});

/** Run out at 0 ms; looked at `afterMs` later. */
function lapses(
  ids: readonly string[],
  { isPreserving = false, dead = "", evictionsLeft = 100, afterMs = 0, seed = "lots" } = {},
) {
  const { ended, spared } = decideLapses(
    {
      runOut: ids.map(runOutMember),
      isPreserving,
      isKnownDead: (id) => dead.includes(id),
      evictionsLeft,
    },
    POLICY,
    afterMs,
    seededRandom(seed),
  );
  const names = (reason: string) =>
    spared.flatMap((one) => (one.reason === reason ? [one.member.id] : [])).toSorted();
  return {
    ended: ended.map(({ id }) => id).toSorted(),
    preserved: names("self-preservation"),
    capped: names("eviction-cap"),
  };
}

function runOutMember(id: string): RunOutMember {
  return {
    id,
    region: "east",
    url: `http://${id}`,
    incarnation: "1",
    sequence: 0,
    report: REPORT,
    reportedAtMs: -POLICY.leaseMs,
    lease: { state: "held", endsAtMs: 0 },
    superseded: [],
    bornAtMs: [],
    isRestored: false,
  };
}

describe("of the leases that have run out", () => {
  test("all end while the rest of the fleet is heard", () =>
    assert.deepEqual(lapses(["a", "b"]), { ended: ["a", "b"], preserved: [], capped: [] }));
  test("none ends while the fleet is too quiet", () =>
    assert.deepEqual(lapses(["a", "b"], { isPreserving: true }).preserved, ["a", "b"]));
  test("those end even then that are known to be dead", () =>
    assert.deepEqual(lapses(["a", "b"], { isPreserving: true, dead: "b" }), {
      ended: ["b"],
      preserved: ["a"],
      capped: [],
    }));
  for (const [afterMs, ended] of [
    [14_999, []],
    [15_000, ["a"]],
  ] as const) {
    test(`${ended.length} ends even then ${afterMs} ms after its end`, () =>
      assert.deepEqual(lapses(["a"], { isPreserving: true, afterMs }).ended, ended));
  }
  test("no more end than may, and the others are spared for that reason", () => {
    const { ended, capped, preserved } = lapses(["a", "b", "c", "d"], { evictionsLeft: 1 });
    assert.equal(ended.length, 1);
    assert.equal(capped.length, 3);
    assert.deepEqual(preserved, []);
  });
  test("it is drawn by lot which ones", () => {
    const ids = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));
    const first = (seed: string) => lapses(ids, { evictionsLeft: 1, seed }).ended.join();
    const drawn = new Set(ids.map(first));
    assert.ok(drawn.size > 8, `only ${[...drawn]} were drawn`);
    assert.equal(first("lots"), first("lots"));
  });
});
