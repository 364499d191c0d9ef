import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  buildHashRing,
  firstAtOrAfter,
  loadBound,
  mixSpots,
  ownersOnRing,
  type RingMember,
  shareOfSpot,
  spotOf,
} from "./hash-ring.ts";

const POINTS = 64;
const EVERYBODY = () => true;

function membersOf(names: readonly string[], points = POINTS): RingMember[] {
  return names.map((name) => ({ spot: spotOf(name), points }));
}
function namesUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `edge-${at}`);
}
function owners(names: readonly string[], key: string, count = 3, mayOwn = EVERYBODY): string[] {
  const walk = { spot: spotOf(key), count, maxSteps: 10_000 };
  return ownersOnRing(buildHashRing(membersOf(names)), walk, mayOwn).map((at) => names[at] ?? "");
}
const KEYS = Array.from({ length: 2_000 }, (_, at) => `/vod/${at}`);
const someNames = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 });

describe("ownersOnRing()", () => {
  test("names distinct members, as many as asked for or as there are", () =>
    fc.assert(
      fc.property(someNames, fc.string(), fc.integer({ min: 1, max: 5 }), (names, key, count) => {
        const found = owners(names, key, count);
        assert.equal(found.length, Math.min(count, names.length));
        assert.equal(new Set(found).size, found.length);
      }),
      { numRuns: 50 },
    ));
  test("does not depend on the order of the members", () =>
    fc.assert(
      fc.property(someNames, fc.string(), (names, key) =>
        assert.deepEqual(owners(names, key), owners(names.toReversed(), key)),
      ),
      { numRuns: 50 },
    ));
  test("a member that goes changes nothing but its own place", () =>
    fc.assert(
      fc.property(someNames, fc.nat(), fc.string(), (names, which, key) => {
        const gone = names[which % names.length];
        const left = names.filter((name) => name !== gone);
        const expected = owners(names, key, names.length).filter((name) => name !== gone);
        assert.deepEqual(owners(left, key, names.length), expected);
      }),
      { numRuns: 50 },
    ));
  test("passes over whoever may not own, as if it had gone", () => {
    const names = namesUpTo(6);
    const ring = buildHashRing(membersOf(names));
    for (const key of KEYS.slice(0, 100)) {
      const walk = { spot: spotOf(key), count: 3, maxSteps: 10_000 };
      const [first] = ownersOnRing(ring, walk, EVERYBODY);
      const without = ownersOnRing(ring, walk, (member) => member !== first);
      assert.deepEqual(without, ownersOnRing(ring, { ...walk, count: 4 }, EVERYBODY).slice(1));
    }
  });
  test("gives up after so many steps", () => {
    const ring = buildHashRing(membersOf(namesUpTo(50)));
    let asked = 0;
    const refuse = () => {
      asked += 1;
      return false;
    };
    assert.deepEqual(ownersOnRing(ring, { spot: 7, count: 1, maxSteps: 20 }, refuse), []);
    assert.equal(asked, 20);
  });
  test("goes round: behind the last point comes the first", () => {
    const ring = buildHashRing(membersOf(namesUpTo(3)));
    const walk = { spot: 2 ** 32 - 1, count: 1, maxSteps: 10 };
    const last = ring.points.at(-1) ?? 0;
    assert.deepEqual(ownersOnRing(ring, walk, EVERYBODY), [
      last === 2 ** 32 - 1 ? ring.owners.at(-1) : ring.owners[0],
    ]);
  });
  test("an empty ring has no owners", () =>
    assert.deepEqual(
      ownersOnRing(buildHashRing([]), { spot: 1, count: 3, maxSteps: 9 }, EVERYBODY),
      [],
    ));
});

describe("buildHashRing()", () => {
  test("spreads keys over equals to within a third", () => {
    for (const count of homesOf(membersOf(namesUpTo(10)))) {
      assert.ok(count > 130 && count < 270, `${count} of 200`);
    }
  });
  test("gives twice the points twice the keys", () => {
    const members = membersOf(namesUpTo(10)).map((member, at) => ({
      ...member,
      points: at < 5 ? POINTS : 2 * POINTS,
    }));
    const counts = homesOf(members);
    const light = counts.slice(0, 5).reduce((sum, count) => sum + count, 0);
    assert.ok(light > 550 && light < 780, `${light} of 667`);
  });
  test("has ascending points", () => {
    const { points } = buildHashRing(membersOf(namesUpTo(20)));
    assert.deepEqual(points, points.toSorted());
  });
  test("refuses more members than it can number", () =>
    assert.throws(() => buildHashRing(new Array(2 ** 21 + 1)), RangeError));
});

test("loadBound() is the fair share times the factor, rounded up, without the error of a third", () => {
  assert.equal(loadBound(1.25, { keys: 12, weight: 1, totalWeight: 3 }), 5);
  assert.equal(loadBound(1.25, { keys: 13, weight: 1, totalWeight: 3 }), 6);
  assert.equal(loadBound(1.25, { keys: 12, weight: 2, totalWeight: 3 }), 10);
});

test("with the bound, keys go to the next member and no member exceeds it, whatever the keys are", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 120 }),
      (count, keys) => {
        const ring = buildHashRing(membersOf(namesUpTo(count)));
        const held = new Array<number>(count).fill(0);
        for (const [placed, key] of keys.entries()) {
          const bound = loadBound(1.25, { keys: placed + 1, weight: 1, totalWeight: count });
          const walk = { spot: spotOf(`${key}`), count: 1, maxSteps: 10_000 };
          const [owner] = ownersOnRing(ring, walk, (member) => (held[member] ?? 0) + 1 <= bound);
          assert.ok(owner !== undefined);
          held[owner] = (held[owner] ?? 0) + 1;
        }
        assert.ok(Math.max(...held) <= Math.ceil((1.25 * keys.length) / count));
      },
    ),
    { numRuns: 50 },
  ));

test("mixSpots() tells apart who is mixed with whom, evenly", () => {
  const shares = KEYS.map((key) => shareOfSpot(mixSpots(spotOf("session"), spotOf(key))));
  assert.ok(shares.every((share) => share >= 0 && share < 1));
  const low = shares.filter((share) => share < 0.25).length;
  assert.ok(low > 420 && low < 580, `${low} of 500`);
  assert.notEqual(mixSpots(1, 2), mixSpots(2, 1));
});

test("firstAtOrAfter() finds the place of a number", () => {
  const ascending = Uint32Array.of(10, 20, 20, 30);
  const found = [0, 10, 11, 20, 21, 30, 31].map((sought) => firstAtOrAfter(ascending, sought));
  assert.deepEqual(found, [0, 0, 1, 1, 3, 3, 4]);
});

/** How many of the keys each member is the first owner of. */
function homesOf(members: readonly RingMember[]): number[] {
  const ring = buildHashRing(members);
  const counts = members.map(() => 0);
  for (const key of KEYS) {
    const walk = { spot: spotOf(key), count: 1, maxSteps: 10_000 };
    const [home = 0] = ownersOnRing(ring, walk, EVERYBODY);
    counts[home] = (counts[home] ?? 0) + 1;
  }
  return counts;
}
