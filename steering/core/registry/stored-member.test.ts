import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { openBookRig, POLICY, REPORT } from "./lease-book.rig.ts";
import { restoredMember, type StoredMember, storedMemberOf } from "./stored-member.ts";

const ROW: StoredMember = {
  id: "a",
  region: "east",
  url: "http://a",
  incarnation: "1",
  sequence: 7,
  report: REPORT,
};

/** A book that has just been restored from these rows, at 1 ms. */
function restored(...rows: unknown[]) {
  const registry = openBookRig({ maxAppliances: 2 }, ["cdn-a"]);
  return { ...registry, ...registry.book.restore(rows, 1) };
}

describe("a restored member", () => {
  for (const [nowMs, state] of [
    [1, "held"],
    [3_000, "held"],
    [3_001, "overdue"],
  ] as const) {
    test(`has a whole lease from the start: ${state} at ${nowMs} ms`, () =>
      assert.equal(restored(ROW).stateOf(nowMs), state));
  }
  test("is marked until it is heard of", () => {
    const { book, heartbeat } = restored(ROW);
    assert.equal(book.get("a")?.isRestored, true);
    heartbeat("1", 8, 2);
    assert.equal(book.get("a")?.isRestored, false);
  });
  test("renews without registering, wherever its sequence has got to", () => {
    const { heartbeat } = restored(ROW);
    assert.equal(heartbeat("1", 6, 2), "stale-sequence");
    assert.equal(heartbeat("1", 7, 3), "renewed");
    assert.equal(heartbeat("1", 7_000, 4), "renewed");
  });
  test("that registers again is only confirmed", () =>
    assert.equal(restored(ROW).register("1", 2), "confirmed"));
  test("still refuses whom it had superseded", () =>
    assert.equal(
      restored({ ...ROW, superseded: ["0"] }).heartbeat("0", 9, 2),
      "superseded-incarnation",
    ));
  test("that stays silent ends with its lease", () => {
    const { ended, stateOf } = restored(ROW);
    assert.deepEqual(ended(3_001), ["a"]);
    assert.equal(stateOf(3_001), "ended");
  });
  test("is what was stored, by way of JSON too", () => {
    const { book, heartbeat } = openRegistered();
    heartbeat("2", 4, 3);
    const before = book.get("a");
    assert.ok(before);
    const row: unknown = JSON.parse(JSON.stringify(storedMemberOf(before)));
    const after = restoredMember(row, POLICY, 3);
    assert.deepEqual(after, { ...before, bornAtMs: [], isRestored: true });
  });
});

function openRegistered() {
  const registry = openBookRig();
  registry.register("1", 1);
  registry.register("2", 2);
  return registry;
}

describe("a row is dropped", () => {
  for (const [name, row] of [
    ["that is null", null],
    ["that is a list", [ROW]],
    ["without a report", { ...ROW, report: undefined }],
    [
      "with a number that JSON cannot hold",
      { ...ROW, report: { ...REPORT, egressBitsPerSecond: Number.NaN } },
    ],
    [
      "with an infinite number",
      { ...ROW, report: { ...REPORT, egressBitsPerSecond: Number.POSITIVE_INFINITY } },
    ],
    ["with half a sequence", { ...ROW, sequence: 0.5 }],
    ["with a sequence below the first", { ...ROW, sequence: -2 }],
    ["with an address that is none", { ...ROW, url: "nowhere" }],
    ["with an id that is no pathway's", { ...ROW, id: "a/b" }],
    ["with a field that we do not know", { ...ROW, colour: "red" }],
    ["that supersedes the world", { ...ROW, superseded: Array(9).fill("0") }],
    ["of a pathway that is not ours", { ...ROW, id: "cdn-a" }],
  ] as const) {
    test(name, () => {
      const { dropped, book } = restored(row, { ...ROW, id: "b" });
      assert.equal(dropped, 1);
      assert.deepEqual(
        Array.from(book.list(), ({ id }) => id),
        ["b"],
      );
    });
  }
  test("that stands twice", () => assert.equal(restored(ROW, ROW).dropped, 1));
  test("that there is no room for", () =>
    assert.equal(restored(ROW, { ...ROW, id: "b" }, { ...ROW, id: "c" }).dropped, 1));
  test("whatever it is, and never throws", () =>
    fc.assert(fc.property(fc.jsonValue(), (row) => restored(row).dropped === 1)));
});
