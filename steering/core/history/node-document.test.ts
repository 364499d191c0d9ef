import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Value } from "typebox/value";
import { NodeDocument } from "../../contract/fleet-history.ts";
import type { ApplianceView, CdnView } from "../../contract/fleet-view.ts";
import { nodeDocument } from "./node-document.ts";

const NODE = {
  id: "east-1",
  region: "east",
  url: "http://east-1.test",
  health: {
    state: "up",
    reason: "probes-good",
    grade: 0.81,
    gradeReason: "forecast",
    forSeconds: 12,
    recentFalls: 1,
    votes: [
      { voice: "probe", grade: 0.98, floor: 0, reason: "well", ageSeconds: 1 },
      { voice: "forecast", grade: 0.62, floor: 0.4, reason: "first-byte", ageSeconds: 2 },
    ],
  },
  override: {
    action: "prefer",
    reason: "trial",
    since: "2026-11-03T00:00:00Z",
    endsAt: "2026-11-03T01:00:00Z",
    secondsLeft: 9,
  },
  viewers: 12,
  admittedShare: 0.42,
  probe: {
    ok: true,
    reason: "well",
    ageSeconds: 1,
    firstByteMs: 7,
    url: "http://east-1.test/probe",
    warnings: [] as never[],
    throughputBitsPerSecond: 80_000_000,
  },
} as const;
const CDN: CdnView = { ...NODE, health: { ...NODE.health, votes: [] }, cost: 2, weight: 1 };
const APPLIANCE: ApplianceView = {
  ...NODE,
  health: { ...NODE.health, votes: [...NODE.health.votes] },
  leaseEndsInSeconds: 3,
  heartbeatAgeSeconds: 0.4,
  report: {
    state: "serving",
    activeRequests: 3,
    egressBitsPerSecond: 1_000,
    capacityBitsPerSecond: 1_000_000,
    eventLoopDelayMs: 1,
    ram: { objects: 1, usedBytes: 1, limitBytes: 2 },
    disk: { objects: 1, usedBytes: 1, limitBytes: 2, health: { state: "ok" } },
  },
};
const { health, probe, report } = APPLIANCE;

describe("the document of a node", () => {
  test("keeps what is of use later", () => {
    assert.deepEqual(nodeDocument(APPLIANCE), {
      kind: "appliance",
      region: "east",
      url: "http://east-1.test",
      state: "up",
      reason: "probes-good",
      grade: 0.8,
      gradeReason: "forecast",
      recentFalls: 1,
      votes: {
        forecast: { grade: 0.6, reason: "first-byte" },
        probe: { grade: 1, reason: "well" },
      },
      override: {
        action: "prefer",
        reason: "trial",
        since: "2026-11-03T00:00:00Z",
        endsAt: "2026-11-03T01:00:00Z",
      },
      admittedShare: 0.4,
      probe: { ok: true, reason: "well" },
      report: { state: "serving", disk: "ok" },
    });
  });
  test("of a node that is not ours has no report", () => {
    const document = nodeDocument({ ...CDN, override: null, probe: null });
    assert.equal(document.kind, "cdn");
    assert.deepEqual([document.report, document.override, document.probe], [null, null, null]);
    assert.ok(Value.Check(NodeDocument, document));
  });
  test("is what the contract says", () => {
    assert.ok(Value.Check(NodeDocument, nodeDocument(APPLIANCE)));
  });

  for (const [name, later] of [
    ["time goes by", { leaseEndsInSeconds: 1, heartbeatAgeSeconds: 2, viewers: 90 }],
    ["votes age", { health: { ...health, forSeconds: 99, votes: health.votes.toReversed() } }],
    ["a grade trembles", { health: { ...health, grade: 0.822 } }],
    ["a share grows a little", { admittedShare: 0.44 }],
    ["a probe measures", { probe: probe === null ? null : { ...probe, firstByteMs: 9 } }],
    ["traffic flows", { report: { ...report, egressBitsPerSecond: 5, activeRequests: 9 } }],
  ] as const) {
    test(`stays as it is while ${name}`, () => {
      const document = nodeDocument({ ...APPLIANCE, ...later });
      assert.equal(JSON.stringify(document), JSON.stringify(nodeDocument(APPLIANCE)));
    });
  }
});
