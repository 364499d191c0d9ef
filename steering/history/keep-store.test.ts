/** A history whose file fails goes on in memory, and in the file again as soon as that is possible. */
import assert from "node:assert/strict";
import { closeSync, copyFileSync, existsSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import { type HistoryRig, happening, newFolder, openHistoryRig, reasonsOf } from "./history.rig.ts";

const ALL = { since: { kind: "after-event", id: 0 }, untilMs: Infinity, limit: 1_000 } as const;
const MINUTE_MS = 60_000;

function later(rig: HistoryRig, ms: number): void {
  rig.pass(ms);
  rig.history.flush();
}

function statesAt({ history }: HistoryRig, wallMs: number): Record<string, unknown> {
  const past = history.fleetAt(wallMs);
  assert.ok(past.outcome === "recorded");
  return Object.fromEntries(
    past.nodes.map(({ id, document }) => [id, (document as { state: string }).state]),
  );
}

/** Two members and two nodes, and then a disk without room; events are long from then on. */
function rigOnFullDisk(t: TestContext) {
  const file = join(newFolder(t), "history.sqlite");
  // Nothing is pruned before the file is tried again.
  const policy = { maxFileBytes: 256 * 1024, pruneEveryRows: 1_000_000 };
  const rig = openHistoryRig(t, { file, policy: { ...policy, pruneEveryMs: 1e9 } });
  for (const id of ["old-1", "old-2"]) {
    rig.members.set(id, { url: `http://${id}.test` });
    rig.history.saveMember(id, rig.members.get(id));
    rig.history.noteNode(id, { state: "up" });
  }
  for (let count = 0; rig.troubles.length === 0; count += 1) {
    assert.ok(count < 2_000, "it never filled up");
    rig.history.record(happening(`${count} ${"x".repeat(1_000)}`));
    rig.history.flush();
  }
  return rig;
}

describe("a file that could not be written", () => {
  test("is left alone for a minute, and then in use again", (t) => {
    const rig = rigOnFullDisk(t);
    later(rig, MINUTE_MS - 1);
    assert.equal(rig.history.stats().isPersistent, false);
    later(rig, 1);
    assert.equal(rig.history.stats().isPersistent, true);
    assert.deepEqual(rig.returns, ["history.sqlite"]);
    assert.equal(rig.troubles.length, 1);
  });
  test("then has the members of now, over a restart", (t) => {
    const rig = rigOnFullDisk(t);
    rig.members.clear();
    rig.members.set("new-1", { url: "http://new-1.test" });
    for (const id of ["old-1", "old-2"]) rig.history.deleteMember(id);
    rig.history.saveMember("new-1", rig.members.get("new-1"));
    later(rig, MINUTE_MS);
    rig.history.saveMember("new-2", {});
    assert.deepEqual(rig.reopen().loadMembers(), [
      { id: "new-1", member: { url: "http://new-1.test" } },
      { id: "new-2", member: {} },
    ]);
  });
  test("then knows how the fleet was before, meanwhile and now", (t) => {
    const rig = rigOnFullDisk(t);
    const leftAtMs = rig.nowMs();
    later(rig, 20_000);
    rig.history.noteNode("old-1", { state: "down" });
    later(rig, 20_000);
    rig.history.noteNode("old-1", { state: "up" });
    rig.history.noteNode("old-2", null);
    rig.history.noteNode("new-1", { state: "up" });
    later(rig, 20_000);
    rig.reopen();
    assert.deepEqual(statesAt(rig, leftAtMs), { "old-1": "up", "old-2": "up" });
    assert.deepEqual(statesAt(rig, leftAtMs + 20_000), { "old-1": "down", "old-2": "up" });
    assert.deepEqual(statesAt(rig, leftAtMs + 40_000), { "old-1": "up", "new-1": "up" });
    assert.deepEqual(statesAt(rig, rig.nowMs()), { "old-1": "up", "new-1": "up" });
  });
  test("then has what happened meanwhile, in its place", (t) => {
    const rig = rigOnFullDisk(t);
    rig.history.record(happening("meanwhile"));
    later(rig, MINUTE_MS);
    rig.history.record(happening("afterwards"));
    const { events } = rig.reopen().events(ALL);
    const ids = events.map(({ id }) => id);
    assert.deepEqual(reasonsOf(events).slice(-2), ["meanwhile", "afterwards"]);
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
  });
});

describe("a file that another process held", () => {
  const heldFile = (t: TestContext) => {
    const file = join(newFolder(t), "history.sqlite");
    const holder = openHistoryRig(t, { file });
    holder.history.saveMember("of-before", {});
    holder.history.record(happening("before"));
    holder.history.flush();
    const rig = openHistoryRig(t, { file });
    rig.history.noteNode("a", { state: "up" });
    rig.members.set("a", {});
    return { holder, rig };
  };
  test("is taken over once it is free", (t) => {
    const { holder, rig } = heldFile(t);
    holder.history.close();
    later(rig, MINUTE_MS);
    assert.equal(rig.history.stats().isPersistent, true);
    assert.deepEqual(statesAt(rig, rig.nowMs()), { a: "up" });
    assert.deepEqual(rig.reopen().loadMembers(), [{ id: "a", member: {} }]);
  });
  test("is asked for once a minute, and not told of again", (t) => {
    const { rig } = heldFile(t);
    for (let minute = 0; minute < 10; minute += 1) later(rig, MINUTE_MS);
    assert.equal(rig.history.stats().isPersistent, false);
    assert.equal(rig.troubles.length, 1);
    assert.deepEqual(rig.returns, []);
  });
  test("has given out higher ids: ours go on behind them", (t) => {
    const { holder, rig } = heldFile(t);
    for (let count = 0; count < 50; count += 1) holder.history.record(happening("theirs"));
    const lastOfTheirs = holder.history.newestEventId();
    const before = rig.history.record(happening("ours"));
    assert.ok(before.id <= lastOfTheirs);
    holder.history.close();
    later(rig, MINUTE_MS);
    const after = rig.history.record(happening("ours, later"));
    assert.ok(after.id > lastOfTheirs);
    assert.deepEqual(rig.history.eventsAfter(lastOfTheirs, 10), [after]);
  });
});

test("a file that is damaged while it is in use is put aside, and a new one begun", (t) => {
  const file = join(newFolder(t), "history.sqlite");
  const policy = { maxRevisions: 100_000, maxEvents: 100_000, maxQueued: 1_000 };
  const rig = openHistoryRig(t, { file, policy });
  for (let count = 0; count < 10_000; count += 1) {
    rig.history.record(happening(`${count} ${"x".repeat(1_000)}`));
  }
  rig.history.flush();
  const descriptor = openSync(file, "r+");
  const bytes = statSync(file).size - 8_192;
  writeSync(descriptor, Buffer.alloc(bytes, 0xa5), 0, bytes, 8_192);
  closeSync(descriptor);
  rig.history.noteNode("a", { state: "up" });
  rig.history.events(ALL);
  assert.equal(rig.troubles.length, 1);
  later(rig, MINUTE_MS);
  assert.equal(rig.history.stats().isPersistent, true);
  assert.ok(existsSync(`${file}.damaged`));
  rig.reopen();
  assert.deepEqual(statesAt(rig, rig.nowMs()), { a: "up" });
  assert.equal(rig.troubles.length, 1);
});

describe("what is too much even for memory", () => {
  const noteMuch = ({ history }: HistoryRig) => {
    for (let node = 0; node < 200; node += 1) {
      history.noteNode(`n${node}`, { state: "up", filling: "x".repeat(2_000) });
      history.record(happening(`${node} ${"x".repeat(2_000)}`));
      history.flush();
    }
  };
  for (const [where, file] of [
    ["that a full file leaves behind", "history.sqlite"],
    ["where there is no file", undefined],
  ] as const) {
    test(`${where} is let go, and nothing fails`, (t) => {
      const path = file === undefined ? {} : { file: join(newFolder(t), file) };
      const policy = { maxFileBytes: 128 * 1024, pruneEveryRows: 1e9, pruneEveryMs: 1e9 };
      const rig = openHistoryRig(t, { ...path, policy });
      noteMuch(rig);
      rig.history.record(happening("last"));
      assert.equal(reasonsOf(rig.history.events(ALL).events).at(-1), "last");
      assert.equal(rig.history.fleetAt(rig.nowMs()).outcome, "recorded");
      assert.ok(rig.troubles.length <= 1);
    });
  }
  test("comes to nothing that is too much where rows are pruned in time", (t) => {
    const file = join(newFolder(t), "history.sqlite");
    const policy = { maxFileBytes: 1024 * 1024, pruneEveryRows: 20 };
    const rig = openHistoryRig(t, { file, policy });
    for (let count = 0; count < 2_000; count += 1) {
      rig.history.record(happening(`${count} ${"x".repeat(2_000)}`));
      rig.history.flush();
    }
    assert.deepEqual(rig.troubles, []);
    assert.equal(rig.history.stats().isPersistent, true);
    assert.ok(rig.history.stats().events > 100);
  });
});

describe("until when it was so", () => {
  test("is kept when it ends, though nothing has happened", (t) => {
    const rig = openHistoryRig(t, { file: join(newFolder(t), "history.sqlite") });
    assert.equal(rig.history.aliveBeforeMs(), undefined);
    later(rig, 1_234);
    const endedAtMs = rig.nowMs();
    rig.history.close();
    rig.pass(3_600_000);
    assert.equal(rig.reopen().aliveBeforeMs(), endedAtMs);
  });
  test("is kept to a few seconds where it ends with a crash", (t) => {
    const folder = newFolder(t);
    const file = join(folder, "history.sqlite");
    const rig = openHistoryRig(t, { file });
    for (let second = 0; second < 12; second += 1) later(rig, 1_000);
    const crashed = join(folder, "crashed.sqlite");
    for (const suffix of ["", "-wal"]) copyFileSync(file + suffix, crashed + suffix);
    const { history } = openHistoryRig(t, { file: crashed });
    assert.equal(history.aliveBeforeMs(), rig.nowMs() - 2_000);
  });
  test("is not known of a file of an earlier release", (t) => {
    const file = join(newFolder(t), "history.sqlite");
    openHistoryRig(t, { file }).history.close();
    const database = new DatabaseSync(file);
    database.exec("DROP TABLE alive");
    database.close();
    const rig = openHistoryRig(t, { file });
    assert.equal(rig.history.aliveBeforeMs(), undefined);
    assert.equal(rig.history.stats().isPersistent, true);
  });
});
