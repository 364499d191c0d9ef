import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { complaintAbout, FIT_GRADE, gradeOf, votesOf } from "./grade-node.ts";
import { DEMO, deviation, following, goodProbe, POLICY, report } from "./health.rig.ts";
import { SIGNAL_NAMES } from "./health-signals.ts";
import { type HealthEvent, type NodeHealth, observeNode } from "./node-health.ts";

function graded(marks: string) {
  const { health, nowMs } = following(marks);
  return gradeOf(health, POLICY, nowMs);
}
const grade = (marks: string) => graded(marks).grade;

describe("gradeOf()", () => {
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
    const { health, nowMs } = following("n..");
    const meanFirstByteMs = { mean: 1_100, deviation: 0, samples: 9 };
    const slow = { ...health, probes: { ...health.probes, meanFirstByteMs } };
    const { grade: halved, reason } = gradeOf(slow, POLICY, nowMs);
    assert.deepEqual([halved, reason], [0.5, "slow-first-byte"]);
  });
  test("one bad probe changes nothing", () => assert.equal(grade("n..x"), grade("n..")));
  test("failing probes make it sick before any sweep, whoever praises it", () => {
    assert.ok(grade("n..xx") < FIT_GRADE);
    assert.ok(grade("n..xxp") < FIT_GRADE);
  });
  test("it is fit again when it has answered often enough", () => {
    assert.ok(grade("n..xx.") < FIT_GRADE);
    assert.ok(grade("n..xx..") >= FIT_GRADE);
  });
  test("players who complain of one with good probes make it worse, and not sick", () => {
    for (const marks of ["n..b", "n..q", "n..qb"]) {
      assert.ok(Math.abs(grade(marks) - POLICY.players.floor) < 1e-9, marks);
    }
  });
  test("players and another voice together make it sick", () => {
    assert.equal(grade("n..lb"), POLICY.players.secondedFloor);
    assert.ok(grade("n..lq") < FIT_GRADE);
  });
  test("that a node sends less, where players complain, is no other voice", () => {
    const { health, nowMs } = following("n..b");
    const deviations = ["players-errors", "players-throughput", "egress"] as const;
    const compared = { deviations: deviations.map(deviation), atMs: nowMs };
    const { grade: shunned } = gradeOf({ ...health, compared }, POLICY, nowMs);
    assert.ok(shunned >= POLICY.players.floor - 1e-9, `${shunned}`);
  });
  test("what deviates costs, down to the floor of the forecast", () => {
    assert.equal(grade("n..f"), POLICY.forecast.floor);
    assert.ok(grade("n..v") > FIT_GRADE);
  });
  test("heartbeats alone make nobody sick", () => {
    assert.ok(grade("n..l") >= FIT_GRADE);
    const { health, nowMs } = following("n..");
    for (const changes of [
      { eventLoopDelayMs: 1e9 },
      { isSheddingSessions: true },
      { diskState: "unavailable" },
    ] as const) {
      const event = { kind: "reported", report: report(1e6, changes) } as const;
      const sick = observeNode(health, event, POLICY, nowMs);
      assert.ok(gradeOf(sick, POLICY, nowMs).grade >= FIT_GRADE);
    }
  });
  test("falls little with load, however absurd: load is no illness", () => {
    const { health, nowMs } = following("n..s");
    const { heartbeat = assert.fail() } = health;
    const absurd = { ...health, heartbeat: { ...heartbeat, load: Number.POSITIVE_INFINITY } };
    const grade = { grade: 1 - POLICY.heartbeat.busyLoss, reason: "load" };
    assert.deepEqual(gradeOf(absurd, POLICY, nowMs), grade);
  });

  for (const [marks, reason] of [
    ["n..", "well"],
    ["n", "registered"],
    ["n..!", "refused"],
    ["n..xx", "timeout"],
    ["n..l", "heartbeat-late"],
    ["n..b", "players-bad"],
    ["n..f", "first-byte-worse-than-forecast"],
    ["n..d", "reports-draining"],
    ["n..g", "lease-expired"],
  ] as const) {
    test(`${marks} is graded by ${reason}`, () => assert.equal(graded(marks).reason, reason));
  }
});

describe("complaintAbout()", () => {
  const complaint = (marks: string) => {
    const { health, nowMs } = following(marks);
    return complaintAbout({ health, grade: grade(marks) }, POLICY, nowMs);
  };
  for (const [marks, what, points] of [
    ["n..", "nothing has been said", 0],
    ["n..p", "players are content", 0],
    ["n..b", "players alone complain", 1 - DEMO.players.floor],
    ["n..q", "what they say deviates", 1 - DEMO.players.floor],
    ["n..v", "something else does", 0],
    ["n..lb", "the node is sick: then it is no matter of players alone", 0],
    ["n..xxb", "its probes fail", 0],
  ] as const) {
    test(`is ${Math.round(100 * points) / 100} where ${what}`, () =>
      assert.ok(Math.abs(complaint(marks) - points) < 1e-9, `${complaint(marks)}`));
  }
});

describe("votesOf()", () => {
  const votes = (marks: string, laterMs = 0) => {
    const { health, nowMs } = following(marks);
    return votesOf(health, POLICY, nowMs + laterMs);
  };
  test("names each voice that has spoken, its bound and its age", () => {
    assert.deepEqual(
      votes("n..sba").map(({ voice, ageSeconds }) => [voice, ageSeconds]),
      [
        ["lease", 2],
        ["probe", 3],
        ["heartbeat", 2],
        ["players", 1],
        ["forecast", 0],
      ],
    );
  });
  test("a node of others has no lease and no heartbeat", () =>
    assert.deepEqual(
      votes("c..").map(({ voice }) => voice),
      ["probe"],
    ));
  test("old words of players and of the forecast are dropped", () =>
    assert.deepEqual(
      votes("n..bf", 60_000).map(({ voice }) => voice),
      ["lease", "probe", "heartbeat"],
    ));
});

const absurd = fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true });
const deviations = fc.array(
  fc.record({
    signal: fc.constantFrom(...SIGNAL_NAMES),
    worseThan: fc.constantFrom("forecast", "peers", "limit"),
    value: absurd,
    expected: absurd,
  }),
  { maxLength: 8 },
);
const playersJudged = fc.record({
  kind: fc.constant("players-judged" as const),
  verdict: fc.record({
    sessions: fc.nat(),
    verdict: fc.constantFrom("good", "bad", "unknown"),
    errorRatio: absurd,
    throughputBitsPerSecond: fc.option(absurd, { nil: undefined }),
    reason: fc.constant("players"),
  }),
});
const anyEvent: fc.Arbitrary<HealthEvent> = fc.oneof(
  playersJudged,
  deviations.map((found) => ({ kind: "compared" as const, deviations: found })),
  fc.constantFrom<HealthEvent>(
    { kind: "heartbeat-late" },
    { kind: "ejected", reason: "timeout" },
    { kind: "lease-ended", reason: "lease-expired" },
    { kind: "lease-ended", reason: "lease-cancelled" },
    { kind: "registered", report: undefined },
    { kind: "probed", outcome: { ok: false, reason: "timeout", isFact: false } },
    { kind: "probed", outcome: { ok: false, reason: "refused", isFact: true } },
  ),
  fc
    .tuple(absurd, absurd)
    .map(([first, second]) => ({ kind: "probed" as const, outcome: goodProbe(first, second) })),
  fc
    .tuple(absurd, absurd, absurd, fc.constantFrom("serving", "draining"))
    .map(([egressBitsPerSecond, capacity, eventLoopDelayMs, state]) => ({
      kind: "reported" as const,
      report: report(0, {
        egressBitsPerSecond,
        capacityBitsPerSecond: Math.max(capacity, Number.MIN_VALUE),
        eventLoopDelayMs,
        state,
      }),
    })),
);

describe("whatever happens,", () => {
  test("a grade is a number from 0 to 1, and so is every vote", () =>
    fc.assert(
      fc.property(fc.array(fc.record({ event: anyEvent, waitMs: fc.nat(90_000) })), (events) => {
        let health: NodeHealth | undefined;
        let nowMs = 1;
        for (const { event, waitMs } of events) {
          nowMs += waitMs;
          health = observeNode(health, event, DEMO, nowMs);
          const votes = votesOf(health, DEMO, nowMs).map((vote) => vote.grade);
          for (const each of [gradeOf(health, DEMO, nowMs).grade, ...votes]) {
            assert.ok(each >= 0 && each <= 1);
          }
        }
      }),
    ));

  test("players lower the grade of a node with good probes no further than their floor", () =>
    fc.assert(
      fc.property(
        fc.array(playersJudged),
        deviations.map((found) => found.filter(({ signal }) => signal.startsWith("players-"))),
        (events, found) => {
          let { health, nowMs } = following("n..s");
          for (const event of [...events, { kind: "compared" as const, deviations: found }]) {
            health = observeNode(health, event, POLICY, nowMs);
            assert.equal(health.state, "up");
            assert.ok(gradeOf(health, POLICY, nowMs).grade >= POLICY.players.floor - 1e-9);
          }
        },
      ),
    ));
});
