import assert from "node:assert/strict";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import { happening, newFolder, openHistoryRig, reasonsOf } from "./history.rig.ts";

const ALL = { since: { kind: "after-event", id: 0 }, untilMs: Infinity, limit: 1_000 } as const;

/** Whatever stands at `file`, a history is opened there and works. */
function openAt(t: TestContext, file: string) {
  const rig = openHistoryRig(t, { file });
  rig.history.record(happening("after"));
  assert.ok(reasonsOf(rig.history.events(ALL).events).includes("after"));
  const [trouble, ...more] = rig.troubles;
  assert.ok(trouble !== undefined && more.length === 0, "one warning");
  assert.equal(trouble.file, "history.sqlite");
  assert.ok(trouble.reason.length > 0);
  assert.ok(!trouble.reason.includes("/tmp"), trouble.reason);
  return { rig, trouble };
}

function writtenFile(t: TestContext): string {
  const file = join(newFolder(t), "history.sqlite");
  const rig = openHistoryRig(t, { file });
  for (let count = 0; count < 200; count += 1) rig.history.record(happening("before"));
  rig.history.close();
  return file;
}

/** A file of our own making that is broken in one way. */
const DAMAGE: Readonly<Record<string, (file: string) => void>> = {
  "is no database": (file) =>
    writeFileSync(file, "not a database, but longer than its header\n".repeat(9)),
  "has a torn head": (file) => overwrite(file, 0, 64),
  "has garbage in its middle": (file) => overwrite(file, 4_096, statSync(file).size - 4_096),
  "was cut short": (file) => writeFileSync(file, readFileSync(file).subarray(0, 4_096)),
};

describe("a damaged file", () => {
  for (const [name, damage] of Object.entries(DAMAGE)) {
    test(`that ${name} is put aside, and a new one is begun`, (t) => {
      const file = writtenFile(t);
      damage(file);
      const broken = readFileSync(file);
      const { rig, trouble } = openAt(t, file);
      assert.deepEqual(trouble.outcome, {
        goesOn: "in-a-new-file",
        keptAs: "history.sqlite.damaged",
      });
      assert.deepEqual(readFileSync(`${file}.damaged`), broken);
      assert.deepEqual(reasonsOf(rig.reopen().events(ALL).events), ["after"]);
      assert.equal(rig.troubles.length, 1, "the new file is sound");
    });
  }
});

describe("a file that is left alone, while the history is in memory:", () => {
  test("one that another process holds", (t) => {
    const file = writtenFile(t);
    const holder = openHistoryRig(t, { file });
    const { rig, trouble } = openAt(t, file);
    assert.deepEqual(trouble.outcome, { goesOn: "in-memory" });
    assert.equal(rig.history.stats().isPersistent, false);
    holder.history.record(happening("held"));
    assert.ok(reasonsOf(holder.reopen().events(ALL).events).includes("held"));
  });
  test("one of another release", (t) => {
    const file = writtenFile(t);
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 99");
    database.close();
    const { trouble } = openAt(t, file);
    assert.match(trouble.reason, /version 99/);
    assert.equal(existsSync(`${file}.damaged`), false);
  });
  test("one of another program", (t) => {
    const file = join(newFolder(t), "history.sqlite");
    const database = new DatabaseSync(file);
    database.exec("CREATE TABLE precious (gold); INSERT INTO precious VALUES (1)");
    database.close();
    const { trouble } = openAt(t, file);
    assert.deepEqual(trouble.outcome, { goesOn: "in-memory" });
    const again = new DatabaseSync(file);
    t.after(() => again.close());
    assert.deepEqual({ ...again.prepare("SELECT * FROM precious").get() }, { gold: 1 });
  });
  test("one that is a folder", (t) => {
    const file = join(newFolder(t), "history.sqlite");
    mkdirSync(file);
    assert.deepEqual(openAt(t, file).trouble.outcome, { goesOn: "in-memory" });
  });
  test("one in a folder that cannot be made", (t) => {
    const folder = newFolder(t);
    writeFileSync(join(folder, "file"), "");
    const { trouble } = openAt(t, join(folder, "file", "history.sqlite"));
    assert.deepEqual(trouble.outcome, { goesOn: "in-memory" });
  });
});

describe("a disk that fills up", () => {
  test("ends no history: it goes on in memory, with what had just happened", (t) => {
    const file = join(newFolder(t), "history.sqlite");
    const rig = openHistoryRig(t, { file, policy: { maxFileBytes: 128 * 1024 } });
    const heard: string[] = [];
    rig.history.onEvent(({ reason }) => heard.push(reason));
    rig.history.noteNode("still", { state: "up" });
    const expected: string[] = [];
    for (let count = 0; rig.troubles.length === 0; count += 1) {
      assert.ok(count < 2_000, "it never filled up");
      rig.history.record(happening(`event ${count}`));
      rig.history.noteNode("busy", { count, filling: "x".repeat(200) });
      expected.push(`event ${count}`);
    }
    rig.pass(1_000);
    rig.history.noteNode("busy", null);
    rig.history.record(happening("after"));
    assert.equal(rig.troubles[0]?.file, "history.sqlite");
    assert.match(rig.troubles[0]?.reason ?? "", /full/);
    assert.deepEqual(rig.troubles[0]?.outcome, { goesOn: "in-memory" });
    assert.deepEqual(reasonsOf(rig.history.events(ALL).events), [...expected, "after"]);
    assert.deepEqual(heard, [...expected, "after"]);
    const past = rig.history.fleetAt(rig.nowMs());
    assert.ok(past.outcome === "recorded");
    assert.deepEqual(
      past.nodes.map(({ id }) => id),
      ["still"],
    );
    assert.equal(rig.troubles.length, 1);
    assert.equal(rig.history.stats().isPersistent, false);
  });
});

function overwrite(file: string, at: number, bytes: number): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  closeSync(descriptor);
}
