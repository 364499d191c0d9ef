import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { type BookRig, openBookRig, POLICY } from "./lease-book.rig.ts";

const IDS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const TICK_MS = 100;

/** All of them registered at 1 ms. */
function openFleet(ids: readonly string[], changes: Parameters<typeof openBookRig>[0] = {}) {
  const registry = openBookRig(changes);
  for (const id of ids) registry.register("1", 1, { id });
  return registry;
}

/** Until a moment, these renew every heartbeat; who is named ended, in the order of ending. */
function pass(
  { book, heartbeat }: BookRig,
  { renewing, fromMs, untilMs }: { renewing: readonly string[]; fromMs: number; untilMs: number },
): { id: string; atMs: number }[] {
  const ended: { id: string; atMs: number }[] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += TICK_MS) {
    ended.push(...book.settle(nowMs).ended.map(({ id }) => ({ id, atMs: nowMs })));
    if ((nowMs - 1) % POLICY.heartbeatMs !== 0) continue;
    for (const id of renewing) heartbeat("1", nowMs, nowMs, id);
  }
  return ended;
}

describe("when one of ten falls silent", () => {
  test("it ends with its lease, and the others stay", () => {
    const ended = pass(openFleet(IDS), { renewing: IDS.slice(1), fromMs: 1, untilMs: 20_001 });
    assert.deepEqual(ended, [{ id: "a", atMs: 3_001 }]);
  });
});

describe("when half of the fleet falls silent at once", () => {
  const renewing = IDS.slice(5);
  const quiet = { renewing, fromMs: 1, untilMs: 10_001 };

  test("nobody is given up, and those that are silent are overdue", () => {
    const fleet = openFleet(IDS);
    assert.deepEqual(pass(fleet, quiet), []);
    assert.equal(fleet.book.isPreserving, true);
    assert.equal(fleet.stateOf(10_001, "a"), "overdue");
    assert.equal(fleet.stateOf(10_001, "f"), "held");
  });
  test("each of them is named once, with the reason", () => {
    const { book, heartbeat } = openFleet(IDS);
    for (const id of renewing) heartbeat("1", 1, 2_001, id);
    const { spared } = book.settle(3_001);
    assert.deepEqual(
      spared.map(({ member, reason }) => `${member.id} ${reason}`),
      IDS.slice(0, 5).map((id) => `${id} self-preservation`),
    );
    assert.deepEqual(book.settle(4_001).spared, []);
  });
  test("an overdue one renews as if nothing had happened", () => {
    const fleet = openFleet(IDS);
    pass(fleet, quiet);
    assert.equal(fleet.heartbeat("1", 99_999, 10_050, "a"), "renewed");
    assert.equal(fleet.stateOf(10_050, "a"), "held");
  });
  test("and comes back, steering is at ease again", () => {
    const fleet = openFleet(IDS);
    pass(fleet, quiet);
    assert.deepEqual(pass(fleet, { renewing: IDS, fromMs: 10_101, untilMs: 14_001 }), []);
    assert.equal(fleet.book.isPreserving, false);
  });
  test("and most come back, the others end, a few at a time", () => {
    const fleet = openFleet(IDS);
    pass(fleet, quiet);
    const ended = pass(fleet, { renewing: IDS.slice(1), fromMs: 10_101, untilMs: 14_001 });
    assert.deepEqual(
      ended.map(({ id }) => id),
      ["a"],
    );
  });
  test("and stays so, they end after a bounded time, at most two of ten in a round", () => {
    const ended = pass(openFleet(IDS), { renewing, fromMs: 1, untilMs: 40_001 });
    assert.deepEqual(ended.map(({ id }) => id).toSorted(), IDS.slice(0, 5));
    assert.deepEqual(
      ended.map(({ atMs }) => atMs),
      [18_001, 18_001, 19_001, 20_001, 21_001],
    );
  });
  test("those known to be dead end at once, but only so many in a round", () => {
    const fleet = openFleet(IDS);
    for (const id of ["a", "b", "c", "d", "e"]) fleet.book.confirmDead(id, 2);
    const ended = pass(fleet, { renewing, fromMs: 1, untilMs: 10_001 });
    assert.deepEqual(
      ended.map(({ atMs }) => atMs),
      [3_001, 3_001, 4_001, 5_001, 6_001],
    );
    assert.equal(fleet.book.isPreserving, false);
  });
  test("one that is found dead later ends then", () => {
    const fleet = openFleet(IDS);
    pass(fleet, quiet);
    fleet.book.confirmDead("c", 10_050);
    assert.deepEqual(fleet.ended(10_101), ["c"]);
  });
  test("one that was said to be dead, and is heard of, is spared like any other", () => {
    const fleet = openFleet(IDS);
    fleet.book.confirmDead("a", 2);
    fleet.heartbeat("1", 0, 3, "a");
    assert.deepEqual(pass(fleet, quiet), []);
  });
});

describe("when half of a large fleet falls silent", () => {
  /** How often a member is looked up while the leases of so many run out one after the other. */
  function lookUps(size: number, t: TestContext): number {
    const maxAppliances = 2 * size;
    const fleet = openBookRig({ maxAppliances });
    for (let index = 0; index < maxAppliances; index += 1) {
      fleet.register("1", 1 + index / size, { id: `m-${index}` });
    }
    for (let index = size; index < maxAppliances; index += 1) {
      fleet.heartbeat("1", 1, 2_500 + index / size, `m-${index}`);
    }
    const looked = t.mock.method(Map.prototype, "get");
    for (let index = 0; index < size; index += 1) fleet.book.settle(3_001 + index / size);
    looked.mock.restore();
    assert.equal(fleet.book.isPreserving, true);
    assert.equal(fleet.stateOf(3_002, `m-${size - 1}`), "overdue");
    return looked.mock.callCount();
  }

  test("each lease that runs out costs the same, however many have before", (t) => {
    const [few, many] = [lookUps(100, t), lookUps(1_000, t)];
    assert.ok(many <= 12 * few, `${few} look-ups for a hundred, ${many} for a thousand`);
  });
});

describe("when steering itself was away for a while", () => {
  test("its fleet goes on, without registering", () => {
    const fleet = openFleet(IDS);
    const answers = IDS.map((id) => fleet.heartbeat("1", 1, 9_001, id));
    assert.deepEqual(new Set(answers), new Set(["renewed"]));
  });
});

describe("who is gone", () => {
  const LATER_MS = 3_001 + POLICY.rememberGoneMs;

  test("is remembered for ten minutes", () => {
    const { book } = openFleet(["a"]);
    book.settle(5_000);
    assert.deepEqual(book.settle(LATER_MS - 1).forgotten, []);
    assert.deepEqual(book.settle(LATER_MS).forgotten, ["a"]);
    assert.equal(book.size, 0);
  });
  test("and comes back is not forgotten", () => {
    const fleet = openFleet(["a"]);
    fleet.book.settle(5_000);
    fleet.register("1", LATER_MS - 1);
    assert.deepEqual(fleet.book.settle(LATER_MS).forgotten, []);
    assert.equal(fleet.stateOf(LATER_MS), "held");
  });
});

/** One thing that happens to one of the ids, and the time that passes before. */
const anyStep = fc.record({
  afterMs: fc.integer({ min: 0, max: 2_500 }),
  act: fc.constantFrom("register", "renew", "renew", "renew", "cancel", "nothing"),
  id: fc.constantFrom(...IDS),
  incarnation: fc.constantFrom("1", "2"),
});

describe("whatever happens", () => {
  test("a book of any order ends the same leases as a look at each of them", () => {
    const unguarded = {
      flapping: { maxRegistrations: 1_000, windowMs: 60_000 },
      eviction: { maxShare: 1, everyMs: 1 },
      selfPreservation: { ...POLICY.selfPreservation, minMembers: 1_000 },
      rememberGoneMs: 5_000,
    };
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 120 }), (steps) => {
        const registry = openBookRig(unguarded);
        const endsAtMs = new Map<string, number>();
        const goneAtMs = new Map<string, number>();
        let nowMs = 1;
        for (const [sequence, { afterMs, act, id, incarnation }] of steps.entries()) {
          nowMs += afterMs;
          for (const [held, endMs] of endsAtMs) {
            if (nowMs < endMs) continue;
            endsAtMs.delete(held);
            goneAtMs.set(held, endMs);
          }
          for (const [gone, atMs] of goneAtMs) {
            if (nowMs - atMs >= unguarded.rememberGoneMs) goneAtMs.delete(gone);
          }
          const reason = {
            register: () => registry.register(incarnation, nowMs, { id }),
            renew: () => registry.heartbeat(incarnation, sequence, nowMs, id),
            cancel: () => registry.cancel(undefined, nowMs, id),
            nothing: () => void registry.book.settle(nowMs),
          }[act as "register"]();
          if (reason === "cancelled") {
            endsAtMs.delete(id);
            goneAtMs.set(id, nowMs);
          } else if (["registered", "confirmed", "renewed"].includes(reason)) {
            endsAtMs.set(id, nowMs + POLICY.leaseMs);
            goneAtMs.delete(id);
          }
          const expected = (one: string) =>
            endsAtMs.has(one) ? "held" : goneAtMs.has(one) ? "ended" : "forgotten";
          assert.deepEqual(
            IDS.map((one) => registry.stateOf(nowMs, one)),
            IDS.map(expected),
          );
        }
      }),
    );
  });

  test("who renews in time stays, who stops goes in time, and never too many in a round", () => {
    const anyFleet = fc.record({
      size: fc.integer({ min: 1, max: 30 }),
      stops: fc.array(
        fc.record({
          member: fc.nat(29),
          atMs: fc.integer({ min: 1, max: 20_000 }),
          isDead: fc.boolean(),
        }),
        { maxLength: 30 },
      ),
    });
    fc.assert(
      fc.property(anyFleet, ({ size, stops }) => {
        const ids = Array.from({ length: size }, (_, index) => `m-${index}`);
        const stopAtMs = new Map(
          stops.flatMap(({ member, atMs }) => (member < size ? [[`m-${member}`, atMs]] : [])),
        );
        const fleet = openFleet(ids);
        const ended = new Map<string, number>();
        let round = { fromMs: Number.NEGATIVE_INFINITY, left: 0 };
        for (let nowMs = 1; nowMs <= 80_001; nowMs += TICK_MS) {
          const before = ids.length - ended.size;
          for (const { id } of fleet.book.settle(nowMs).ended) {
            assert.ok(!ended.has(id), `${id} ended twice`);
            ended.set(id, nowMs);
            if (nowMs - round.fromMs >= POLICY.eviction.everyMs) {
              round = { fromMs: nowMs, left: Math.max(1, Math.floor(before * 0.2)) };
            }
            round.left -= 1;
            assert.ok(round.left >= 0, "too many in one round");
          }
          for (const [index, id] of ids.entries()) {
            // Each beats at its own time.
            if (Math.floor(nowMs / TICK_MS) % 10 !== index % 10) continue;
            if (nowMs >= (stopAtMs.get(id) ?? Number.POSITIVE_INFINITY)) continue;
            assert.equal(fleet.heartbeat("1", nowMs, nowMs, id), "renewed");
          }
          for (const { member, atMs, isDead } of stops) {
            if (isDead && nowMs >= atMs + 1_000) fleet.book.confirmDead(`m-${member}`, nowMs);
          }
        }
        assert.deepEqual([...ended.keys()].toSorted(), [...stopAtMs.keys()].toSorted());
        const { leaseMs, heartbeatMs, selfPreservation, eviction } = POLICY;
        const roundsMs = stopAtMs.size * eviction.everyMs;
        for (const [id, atMs] of ended) {
          const stoppedMs = stopAtMs.get(id) ?? 0;
          const latestMs =
            stoppedMs + leaseMs + selfPreservation.preserveForMs + roundsMs + TICK_MS;
          assert.ok(atMs >= stoppedMs + leaseMs - heartbeatMs - TICK_MS, `${id} ended early`);
          assert.ok(atMs <= latestMs, `${id} ended at ${atMs}, after ${latestMs}`);
          if (stopAtMs.size === 1) assert.ok(atMs <= stoppedMs + leaseMs + TICK_MS, "late alone");
        }
      }),
      { numRuns: 40 },
    );
  });
});
