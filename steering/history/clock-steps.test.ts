/** A clock that is wrong for a while may cost some precision, and no past. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import {
  type HistoryRig,
  happening,
  newFolder,
  openHistoryRig,
  type RigOptions,
  reasonsOf,
} from "./history.rig.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ALL = { since: { kind: "after-event", id: 0 }, untilMs: Infinity, limit: 1_000 } as const;
const POLICY = {
  maxAgeMs: 7 * DAY_MS,
  clock: { toleranceMs: MINUTE_MS, steadyAfterMs: 10 * MINUTE_MS },
};

/** An hour and a half with an event and a change of each minute's node. */
function rigWithPast(t: TestContext, policy: RigOptions["policy"] = {}) {
  const file = join(newFolder(t), "history.sqlite");
  const rig = openHistoryRig(t, { file, policy: { ...POLICY, ...policy } });
  for (let minute = 0; minute < 90; minute += 1) {
    rig.pass(MINUTE_MS);
    happen(rig, `minute ${minute}`);
  }
  return { rig, file };
}

function happen({ history }: HistoryRig, reason: string): void {
  history.record(happening(reason));
  history.noteNode("busy", { reason });
  history.flush();
}

function countOf({ history }: HistoryRig): number {
  return history.events(ALL).events.length;
}

function documentAt({ history }: HistoryRig, wallMs: number): unknown {
  const past = history.fleetAt(wallMs);
  return past.outcome === "recorded" ? past.nodes[0]?.document : past.outcome;
}

describe("a clock that is a month ahead for one tick", () => {
  const afterOneWrongTick = (t: TestContext) => {
    const { rig } = rigWithPast(t);
    rig.stepClock(30 * DAY_MS);
    happen(rig, "wrong");
    rig.stepClock(-30 * DAY_MS);
    rig.pass(200);
    happen(rig, "right again");
    return rig;
  };
  test("takes no event and no revision away", (t) => {
    const rig = afterOneWrongTick(t);
    assert.equal(countOf(rig), 92);
    assert.equal(rig.history.stats().revisions, 92);
  });
  test("leaves the past and the present as they were", (t) => {
    const rig = afterOneWrongTick(t);
    assert.deepEqual(documentAt(rig, rig.nowMs()), { reason: "right again" });
    assert.deepEqual(documentAt(rig, rig.nowMs() - 30 * MINUTE_MS), { reason: "minute 59" });
  });
  test("leaves them so over the days, and over a restart", (t) => {
    const rig = afterOneWrongTick(t);
    rig.pass(DAY_MS);
    happen(rig, "a day later");
    rig.reopen();
    assert.equal(countOf(rig), 93);
    assert.deepEqual(documentAt(rig, rig.nowMs()), { reason: "a day later" });
    assert.deepEqual(documentAt(rig, rig.nowMs() - DAY_MS - 30 * MINUTE_MS), {
      reason: "minute 59",
    });
  });
});

test("a record that is full when the clock is ahead does not begin in the future", (t) => {
  const { rig } = rigWithPast(t, { maxRevisions: 50, pruneEveryRows: 20 });
  rig.stepClock(30 * DAY_MS);
  happen(rig, "wrong");
  rig.stepClock(-30 * DAY_MS);
  for (let minute = 0; minute < 60; minute += 1) {
    rig.pass(MINUTE_MS);
    happen(rig, `later ${minute}`);
    assert.equal(rig.history.fleetAt(rig.nowMs()).outcome, "recorded");
  }
});

describe("a process that starts with a clock that is far behind", () => {
  const startedBehind = (t: TestContext) => {
    const { rig } = rigWithPast(t);
    const behindMs = rig.nowMs() - 1_000_000;
    rig.stepClock(-behindMs);
    rig.reopen();
    happen(rig, "while behind");
    rig.stepClock(behindMs);
    rig.pass(MINUTE_MS);
    rig.history.flush();
    return rig;
  };
  test("keeps what was before, once the clock is set", (t) => {
    const rig = startedBehind(t);
    assert.equal(countOf(rig), 91);
    assert.equal(rig.history.fleetAt(rig.nowMs() - 30 * MINUTE_MS).outcome, "recorded");
  });
  test("keeps it while the clock stays as it was set", (t) => {
    const rig = startedBehind(t);
    rig.pass(60 * MINUTE_MS);
    happen(rig, "an hour later");
    assert.equal(countOf(rig), 92);
  });
});

describe("what is too old goes all the same", () => {
  test("a while after the clock was set for good", (t) => {
    const { rig } = rigWithPast(t);
    rig.stepClock(30 * DAY_MS);
    happen(rig, "set");
    assert.equal(countOf(rig), 91, "it may be set back at once");
    rig.pass(9 * MINUTE_MS);
    happen(rig, "not yet");
    assert.equal(countOf(rig), 92);
    rig.pass(10 * MINUTE_MS);
    happen(rig, "now");
    assert.deepEqual(reasonsOf(rig.history.events(ALL).events), ["set", "not yet", "now"]);
  });
  test("at the same pace after the clock was set back", (t) => {
    const { rig } = rigWithPast(t, { maxEvents: 5, pruneEveryRows: 1_000_000 });
    rig.stepClock(-30 * DAY_MS);
    for (const reason of ["a", "b", "c"]) happen(rig, reason);
    rig.pass(2 * MINUTE_MS);
    rig.history.flush();
    assert.equal(countOf(rig), 5);
  });
});

describe("a file whose record begins in the future, as an earlier release may have left it,", () => {
  const openSpoiled = (t: TestContext, spoil: string) => {
    const { rig, file } = rigWithPast(t);
    rig.history.close();
    const database = new DatabaseSync(file);
    database.exec(spoil);
    database.close();
    rig.reopen();
    return rig;
  };
  const IN_A_MONTH = "UPDATE record SET begins_ms = begins_ms + 30 * 86400000;";
  test("is mended when it is opened", (t) => {
    const rig = openSpoiled(t, IN_A_MONTH);
    const openedAtMs = rig.nowMs();
    assert.equal(rig.history.fleetAt(openedAtMs).outcome, "recorded");
    rig.pass(60 * MINUTE_MS);
    assert.equal(rig.history.fleetAt(openedAtMs).outcome, "recorded");
  });
  test("is mended in time where its last revision is of the future, too", (t) => {
    const rig = openSpoiled(
      t,
      `${IN_A_MONTH} UPDATE revisions SET wall_ms = wall_ms + 30 * 86400000
         WHERE id = (SELECT max(id) FROM revisions);`,
    );
    rig.pass(20 * MINUTE_MS);
    happen(rig, "later");
    assert.equal(rig.history.fleetAt(rig.nowMs()).outcome, "recorded");
  });
  test("is left as it is while the clock is behind all that was written", (t) => {
    const { rig } = rigWithPast(t);
    const before = rig.history.fleetAt(rig.nowMs());
    rig.stepClock(-30 * DAY_MS);
    rig.reopen();
    rig.stepClock(30 * DAY_MS);
    assert.equal(rig.history.fleetAt(rig.nowMs()).beginsMs, before.beginsMs);
  });
});
