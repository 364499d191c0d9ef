import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { Value } from "typebox/value";
import { FleetEvent } from "../contract/fleet-event.ts";
import { happening, newFolder, openHistoryRig, reasonsOf, START_MS } from "./history.rig.ts";

const ALL = { since: { kind: "after-event", id: 0 }, untilMs: Infinity, limit: 1_000 } as const;

describe("events", () => {
  test("are what the contract says, with growing ids", (t) => {
    const { history } = openHistoryRig(t);
    const [first, second] = [history.record(happening("a")), history.record(happening("b"))];
    assert.ok(Value.Check(FleetEvent, first));
    assert.equal(first.at, new Date(START_MS).toISOString());
    assert.equal(second.id, first.id + 1);
    assert.deepEqual(history.events(ALL), { events: [first, second], more: false });
  });
  test("are read before they are flushed", (t) => {
    const { history } = openHistoryRig(t);
    history.record(happening("a"));
    assert.equal(history.stats().queued, 1);
    assert.equal(history.events(ALL).events.length, 1);
    assert.equal(history.stats().queued, 0);
  });
  test("keep their details", (t) => {
    const { history } = openHistoryRig(t);
    const event = history.record({ ...happening("a"), details: { region: "east", nested: [1] } });
    assert.deepEqual(history.events(ALL).events, [event]);
  });
  test("are told to who listens, until it listens no more", (t) => {
    const { history } = openHistoryRig(t);
    const heard: string[] = [];
    const end = history.onEvent(({ reason }) => heard.push(reason));
    history.record(happening("a"));
    end();
    history.record(happening("b"));
    assert.deepEqual(heard, ["a"]);
  });

  const read = (t: TestContext) => {
    const rig = openHistoryRig(t);
    const ids = ["a", "b", "c", "d"].map((reason) => {
      rig.pass(1_000);
      return rig.history.record(happening(reason)).id;
    });
    const page = (
      since: Parameters<typeof rig.history.events>[0]["since"],
      limit = 10,
      until = Infinity,
    ) => {
      const { events, more } = rig.history.events({ since, untilMs: until, limit });
      return `${reasonsOf(events).join("")}${more ? "…" : ""}`;
    };
    return { ids, page };
  };
  test("are given after an id", (t) => {
    const { ids, page } = read(t);
    const [, second = 0, , fourth = 0] = ids;
    assert.equal(page({ kind: "after-event", id: second }), "cd");
    assert.equal(page({ kind: "after-event", id: fourth }), "");
    assert.equal(page({ kind: "after-event", id: fourth + 9 }), "");
  });
  test("are given from a moment on, that moment included", (t) => {
    const { page } = read(t);
    assert.equal(page({ kind: "from-moment", wallMs: START_MS + 2_000 }), "bcd");
    assert.equal(page({ kind: "from-moment", wallMs: START_MS + 2_001 }), "cd");
    assert.equal(page({ kind: "from-moment", wallMs: START_MS + 4_001 }), "");
  });
  test("are given until a moment, that moment included", (t) => {
    const { page } = read(t);
    assert.equal(page({ kind: "from-moment", wallMs: 0 }, 10, START_MS + 2_000), "ab");
    assert.equal(page(undefined, 10, START_MS + 1_999), "a");
  });
  test("are cut where there are more, and say so", (t) => {
    const { ids, page } = read(t);
    assert.equal(page({ kind: "after-event", id: 0 }, 2), "ab…");
    assert.equal(page({ kind: "after-event", id: ids[1] ?? 0 }, 2), "cd");
  });
  test("without a beginning are the newest", (t) => {
    assert.equal(read(t).page(undefined, 3), "bcd");
  });
});

describe("the fleet as of a moment", () => {
  test("is what was noted until then", (t) => {
    const rig = openHistoryRig(t);
    const { history } = rig;
    history.noteNode("a", { state: "up" });
    history.noteFleet({ failOpen: false });
    rig.pass(1_000);
    history.noteNode("a", { state: "down" });
    history.noteNode("b", { state: "up" });
    rig.pass(1_000);
    history.noteNode("a", null);
    const at = (ms: number) => {
      const past = history.fleetAt(START_MS + ms);
      assert.ok(past.outcome === "recorded");
      return past;
    };
    assert.deepEqual(at(999).nodes, [{ id: "a", sinceMs: START_MS, document: { state: "up" } }]);
    assert.deepEqual(at(1_000).nodes, [
      { id: "a", sinceMs: START_MS + 1_000, document: { state: "down" } },
      { id: "b", sinceMs: START_MS + 1_000, document: { state: "up" } },
    ]);
    assert.deepEqual(
      at(2_000).nodes.map(({ id }) => id),
      ["b"],
    );
    assert.deepEqual(at(2_000).fleet, { failOpen: false });
  });
  test("is not known before the record begins", (t) => {
    const { history } = openHistoryRig(t);
    assert.deepEqual(history.fleetAt(START_MS - 1), { outcome: "unrecorded", beginsMs: START_MS });
    assert.equal(history.fleetAt(START_MS).outcome, "recorded");
  });
  test("is not known before what was pruned, though nothing is left of that", (t) => {
    const rig = openHistoryRig(t, { policy: { pruneEveryMs: 1, maxAgeMs: 60 } });
    rig.history.noteNode("a", { state: "up" });
    rig.pass(1);
    rig.history.noteNode("a", null);
    rig.history.flush();
    rig.pass(61);
    rig.history.flush();
    assert.equal(rig.history.fleetAt(START_MS).outcome, "unrecorded");
    assert.equal(rig.history.fleetAt(START_MS + 1).outcome, "recorded");
  });
  test("keeps a revision only of what is another", (t) => {
    const { history } = openHistoryRig(t);
    for (let beat = 0; beat < 50; beat += 1) history.noteNode("a", { state: "up" });
    history.noteNode("b", null);
    history.flush();
    assert.equal(history.stats().revisions, 1);
  });
  test("knows its nodes after a restart, and notes only what changed", (t) => {
    const rig = openHistoryRig(t, { file: join(newFolder(t), "history.sqlite") });
    rig.history.noteNode("a", { state: "up" });
    rig.history.noteNode("b", { state: "up" });
    rig.history.noteNode("b", null);
    const history = rig.reopen();
    assert.deepEqual(history.knownNodes(), ["a"]);
    history.noteNode("a", { state: "up" });
    history.flush();
    assert.equal(history.stats().revisions, 3);
  });

  /** What happens to the nodes `a`, `b` and `c`, and to the process. */
  const step = fc.oneof(
    fc.record({ node: fc.constantFrom("a", "b", "c"), state: fc.constantFrom("up", "down", null) }),
    fc.record({ passMs: fc.integer({ min: 0, max: 50 }) }),
    fc.constant("flush" as const),
    fc.constant("reopen" as const),
  );
  const replayed = (
    written: readonly { node: string; state: string | null; wallMs: number }[],
    atMs: number,
  ) => {
    const states = new Map<string, string>();
    for (const { node, state, wallMs } of written) {
      if (wallMs > atMs) continue;
      if (state === null) states.delete(node);
      else states.set(node, state);
    }
    return Object.fromEntries([...states].sort());
  };
  for (const [name, policy, numRuns] of [
    ["a naive replay of all that was noted", {}, 60],
    ["a naive replay, whatever was pruned", { pruneEveryRows: 5, maxRevisions: 4 }, 60],
    ["a naive replay, whatever was too old", { pruneEveryMs: 1, maxAgeMs: 60 }, 60],
  ] as const) {
    test(`equals ${name}`, (t) => {
      const folder = newFolder(t);
      let run = 0;
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          run += 1;
          const rig = openHistoryRig(t, { file: join(folder, `${run}.sqlite`), policy });
          const written: { node: string; state: string | null; wallMs: number }[] = [];
          for (const action of steps) {
            if (action === "flush") rig.history.flush();
            else if (action === "reopen") rig.reopen();
            else if ("passMs" in action) rig.pass(action.passMs);
            else {
              const { node, state } = action;
              rig.history.noteNode(node, state === null ? null : { state });
              written.push({ node, state, wallMs: rig.nowMs() });
            }
          }
          for (let atMs = START_MS; atMs <= rig.nowMs(); atMs += 7) {
            const past = rig.history.fleetAt(atMs);
            if (past.outcome === "unrecorded") {
              assert.ok(atMs < past.beginsMs);
              continue;
            }
            const states = past.nodes.map(({ id, document }) => [
              id,
              (document as { state: string }).state,
            ]);
            assert.deepEqual(Object.fromEntries(states), replayed(written, atMs));
          }
          assert.equal(rig.history.fleetAt(rig.nowMs()).outcome, "recorded");
        }),
        { numRuns },
      );
    });
  }
});

describe("what changed between two moments", () => {
  test("is told node by node, with the places that differ", (t) => {
    const rig = openHistoryRig(t);
    const { history } = rig;
    history.noteNode("a", { state: "up", grade: 1 });
    history.noteNode("b", { state: "up" });
    history.noteNode("c", { state: "up" });
    rig.pass(1_000);
    history.noteNode("a", { state: "down", grade: 1 });
    history.noteNode("c", { state: "down" });
    history.noteFleet({ failOpen: true });
    rig.pass(1_000);
    history.noteNode("c", { state: "up" });
    history.noteNode("d", { state: "up" });
    const { nodes, more, sinceMs } = history.changes(START_MS, rig.nowMs());
    assert.deepEqual(
      nodes.map(({ id, revisions, changed }) => ({ id, revisions, changed })),
      [
        { id: "a", revisions: 1, changed: [{ path: "/state", from: "up", to: "down" }] },
        { id: "c", revisions: 2, changed: [] },
        { id: "d", revisions: 1, changed: [{ path: "", from: null, to: { state: "up" } }] },
      ],
    );
    assert.deepEqual([more, sinceMs], [false, START_MS]);
    assert.deepEqual(history.changes(START_MS + 2_000, rig.nowMs()).nodes, []);
  });
  test("begins where the record begins", (t) => {
    assert.equal(openHistoryRig(t).history.changes(0, START_MS).sinceMs, START_MS);
  });
  test("is cut where much changed, and says so", (t) => {
    const rig = openHistoryRig(t, { policy: { maxChangedNodes: 2 } });
    rig.pass(1);
    for (const id of ["a", "b", "c"]) rig.history.noteNode(id, {});
    const { nodes, more } = rig.history.changes(START_MS, rig.nowMs());
    assert.deepEqual([nodes.length, more], [2, true]);
  });
});

describe("over a restart", () => {
  test("events stay, and ids grow", (t) => {
    const rig = openHistoryRig(t, { file: join(newFolder(t), "new", "history.sqlite") });
    const before = rig.history.record(happening("a"));
    const history = rig.reopen();
    const after = history.record(happening("b"));
    assert.ok(after.id > before.id);
    assert.deepEqual(history.events(ALL).events, [before, after]);
    assert.deepEqual(rig.troubles, []);
    assert.equal(history.stats().isPersistent, true);
  });
  test("ids grow even where nothing is kept", (t) => {
    const rig = openHistoryRig(t);
    const before = rig.history.record(happening("a"));
    rig.pass(3_000);
    assert.ok(rig.reopen().record(happening("b")).id > before.id);
    assert.equal(rig.history.events(ALL).events.length, 1);
  });
  test("the last members are there", (t) => {
    const rig = openHistoryRig(t, { file: join(newFolder(t), "history.sqlite") });
    rig.history.saveMember("a", { url: "http://a.test" });
    rig.history.saveMember("b", { url: "http://old.test" });
    rig.history.saveMember("c", {});
    rig.history.flush();
    rig.history.saveMember("b", { url: "http://b.test" });
    rig.history.deleteMember("c");
    assert.deepEqual(rig.reopen().loadMembers(), [
      { id: "a", member: { url: "http://a.test" } },
      { id: "b", member: { url: "http://b.test" } },
    ]);
  });
});

describe("is bounded", () => {
  test("in events", (t) => {
    const { history } = openHistoryRig(t, { policy: { maxEvents: 10, pruneEveryRows: 5 } });
    for (let count = 0; count < 100; count += 1) history.record(happening(String(count)));
    const { events } = history.events(ALL);
    assert.deepEqual(
      reasonsOf(events),
      Array.from({ length: 10 }, (_, index) => String(90 + index)),
    );
  });
  test("in revisions: those of the last moments, and one of each node", (t) => {
    const rig = openHistoryRig(t, { policy: { maxRevisions: 10, pruneEveryRows: 5 } });
    rig.history.noteNode("still", { state: "up" });
    rig.history.noteNode("gone", { state: "up" });
    rig.history.noteNode("gone", null);
    for (let grade = 0; grade < 200; grade += 1) {
      rig.pass(1);
      rig.history.noteNode("busy", { grade });
      rig.history.flush();
    }
    assert.ok(rig.history.stats().revisions <= 10 + 2 + 5, `${rig.history.stats().revisions}`);
    const past = rig.history.fleetAt(rig.nowMs());
    assert.ok(past.outcome === "recorded");
    assert.deepEqual(
      past.nodes.map(({ id }) => id),
      ["busy", "still"],
    );
    assert.equal(rig.history.fleetAt(START_MS).outcome, "unrecorded");
  });
  test("in days", (t) => {
    const rig = openHistoryRig(t, { policy: { maxAgeMs: 100_000 } });
    rig.history.record(happening("old"));
    rig.pass(100_001);
    rig.history.record(happening("new"));
    rig.history.flush();
    assert.deepEqual(reasonsOf(rig.history.events(ALL).events), ["new"]);
  });
  test("and says how much it holds, whatever was written, pruned and opened again", (t) => {
    const file = join(newFolder(t), "history.sqlite");
    const rig = openHistoryRig(t, { file, policy: { maxEvents: 40, pruneEveryRows: 30 } });
    for (let count = 0; count < 500; count += 1) {
      rig.pass(1);
      rig.history.record(happening(`${count}`));
      if (count % 7 === 0) rig.history.noteNode(`node ${count % 3}`, { count });
      if (count % 100 === 0) rig.reopen();
    }
    const { events } = rig.history.events(ALL);
    const { revisions } = rig.history.stats();
    assert.equal(rig.history.stats().events, events.length);
    assert.equal(rig.reopen().stats().events, events.length);
    assert.equal(rig.history.stats().revisions, revisions);
  });
  test("in what waits to be written: what does not fit is written at once", (t) => {
    const { history } = openHistoryRig(t, { policy: { maxQueued: 10 } });
    for (let count = 0; count < 1_000; count += 1) {
      history.record(happening("a"));
      history.noteNode(`n${count}`, {});
      history.saveMember(`n${count}`, {});
      assert.ok(history.stats().queued < 10);
    }
  });
});

test("events after any one are given whole and in order, whether they are at hand or not", (t) => {
  const rig = openHistoryRig(t, { policy: { maxEvents: 10_000 } });
  const ids = Array.from({ length: 2_500 }, (_, turn) => {
    return rig.history.record(happening(`${turn}`)).id;
  });
  const [first = 0] = ids;
  for (const after of [0, first - 1, first, first + 400, first + 1_500, first + 2_498]) {
    const expected = ids.filter((id) => id > after).slice(0, 100);
    assert.deepEqual(
      rig.history.eventsAfter(after, 100).map(({ id }) => id),
      expected,
    );
  }
  assert.deepEqual(rig.history.eventsAfter(ids.at(-1) ?? 0, 100), []);
  const again = rig.reopen();
  assert.deepEqual(again.eventsAfter(0, 100), [], "in memory alone nothing is left");
});
