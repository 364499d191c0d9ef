import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isLookDue, isUpstreamsDoing, observeLook, PRESENT, suspect } from "./upstream-presence.ts";

const POLICY = { lookEveryMs: 100 };
const REFUSED = { result: "refused", reason: "ECONNREFUSED" } as const;
const gone = observeLook(REFUSED, POLICY, 1_000);

describe("the presence of an upstream", () => {
  test("nobody looks while all is well", () => assert.equal(isLookDue(PRESENT, 1e9), false));
  test("a suspicion is looked into at once", () =>
    assert.equal(isLookDue(suspect(PRESENT), 0), true));
  test("an accepted connection ends the suspicion", () =>
    assert.deepEqual(observeLook({ result: "accepted" }, POLICY, 1), PRESENT));
  test("a refused one means gone, with its reason", () =>
    assert.deepEqual(gone, { state: "gone", reason: "ECONNREFUSED", nextLookAtMs: 1_100 }));
  test("what is gone is not suspected as well", () => assert.equal(suspect(gone), gone));
  for (const [nowMs, isDue] of [
    [1_099, false],
    [1_100, true],
  ] as const) {
    test(`while it is gone, somebody ${isDue ? "looks" : "waits"} at ${nowMs} ms`, () =>
      assert.equal(isLookDue(gone, nowMs), isDue));
  }
  test("that we have no sockets left says nothing of the upstream", () => {
    assert.equal(isUpstreamsDoing("EMFILE"), false);
    assert.equal(isUpstreamsDoing("ECONNREFUSED"), true);
  });
});
