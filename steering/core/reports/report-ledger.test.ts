import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import { readPlayerReport } from "./read-player-report.ts";
import { type Noted, ReportLedger, type ReportPolicy } from "./report-ledger.ts";
import { POLICY } from "./reports.rig.ts";

const ANSWERED = { e: "rr", rc: 200 };
const FAILED = { e: "rr", rc: 0 };
const STALLED = { e: "ps", sta: "r" };

function openLedger(changes: Partial<ReportPolicy> = {}) {
  const ledger = new ReportLedger({
    policy: { ...POLICY, ...changes },
    random: seededRandom("salt"),
  });
  return {
    ledger,
    /** At 1 ms unless another time is said; every session may speak of all but `foreign`. */
    say(session: string, node: string | undefined, data: object, nowMs = 1): Noted {
      const report = readPlayerReport({ ...data });
      const saying = { report, node, maySpeakOf: (id: string) => id !== "foreign" };
      return ledger.note(session, saying, nowMs);
    },
    verdict(node: string, nowMs = 1) {
      const verdict = ledger.verdictOn(node, nowMs);
      return verdict === undefined ? "none" : `${verdict.verdict} ${verdict.sessions}`;
    },
  };
}

/** Each of so many sessions says the same. */
function crowd(size: number, speak: (session: string) => void): void {
  for (let index = 0; index < size; index += 1) speak(`session-${index}`);
}

describe("what sessions report", () => {
  test("is heard once enough of them say it", () => {
    const { say, verdict } = openLedger({ judgeEveryMs: 0 });
    crowd(2, (session) => say(session, "a", FAILED));
    assert.equal(verdict("a"), "unknown 2");
    say("one-more", "a", FAILED);
    assert.equal(verdict("a"), "bad 3");
  });
  test("counts once a session, however often it is said", () => {
    const { say, verdict } = openLedger();
    for (let report = 0; report < 50; report += 1) say("one", "a", FAILED);
    assert.equal(verdict("a"), "unknown 1");
  });
  test("of their own slow link blames nobody", () => {
    const { say, verdict } = openLedger();
    crowd(9, (session) => {
      say(session, "a", STALLED);
      say(session, "b", ANSWERED);
      say(session, "b", STALLED);
    });
    assert.equal(verdict("a"), "unknown 0");
    assert.equal(verdict("b"), "unknown 0");
  });
  test("after they had to move blames the node that they left", () => {
    const { say, verdict } = openLedger();
    crowd(3, (session) => {
      say(session, "a", FAILED);
      say(session, "b", ANSWERED);
      say(session, "b", ANSWERED);
    });
    assert.equal(verdict("a"), "bad 3");
    assert.equal(verdict("b"), "good 3");
  });
  test("of a stall with the first report from elsewhere is said of the node before", () => {
    const { say, verdict } = openLedger();
    crowd(3, (session) => {
      say(session, "a", ANSWERED);
      say(session, "b", { ...ANSWERED, bs: true });
      say(session, "b", ANSWERED);
    });
    assert.equal(verdict("a"), "bad 3");
    assert.equal(verdict("b"), "good 3");
  });
  test("without a node is said of where they were last", () => {
    const { say, verdict } = openLedger();
    crowd(3, (session) => {
      say(session, "a", ANSWERED);
      assert.equal(say(session, undefined, STALLED), "noted");
    });
    assert.equal(verdict("a"), "bad 3");
  });
  test("is forgotten after two windows", () => {
    const { say, verdict } = openLedger();
    crowd(3, (session) => say(session, "a", FAILED));
    assert.equal(verdict("a", 10_001), "bad 3");
    assert.equal(verdict("a", 20_001), "none");
  });
  test("of a node's earlier life is forgotten at once, and of others is not", () => {
    const { ledger, say, verdict } = openLedger();
    for (const node of ["a", "b"]) crowd(3, (session) => say(node + session, node, FAILED));
    assert.equal(verdict("a", 10_001), "bad 3");
    ledger.forget("a");
    assert.equal(verdict("a", 10_001), "none");
    assert.equal(verdict("a", 12_001), "none");
    assert.equal(verdict("b", 12_001), "bad 3");
  });
  test("of a node's new life counts from its beginning", () => {
    const { ledger, say, verdict } = openLedger();
    crowd(3, (session) => say(session, "a", FAILED));
    assert.equal(verdict("a", 1_001), "bad 3");
    ledger.forget("a");
    ledger.forget("b");
    for (const nowMs of [1_002, 1_003]) crowd(3, (session) => say(session, "a", ANSWERED, nowMs));
    assert.equal(verdict("a", 2_001), "good 3");
    assert.equal(verdict("a", 10_001), "good 3");
  });
  test("of an earlier life is forgotten in the next window, too", () => {
    const { ledger, say, verdict } = openLedger();
    crowd(3, (session) => say(session, "a", FAILED));
    ledger.forget("a");
    for (const nowMs of [10_001, 10_002]) crowd(3, (session) => say(session, "a", ANSWERED, nowMs));
    assert.equal(verdict("a", 10_002), "good 3");
  });
  test("is forgotten without a look at every session", (t) => {
    const { ledger, say } = openLedger();
    crowd(50, (session) => say(session, "a", FAILED));
    const deleted = t.mock.method(Map.prototype, "delete");
    ledger.forget("a");
    assert.ok(deleted.mock.callCount() <= 1, `${deleted.mock.callCount()}`);
  });
  test("in two windows adds up", () => {
    const { say, verdict } = openLedger();
    crowd(3, (session) => say(session, "a", ANSWERED, 1));
    crowd(3, (session) => say(session, "a", ANSWERED, 10_001));
    assert.equal(verdict("a", 10_001), "good 3");
  });
  test("is judged again only so often", () => {
    const { say, verdict } = openLedger();
    assert.equal(verdict("a", 1), "none");
    crowd(3, (session) => say(session, "a", FAILED));
    assert.equal(verdict("a", 1_000), "none");
    assert.equal(verdict("a", 1_001), "bad 3");
  });
});

describe("not believed is", () => {
  test("what has come already", () => {
    const { say } = openLedger();
    assert.equal(say("one", "a", { ...FAILED, sn: 3, sid: "x" }), "noted");
    assert.equal(say("one", "a", { ...FAILED, sn: 3, sid: "x" }), "repeated");
    assert.equal(say("two", "a", { ...FAILED, sn: 3, sid: "x" }), "noted");
  });
  test("what has come already in the window before", () => {
    const { say } = openLedger();
    say("one", "a", { ...FAILED, sn: 3 }, 1);
    assert.equal(say("one", "a", { ...FAILED, sn: 3 }, 10_001), "repeated");
  });
  test("what a session cannot have seen", () => {
    const { say, verdict } = openLedger();
    crowd(3, (session) => assert.equal(say(session, "foreign", FAILED), "foreign-node"));
    assert.equal(verdict("foreign"), "none");
  });
  test("what is said of no node", () =>
    assert.equal(openLedger().say("one", undefined, FAILED), "unknown-node"));
  test("what says nothing", () =>
    assert.equal(openLedger().say("one", "a", { e: "m" }), "says-nothing"));
  test("what a session sends beyond its limit, in each window", () => {
    const { ledger } = openLedger();
    assert.equal(ledger.admit("one", 60, 1), 60);
    assert.equal(ledger.admit("one", 60, 2), 40);
    assert.equal(ledger.admit("one", 60, 3), 0);
    assert.equal(ledger.admit("one", 60, 10_001), 60);
  });
});

describe("a crowd", () => {
  test("of ten thousand takes the room of one thousand, and is judged by its sample", () => {
    const { ledger, say, verdict } = openLedger();
    crowd(10_000, (session) => say(session, "a", FAILED));
    assert.ok(ledger.sessions <= 1_000 && ledger.sessions > 400, String(ledger.sessions));
    assert.match(verdict("a"), /^bad /);
  });
  test("gets no better chance by sending more", () => {
    const { ledger, say } = openLedger({ maxSessions: 100 });
    for (let round = 0; round < 5; round += 1) {
      crowd(400, (session) => say(session, "a", FAILED));
    }
    const once = openLedger({ maxSessions: 100 });
    crowd(400, (session) => once.say(session, "a", FAILED));
    assert.equal(ledger.sessions, once.ledger.sessions);
  });
  test("that comes late is heard as well as one that came first", () => {
    const { say, ledger } = openLedger({ maxSessions: 200 });
    for (let index = 0; index < 1_000; index += 1) say(`early-${index}`, "early", FAILED);
    for (let index = 0; index < 1_000; index += 1) say(`late-${index}`, "late", FAILED);
    const early = ledger.verdictOn("early", 1)?.sessions ?? 0;
    const late = ledger.verdictOn("late", 1)?.sessions ?? 0;
    assert.ok(Math.abs(early - late) < 60, `${early} and ${late}`);
  });
  test("of nodes is not remembered for one session", () => {
    const { say, ledger } = openLedger();
    for (let index = 0; index < 200; index += 1) say("one", `node-${index}`, FAILED);
    assert.equal(ledger.verdicts(1).size, 16);
  });
});

test("whatever is reported, no more sessions speak of a node than there are", () => {
  const anySaying = fc.record({
    session: fc.integer({ min: 0, max: 5 }),
    node: fc.option(fc.constantFrom("a", "b", "foreign"), { nil: undefined }),
    data: fc.record({
      e: fc.constantFrom("rr", "t", "ps"),
      rc: fc.integer({ min: -1, max: 600 }),
      sta: fc.constantFrom("p", "r"),
      sn: fc.option(fc.nat(40), { nil: undefined }),
    }),
    afterMs: fc.integer({ min: 0, max: 4_000 }),
  });
  fc.assert(
    fc.property(fc.array(anySaying), (sayings) => {
      const { say, ledger } = openLedger({ judgeEveryMs: 0 });
      let nowMs = 1;
      for (const { session, node, data, afterMs } of sayings) {
        nowMs += afterMs;
        say(`s-${session}`, node, data, nowMs);
        for (const [id, { sessions, errorRatio }] of ledger.verdicts(nowMs)) {
          assert.notEqual(id, "foreign");
          assert.ok(sessions <= 6 && errorRatio >= 0 && errorRatio <= 1);
        }
      }
    }),
  );
});
