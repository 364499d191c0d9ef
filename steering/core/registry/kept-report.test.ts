import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";
import { keptReport } from "./kept-report.ts";

const REPORT: ApplianceReport = {
  state: "serving",
  activeRequests: 3,
  egressBitsPerSecond: 1e6,
  capacityBitsPerSecond: 1e9,
  eventLoopDelayMs: 2,
  ram: { objects: 1, usedBytes: 2, limitBytes: 3 },
  disk: { objects: 4, usedBytes: 5, limitBytes: 6, health: { state: "ok" } },
};
const copy = (changes: Partial<ApplianceReport> = {}) => structuredClone({ ...REPORT, ...changes });

describe("keptReport()", () => {
  for (const [what, changes] of [
    ["an ordinary one", {}],
    ["one that sheds", { isSheddingSessions: true }],
    ["one with upstreams", { upstreams: [{ url: "http://o", calls: 1, failures: 0 }] }],
    [
      "one with a slow disk",
      { disk: { ...REPORT.disk, health: { state: "slow", reason: "old" } } },
    ],
  ] as const) {
    test(`${what} says what was said, whatever was said before`, () => {
      const report = copy(changes as Partial<ApplianceReport>);
      assert.deepEqual(keptReport(report, undefined), report);
      assert.deepEqual(keptReport(report, copy()), report);
    });
  }
  test("what has not changed is kept, and not made anew", () => {
    const kept = keptReport(copy({ activeRequests: 9 }), REPORT);
    assert.equal(kept.activeRequests, 9);
    assert.equal(kept.ram, REPORT.ram);
    assert.equal(kept.disk, REPORT.disk);
  });
  test("a disk that falls ill is noticed, though its figures are the same", () => {
    const ill = copy({
      disk: { ...REPORT.disk, health: { state: "unavailable", reason: "full" } },
    });
    assert.deepEqual(keptReport(ill, REPORT).disk.health, { state: "unavailable", reason: "full" });
  });
});
