import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import {
  endProbe,
  newProbeSchedule,
  type SchedulePolicy,
  scheduleTargets,
  takeProbes,
} from "./probe-schedule.ts";

const POLICY: SchedulePolicy = {
  everyMs: 1_000,
  urgentEveryMs: 250,
  maxInFlight: 100,
  maxPerSecond: 1_000,
};

function openRig(count: number, policy: Partial<SchedulePolicy> = {}) {
  const rules = { ...POLICY, ...policy };
  let nowMs = 1;
  const schedule = newProbeSchedule(rules, nowMs);
  const target = (index: number, incarnation = "1") => ({
    id: `n-${index}`,
    url: `http://n-${index}`,
    incarnation,
    probePath: undefined,
    asPage: false,
  });
  const all = Array.from({ length: count }, (_, index) => target(index));
  scheduleTargets(schedule, all);
  return {
    schedule,
    target,
    all,
    /** The ids that are asked after so long; each has answered when the next ones are taken. */
    askedAfter(ms: number, urgent: readonly string[] = [], random = () => 0.5): string[] {
      nowMs += ms;
      const taken = takeProbes(schedule, urgent, rules, { nowMs, random });
      for (const { id } of taken) endProbe(schedule, id);
      return taken.map(({ id }) => id);
    },
    begin(ms: number, urgent: readonly string[] = []): string[] {
      nowMs += ms;
      const taken = takeProbes(schedule, urgent, rules, { nowMs, random: () => 0.5 });
      return taken.map(({ id }) => id);
    },
  };
}

describe("probes", () => {
  test("begin at once, and then come round at a steady pace", () => {
    const { askedAfter } = openRig(2);
    assert.deepEqual(
      [askedAfter(0), askedAfter(999), askedAfter(1), askedAfter(500)].map(({ length }) => length),
      [2, 0, 2, 0],
    );
  });
  test("of a crowd that is urgent do not keep the others from their turns", () => {
    const crowd = Array.from({ length: 60 }, (_, index) => `n-${index}`);
    const { askedAfter } = openRig(80, { maxPerSecond: 50 });
    const others = new Set<string>();
    let urgent = 0;
    for (let turn = 0; turn < 100; turn += 1) {
      for (const id of askedAfter(100, crowd)) {
        if (crowd.includes(id)) urgent += 1;
        else others.add(id);
      }
    }
    assert.equal(others.size, 20);
    assert.ok(urgent > 300, `${urgent}`);
  });
  test("of a crowd that does not answer leave others room", () => {
    const crowd = Array.from({ length: 100 }, (_, index) => `n-${index}`);
    const { begin } = openRig(110, { maxInFlight: 20, maxPerSecond: 1_000 });
    const asked = [0, 100, 100].flatMap((ms) => begin(ms, crowd));
    assert.ok(
      asked.some((id) => !crowd.includes(id)),
      asked.join(),
    );
  });
  test("come at once where another object is to be asked for", () => {
    const { schedule, all, askedAfter } = openRig(2);
    askedAfter(0);
    scheduleTargets(
      schedule,
      all.map((target, index) => (index === 1 ? { ...target, probePath: "/other" } : target)),
    );
    assert.deepEqual(askedAfter(1), ["n-1"]);
  });
  test("come more often where they are urgent", () => {
    const { askedAfter } = openRig(2);
    askedAfter(0);
    const asked = [250, 250, 250].map((ms) => askedAfter(ms, ["n-1"]));
    assert.deepEqual(asked, [["n-1"], ["n-1"], ["n-1"]]);
  });
  test("are never two of one node", () => {
    const { begin } = openRig(1);
    assert.deepEqual(begin(0), ["n-0"]);
    assert.deepEqual(begin(5_000, ["n-0"]), []);
  });
  test("are bounded in number, and those left over come next", () => {
    const { begin, schedule } = openRig(5, { maxInFlight: 2 });
    const asked = new Set<string>();
    for (const expected of [2, 2, 1]) {
      const taken = begin(1);
      assert.equal(taken.length, expected);
      for (const id of taken) {
        asked.add(id);
        endProbe(schedule, id);
      }
    }
    assert.equal(asked.size, 5);
  });
  test("keep to their budget, and nobody is forgotten over it", () => {
    const { askedAfter } = openRig(1_000, { maxPerSecond: 100 });
    const counts = new Map<string, number>();
    const random = seededRandom("probes");
    for (let tick = 0; tick < 300; tick += 1) {
      const taken = askedAfter(100, [], random);
      assert.ok(taken.length <= 51, `${taken.length} at once`);
      for (const id of taken) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(total <= 3_050, `${total} in 30 s`);
    assert.equal(counts.size, 1_000);
    assert.ok([...counts.values()].every((count) => count >= 2 && count <= 4));
  });
  test("spend the budget on the urgent ones first, each in its turn", () => {
    const { askedAfter } = openRig(20, { maxPerSecond: 10 });
    const urgent = ["n-17", "n-18"];
    for (let tick = 0; tick < 20; tick += 1) {
      const taken = askedAfter(250, urgent);
      assert.deepEqual(taken.slice(0, 2).toSorted(), urgent);
    }
  });
  test("are not made of one that has gone", () => {
    const { schedule, all, askedAfter } = openRig(2);
    scheduleTargets(schedule, all.slice(1));
    assert.deepEqual(askedAfter(0), ["n-1"]);
  });
  test("begin anew for one that lives a new life, and leave the others in their turn", () => {
    const { schedule, all, target, askedAfter } = openRig(2);
    askedAfter(0);
    scheduleTargets(schedule, [target(0, "2"), ...all.slice(1)]);
    assert.deepEqual(askedAfter(10), ["n-0"]);
  });
});
