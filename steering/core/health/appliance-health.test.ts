import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";
import {
  type ApplianceHealth,
  deservesEjection,
  gradeOf,
  type HealthEvent,
  observeAppliance,
} from "./appliance-health.ts";

const POLICY = { downAfter: 2, upAfter: 2, busyFrom: 0.8, busyUntil: 0.6, slowFirstByteMs: 1_000 };

function report(load: number, state: "serving" | "draining" = "serving"): ApplianceReport {
  const tier = { objects: 0, usedBytes: 0, limitBytes: 0 };
  return {
    state,
    activeRequests: 0,
    egressBitsPerSecond: load * 1_000,
    capacityBitsPerSecond: 1_000,
    eventLoopDelayMs: 0,
    ram: tier,
    disk: { ...tier, health: { state: "ok" } },
  };
}

/** One mark per event. `e` stands for the sweep, which ejects whoever deserves it. */
const EVENTS: Readonly<Record<string, HealthEvent>> = {
  n: { kind: "registered", report: report(0) },
  ".": { kind: "probed", outcome: { ok: true, reason: "right-bytes", firstByteMs: 10 } },
  x: { kind: "probed", outcome: { ok: false, reason: "timeout", isFact: false } },
  "!": { kind: "probed", outcome: { ok: false, reason: "refused", isFact: true } },
  s: { kind: "reported", report: report(0) },
  d: { kind: "reported", report: report(0, "draining") },
  "8": { kind: "reported", report: report(0.8) },
  "7": { kind: "reported", report: report(0.7) },
  "5": { kind: "reported", report: report(0.5) },
  e: { kind: "ejected" },
  g: { kind: "lease-ended", reason: "lease-expired" },
};

function healthAfter(marks: string): ApplianceHealth {
  return healthsAfter(marks).at(-1) ?? assert.fail("no event");
}

function healthsAfter(marks: string): ApplianceHealth[] {
  let health: ApplianceHealth | undefined;
  return Array.from(marks, (mark, index) => {
    const event = EVENTS[mark] ?? assert.fail(mark);
    const isSpared = mark === "e" && !(health && deservesEjection(health, POLICY));
    if (!isSpared || health === undefined) {
      health = observeAppliance(health, event, POLICY, 1 + index * 1_000);
    }
    return health;
  });
}

/** U up, D down, R recovering, W draining (withdrawing), G gone; one letter per event. */
function states(marks: string): string {
  const letters = { up: "U", down: "D", recovering: "R", draining: "W", gone: "G" };
  return healthsAfter(marks)
    .map(({ state }) => letters[state])
    .join("");
}

describe("observeAppliance()", () => {
  test("a new one is on trial until its second good probe", () =>
    assert.equal(states("n.."), "RRU"));
  test("one bad probe moves nobody", () => assert.equal(states("n..xe.xe"), "RRUUUUUU"));
  test("the second bad one in a row earns an ejection", () =>
    assert.equal(states("n..xxe"), "RRUUUD"));
  test("one that is spared and answers again stays up", () =>
    assert.equal(states("n..xx.e"), "RRUUUUU"));
  test("a refused connection takes it down at once, without a sweep", () =>
    assert.equal(states("n..!"), "RRUD"));
  test("one on trial needs no sweep to go down", () => assert.equal(states("nxx"), "RRD"));
  test("a down one returns over a trial", () => assert.equal(states("n..!.."), "RRUDRU"));
  test("a bad probe on trial begins the trial anew", () =>
    assert.equal(states("n..!.x.."), "RRUDRRRU"));
  test("draining is believed at once", () => assert.equal(states("n..d"), "RRUW"));
  test("a proven one that ends its drain is up at once", () =>
    assert.equal(states("n..d..s"), "RRUWWWU"));
  test("an unproven one that ends its drain is on trial", () =>
    assert.equal(states("ndxs"), "RWWR"));
  test("one that registers draining is draining", () => {
    const event: HealthEvent = { kind: "registered", report: report(0, "draining") };
    assert.equal(observeAppliance(undefined, event, POLICY, 1).state, "draining");
  });
  test("what it says of itself does not outweigh a refusal", () =>
    assert.equal(states("n..!sd"), "RRUDDD"));
  test("a draining one that dies is down, and draining again when it answers", () =>
    assert.equal(states("n..d!."), "RRUWDW"));
  test("one whose lease has ended is gone, whatever a late probe says", () =>
    assert.equal(states("n..g.!"), "RRUGGG"));
  test("one that registers again is on trial again", () =>
    assert.equal(states("n..gn.."), "RRUGRRU"));

  test("the reason says what decided", () => {
    assert.equal(healthAfter("n").reason, "registered");
    assert.equal(healthAfter("n..").reason, "probes-good");
    assert.equal(healthAfter("n..!").reason, "refused");
    assert.equal(healthAfter("n..xxe").reason, "timeout");
    assert.equal(healthAfter("n..d").reason, "reports-draining");
    assert.equal(healthAfter("n..d.s").reason, "drain-ended");
    assert.equal(healthAfter("n..g").reason, "lease-expired");
  });
  test("a state that lasts keeps the time when it began", () => {
    assert.equal(healthAfter("n..!").sinceMs, 3_001);
    assert.equal(healthAfter("n..!!!").sinceMs, 3_001);
  });
  test("an appliance never seen before can be observed", () => assert.equal(states("."), "R"));
});

describe("load", () => {
  test("busy begins at 80 % of capacity", () => {
    assert.equal(healthAfter("n7").isBusy, false);
    assert.equal(healthAfter("n8").isBusy, true);
  });
  test("busy ends only below 60 %, so that it does not flap", () => {
    assert.equal(healthAfter("n87").isBusy, true);
    assert.equal(healthAfter("n85").isBusy, false);
  });
});

describe("gradeOf()", () => {
  const grade = (marks: string) => gradeOf(healthAfter(marks), POLICY);

  test("falls with the state", () => {
    const grades = ["n..", "n", "n..d", "n..!"].map(grade);
    assert.deepEqual(
      grades,
      grades.toSorted((a, b) => b - a),
    );
    assert.equal(grades.at(-1), 0);
  });
  test("falls with the load", () => assert.ok(grade("n..8") < grade("n..5")));
  test("is halved by a slow first byte", () => {
    const quick = healthAfter("n..");
    const slow = { ...quick, firstByteMs: { mean: 1_000, deviation: 0, samples: 9 } };
    assert.equal(gradeOf(slow, POLICY), 0.5);
  });
  test("stays between 0 and 1 under an absurd load", () => {
    const health = { ...healthAfter("n.."), load: Number.POSITIVE_INFINITY };
    assert.equal(gradeOf(health, POLICY), 0);
  });
});
