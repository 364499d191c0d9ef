import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openBookRig } from "./lease-book.rig.ts";
import { holdsLease } from "./registry.ts";

describe("a lease", () => {
  for (const [nowMs, held] of [
    [1, true],
    [3_000, true],
    [3_001, false],
    [9_000, false],
  ] as const) {
    test(`taken at 1 ms for 3 s, is ${held ? "held" : "over"} at ${nowMs} ms`, () => {
      const registry = openBookRig();
      registry.register("1", 1);
      const member = registry.book.get("a");
      assert.ok(member);
      assert.equal(holdsLease(member, nowMs), held);
      // Even before anybody has looked.
      assert.equal(registry.stateOf(nowMs), held ? "held" : "overdue");
    });
  }

  test("runs from the last heartbeat", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    assert.equal(registry.heartbeat("1", 0, 2_001), "renewed");
    assert.equal(registry.stateOf(5_000), "held");
    assert.equal(registry.stateOf(5_001), "overdue");
  });
  test("ends once", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    assert.deepEqual(registry.ended(3_000), []);
    assert.deepEqual(registry.ended(3_001), ["a"]);
    assert.deepEqual(registry.ended(3_002), []);
    assert.equal(registry.stateOf(3_002), "ended");
  });
  test("that has ended is not renewed: its holder registers again", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    assert.equal(registry.heartbeat("1", 1, 3_001), "unknown-appliance");
    assert.equal(registry.register("1", 3_002), "registered");
    assert.equal(registry.stateOf(3_002), "held");
  });
  test("that is given back has ended", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    assert.equal(registry.cancel(undefined, 2), "cancelled");
    assert.equal(registry.stateOf(3), "ended");
    assert.equal(registry.cancel(undefined, 4), "unknown-appliance");
  });
});

describe("an incarnation", () => {
  test("that registers later takes the lease", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    assert.equal(registry.register("2", 2), "registered");
    assert.equal(registry.heartbeat("2", 0, 3), "renewed");
  });
  test("that lost the lease neither renews, takes nor ends it", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    registry.register("2", 2);
    assert.equal(registry.heartbeat("1", 9, 3), "superseded-incarnation");
    assert.equal(registry.register("1", 4), "superseded-incarnation");
    assert.equal(registry.cancel("1", 5), "superseded-incarnation");
    assert.equal(registry.stateOf(6), "held");
  });
  test("that lost the lease may have it again once its successor is gone", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    registry.register("2", 2);
    assert.equal(registry.register("1", 3_002), "registered");
    assert.equal(registry.heartbeat("2", 1, 3_003), "superseded-incarnation");
  });
  test("that says again where it is, only confirms it", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    assert.equal(registry.register("1", 2), "confirmed");
  });
  test("that has moved begins a new life", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    assert.equal(registry.register("1", 2, { url: "http://elsewhere" }), "registered");
  });
  test("never seen before cannot renew", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    assert.equal(registry.heartbeat("2", 0, 2), "unknown-appliance");
  });
});

describe("a heartbeat", () => {
  test("of an unknown appliance asks it to register", () =>
    assert.equal(openBookRig().heartbeat("1", 0, 1), "unknown-appliance"));
  test("that is overtaken by a later one is refused, and changes nothing", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    registry.heartbeat("1", 5, 2);
    const before = registry.book.get("a");
    assert.equal(registry.heartbeat("1", 4, 3), "stale-sequence");
    assert.equal(registry.book.get("a"), before);
  });
  test("sent twice counts twice: its first answer may have been lost", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    registry.heartbeat("1", 5, 2);
    assert.equal(registry.heartbeat("1", 5, 3), "renewed");
  });
  test("may begin anew with a new incarnation", () => {
    const registry = openBookRig();
    registry.register("1", 1);
    registry.heartbeat("1", 50, 2);
    registry.register("2", 3);
    assert.equal(registry.heartbeat("2", 0, 4), "renewed");
  });
});

describe("an id that is taken again and again", () => {
  /** Four lives in one second. */
  function flapping() {
    const registry = openBookRig();
    for (const life of ["1", "2", "3", "4"]) registry.register(life, Number(life) * 250);
    return registry;
  }

  test("is flapping from the fifth life in a minute on, and says when to come back", () =>
    assert.deepEqual(flapping().attempt("5", 1_250), {
      outcome: "refused",
      reason: "flapping",
      retryAfterMs: 59_000,
    }));
  test("stays with its last holder", () => {
    const registry = flapping();
    registry.attempt("5", 1_250);
    assert.equal(registry.heartbeat("4", 0, 1_300), "renewed");
    assert.equal(registry.heartbeat("5", 0, 1_300), "unknown-appliance");
  });
  test("may be confirmed by its holder as often as it likes", () => {
    const registry = flapping();
    for (let nowMs = 1_001; nowMs < 1_050; nowMs += 1) {
      assert.equal(registry.register("4", nowMs), "confirmed");
    }
  });
  for (const [nowMs, reason] of [
    [60_249, "flapping"],
    [60_250, "registered"],
  ] as const) {
    test(`and tries again at ${nowMs} ms: ${reason}`, () =>
      assert.equal(flapping().register("5", nowMs), reason));
  }
  test("remembers no more lives than it may have", () => {
    const registry = openBookRig();
    for (let life = 0; life < 500; life += 1) registry.register(String(life), life * 7_000);
    const member = registry.book.get("a");
    assert.ok(member);
    assert.ok(member.bornAtMs.length <= 4, String(member.bornAtMs.length));
    assert.ok(member.superseded.length <= 8, String(member.superseded.length));
  });
});

describe("the registry", () => {
  test("takes no more than its limit, but lets those it knows return", () => {
    const registry = openBookRig({ maxAppliances: 2 });
    registry.register("1", 1, { id: "a" });
    registry.register("1", 1, { id: "b" });
    assert.equal(registry.register("1", 2, { id: "c" }), "fleet-full");
    assert.equal(registry.register("2", 3, { id: "a" }), "registered");
  });
  test("gives nobody the id of a pathway that is not ours", () => {
    const registry = openBookRig({}, ["cdn-a"]);
    assert.equal(registry.register("1", 1, { id: "cdn-a" }), "id-taken");
    assert.equal(registry.book.size, 0);
  });
});
