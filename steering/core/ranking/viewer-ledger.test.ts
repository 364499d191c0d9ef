import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  noteManifest,
  openViewerLedger,
  takeBack,
  type ViewerLedger,
  viewersOn,
} from "./viewer-ledger.ts";

const WINDOW_MS = 20_000;
const POLICY = { windowMs: WINDOW_MS, buckets: 10 };

function note(ledger: ViewerLedger, node: string, nowMs: number, ttlMs = WINDOW_MS): void {
  noteManifest(ledger, { node, ttlMs }, nowMs);
}
function assertNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, and not ${expected}`);
}

describe("viewersOn()", () => {
  test("counts a viewer from its first manifest on", () => {
    const ledger = openViewerLedger(POLICY);
    note(ledger, "a", 1);
    assert.equal(viewersOn(ledger, "a", 1), 1);
    assert.equal(viewersOn(ledger, "b", 1), 0);
  });
  test("for as long as its manifest lives, and then it fades", () => {
    const ledger = openViewerLedger(POLICY);
    note(ledger, "a", 1_000);
    const seen = [1_000, 19_999, 20_000, 21_000, 22_000, 60_000].map((nowMs) =>
      viewersOn(ledger, "a", nowMs),
    );
    assert.deepEqual(seen, [1, 1, 1, 0.5, 0, 0]);
  });
  test("a viewer that asks again and again counts once, however often it is told to", () => {
    for (const ttlMs of [1_000, 2_000, 5_000, 20_000]) {
      const ledger = openViewerLedger(POLICY);
      for (let nowMs = 1; nowMs < 100_000; nowMs += ttlMs) note(ledger, "a", nowMs, ttlMs);
      assertNear(viewersOn(ledger, "a", 100_000), 1);
    }
  });
  test("a crowd that asks at any time counts as many as it is, to a twentieth", () => {
    const ledger = openViewerLedger(POLICY);
    const asks = Array.from({ length: 200 }, (_, at) => 1 + at * 97);
    for (let round = 0; round < 5; round += 1) {
      for (const ask of asks) note(ledger, "a", ask + round * WINDOW_MS);
    }
    const viewers = viewersOn(ledger, "a", 5 * WINDOW_MS);
    assert.ok(viewers > 190 && viewers < 210, `${viewers}`);
  });
  test("whoever is sent elsewhere is no longer counted where it was", () => {
    const ledger = openViewerLedger(POLICY);
    for (let nowMs = 1; nowMs < 40_000; nowMs += 2_000) note(ledger, "a", nowMs, 2_000);
    for (let nowMs = 40_001; nowMs < 80_000; nowMs += 2_000) note(ledger, "b", nowMs, 2_000);
    assert.equal(viewersOn(ledger, "a", 80_000), 0);
    assertNear(viewersOn(ledger, "b", 80_000), 1);
  });
  test("a manifest counts as one viewer at most", () => {
    const ledger = openViewerLedger(POLICY);
    note(ledger, "a", 1, 10 * WINDOW_MS);
    assert.equal(viewersOn(ledger, "a", 1), 1);
  });
  test("what is taken back of a manifest does not count any more, and never counts against others", () => {
    const ledger = openViewerLedger(POLICY);
    note(ledger, "a", 1);
    const entry = noteManifest(ledger, { node: "a", ttlMs: WINDOW_MS }, 1);
    takeBack(ledger, entry, WINDOW_MS / 2);
    assertNear(viewersOn(ledger, "a", 1), 1.5);
    takeBack(ledger, entry, 10 * WINDOW_MS);
    assert.ok(viewersOn(ledger, "a", 1) >= 0.5);
    assert.equal(viewersOn(ledger, "a", 10 * WINDOW_MS), 0);
    takeBack(ledger, entry, WINDOW_MS);
    assert.equal(viewersOn(ledger, "a", 10 * WINDOW_MS), 0, "long over");
  });
  test("what is forgotten leaves nothing behind", () => {
    const ledger = openViewerLedger(POLICY);
    for (let at = 0; at < 1_000; at += 1) note(ledger, `node-${at}`, 1 + at * 100, 333);
    assert.equal(viewersOn(ledger, "node-0", 10_000_000), 0);
    assert.equal(ledger.totals.size, 0);
    assert.equal(ledger.buckets.length, 0);
  });
  test("never negative, never more than the manifests of a window and a bucket", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 5_000 }), fc.integer({ min: 1, max: 30_000 }))),
        fc.nat({ max: 50_000 }),
        (steps, afterMs) => {
          const ledger = openViewerLedger(POLICY);
          let nowMs = 1;
          const notes = steps.map(([waitMs, ttlMs]) => {
            nowMs += waitMs;
            note(ledger, "a", nowMs, ttlMs);
            return nowMs;
          });
          nowMs += afterMs;
          const viewers = viewersOn(ledger, "a", nowMs);
          const heldMs = WINDOW_MS * (1 + 1 / POLICY.buckets);
          const recent = notes.filter((atMs) => nowMs - atMs <= heldMs);
          assert.ok(viewers >= 0 && viewers <= recent.length + 1e-9);
        },
      ),
    ));
});
