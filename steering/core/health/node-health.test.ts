import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { needsCloseWatch } from "./close-watch.ts";
import { FIT_GRADE, gradeOf } from "./grade-node.ts";
import {
  DEMO,
  following,
  goodProbe,
  POLICY,
  report,
  states,
  sweep,
  verdict,
} from "./health.rig.ts";
import type { ProbeOutcome } from "./judge-probe.ts";
import { type HealthEvent, type NodeHealth, observeNode } from "./node-health.ts";

const healthAfter = (marks: string) => following(marks).health;

describe("observeNode()", () => {
  test("a new one is on trial until its second good probe", () =>
    assert.equal(states("n.."), "RRU"));
  test("one bad probe moves nobody", () => assert.equal(states("n..xe..xe"), "RRUUUUUUU"));
  test("the second bad one in a row earns an ejection", () =>
    assert.equal(states("n..xxe"), "RRUUUD"));
  test("two bad ones of three do as well", () => assert.equal(states("n..x.xe"), "RRUUUUD"));
  test("one that is spared and answers again stays up", () =>
    assert.equal(states("n..xx.e"), "RRUUUUU"));
  test("a refused connection takes it down at once, without a sweep", () =>
    assert.equal(states("n..!"), "RRUD"));
  test("one on trial needs no sweep to go down", () => assert.equal(states("nxx"), "RRD"));
  test("a down one returns over a trial", () => assert.equal(states("n..!.."), "RRUDRU"));
  test("a bad probe on trial begins the trial anew", () =>
    assert.equal(states("n..!.x.."), "RRUDRRRU"));
  test("the second fall costs twice the trial", () =>
    assert.equal(states("n..!..!..."), "RRUDRUDRRU"));
  test("draining is believed at once", () => assert.equal(states("n..d"), "RRUW"));
  test("a proven one that ends its drain is up at once", () =>
    assert.equal(states("n..d..s"), "RRUWWWU"));
  test("an unproven one that ends its drain is on trial", () =>
    assert.equal(states("ndxs"), "RWWR"));
  test("one that registers draining is draining", () => {
    const event: HealthEvent = {
      kind: "registered",
      report: report(0, { state: "draining" }),
    };
    assert.equal(observeNode(undefined, event, POLICY, 1).state, "draining");
  });
  test("what it says of itself does not outweigh a refusal", () =>
    assert.equal(states("n..!sd"), "RRUDDD"));
  test("a draining one that dies is down, and draining again when it answers", () =>
    assert.equal(states("n..d!."), "RRUWDW"));
  test("one whose lease has ended is gone, whatever a late probe says", () =>
    assert.equal(states("n..g.!"), "RRUGGG"));
  test("one that registers again is on trial again", () =>
    assert.equal(states("n..gn.."), "RRUGRRU"));
  test("one that goes and comes with notice has not fallen", () => {
    assert.equal(healthAfter("n..hn").falls.count, 0);
    assert.equal(healthAfter("n..gn").falls.count, 1);
  });
  test("one that begins anew without having gone has fallen", () =>
    assert.equal(healthAfter("n..n").falls.count, 1));
  test("a node without heartbeats lives by its probes", () =>
    assert.equal(states("c..xxe.."), "RRUUUDRU"));
  test("an appliance never seen before can be observed", () => assert.equal(states("."), "R"));

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
  test("a late heartbeat is late once, until the next one", () => {
    const late = healthAfter("n..l");
    assert.equal(late.heartbeat?.isLate, true);
    assert.equal(observeNode(late, { kind: "heartbeat-late" }, POLICY, 9_000), late);
    assert.equal(healthAfter("n..ls").heartbeat?.isLate, false);
    assert.equal(healthAfter("c..l").heartbeat, undefined);
  });
});

/**
 * A node that answers for 2 s and fails for 2 s, probed and swept as steering does.
 *
 * @returns whether it could come first, each time that this changed.
 */
function flap(badOutcome: ProbeOutcome, phaseMs: number): boolean[] {
  const firstFailureMs = 10_000 + phaseMs;
  const flapsUntilMs = firstFailureMs + 60_000;
  let health = observeNode(undefined, { kind: "registered", report: report(0) }, DEMO, 1);
  let nextProbeAtMs = 1;
  const changes: boolean[] = [];
  for (let nowMs = 1; nowMs < flapsUntilMs + 30_000; nowMs += 50) {
    if (nowMs >= nextProbeAtMs) {
      const isBad =
        nowMs >= firstFailureMs && nowMs < flapsUntilMs && (nowMs - firstFailureMs) % 4_000 < 2_000;
      const outcome = isBad ? badOutcome : goodProbe();
      health = observeNode(health, { kind: "probed", outcome }, DEMO, nowMs);
      nextProbeAtMs = nowMs + (needsCloseWatch(health, DEMO, nowMs) ? 250 : 1_000);
    }
    if (nowMs % 1_000 === 1) health = sweep(health, DEMO, nowMs);
    const isFit = health.state === "up" && gradeOf(health, DEMO, nowMs).grade >= FIT_GRADE;
    if (isFit !== changes.at(-1)) changes.push(isFit);
  }
  return changes;
}

describe("a node that flaps for a minute, two seconds each way,", () => {
  for (const [name, outcome] of [
    ["refusing", { ok: false, reason: "refused", isFact: true }],
    ["silent", { ok: false, reason: "timeout", isFact: false }],
  ] as const) {
    test(`goes once and comes back once (${name})`, () => {
      for (let phaseMs = 0; phaseMs < 4_000; phaseMs += 50) {
        assert.deepEqual(flap(outcome, phaseMs), [false, true, false, true], `phase ${phaseMs}`);
      }
    });
  }
});

test("after a single fall a node is up again within 10 seconds of answering", () => {
  let health = observeNode(undefined, { kind: "registered", report: report(0) }, DEMO, 1);
  const refused = { ok: false, reason: "refused", isFact: true } as const;
  for (const outcome of [goodProbe(), goodProbe(), refused]) {
    health = observeNode(health, { kind: "probed", outcome }, DEMO, 2);
  }
  let atMs = 3;
  for (; health.state !== "up"; atMs += 1_000) {
    health = observeNode(health, { kind: "probed", outcome: goodProbe() }, DEMO, atMs);
  }
  assert.ok(atMs < 6_000);
});

describe("whatever happens,", () => {
  const absurd = fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true });
  const reports = fc
    .record({ egress: absurd, capacity: absurd, delay: absurd, isShedding: fc.boolean() })
    .map(({ egress, capacity, delay, isShedding }) =>
      report(0, {
        egressBitsPerSecond: egress,
        capacityBitsPerSecond: Math.max(Number.MIN_VALUE, capacity),
        eventLoopDelayMs: delay,
        isSheddingSessions: isShedding,
      }),
    );
  const reported = reports.map((each) => ({ kind: "reported" as const, report: each }));
  const judged = fc
    .record({ word: fc.constantFrom("good", "bad", "unknown"), sessions: fc.nat() })
    .map(({ word, sessions }) => ({
      kind: "players-judged" as const,
      verdict: verdict(word, sessions),
    }));
  const late = fc.constant({ kind: "heartbeat-late" } as const);
  const probed = fc
    .oneof(
      fc.constant(goodProbe()),
      fc.constant({ ok: false, reason: "timeout", isFact: false } as const),
      fc.constant({ ok: false, reason: "refused", isFact: true } as const),
    )
    .map((outcome) => ({ kind: "probed" as const, outcome }));

  const course = (event: fc.Arbitrary<HealthEvent>) =>
    fc.array(fc.record({ event, waitMs: fc.nat(5_000) }), { maxLength: 40 });

  function follow(
    start: NodeHealth,
    events: readonly { event: HealthEvent; waitMs: number }[],
    look: (after: NodeHealth, before: NodeHealth, event: HealthEvent) => void,
  ): void {
    let health = start;
    let nowMs = 10_000;
    for (const { event, waitMs } of events) {
      nowMs += waitMs;
      const before = health;
      health = sweep(observeNode(health, event, DEMO, nowMs), DEMO, nowMs);
      look(health, before, event);
    }
  }

  test("heartbeats and players alone take no node down that is up", () =>
    fc.assert(
      fc.property(course(fc.oneof(reported, judged, late)), (events) => {
        follow(healthAfter("n.."), events, ({ state }) => assert.equal(state, "up"));
        follow(healthAfter("n..x"), events, ({ state }) => assert.equal(state, "up"));
      }),
    ));

  test("a refused connection takes a node down at once", () =>
    fc.assert(
      fc.property(course(fc.oneof(reported, judged, late, probed)), (events) => {
        follow(healthAfter("n.."), events, ({ state }, _, event) => {
          if (event.kind === "probed" && !event.outcome.ok && event.outcome.isFact) {
            assert.equal(state, "down");
          }
        });
      }),
    ));

  test("a down node returns by good probes alone, and never straight from one", () =>
    fc.assert(
      fc.property(course(fc.oneof(reported, judged, late, probed)), (events) => {
        follow(healthAfter("n..!"), events, (health, before, event) => {
          if (before.state !== "down" || health.state === "down") return;
          assert.ok(event.kind === "probed" && event.outcome.ok);
          assert.equal(health.state, "recovering");
        });
      }),
    ));
});
