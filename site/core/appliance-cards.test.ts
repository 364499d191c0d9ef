import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FaultTarget } from "../../chaos/contract/faults.ts";
import type { FleetProcess } from "../../fleet/contract/process-control.ts";
import type { PathwaySnapshot } from "../../player/contract/player-events.ts";
import type { ApplianceView, HealthState } from "../../steering/contract/fleet-view.ts";
import { type ApplianceCard, type ApplianceViews, describeAppliances } from "./appliance-cards.ts";

const pathway = (changes: Partial<PathwaySnapshot> = {}): PathwaySnapshot => ({
  id: "east-1",
  rank: 0,
  host: "http://127.0.0.1:8101",
  state: "well",
  reason: undefined,
  firstByteMs: 12,
  ...changes,
});
const judged = (state: HealthState, id = "east-1"): ApplianceView => ({
  id,
  region: "east",
  url: "http://127.0.0.1:8101",
  health: {
    state,
    reason: "short-body",
    grade: 1,
    gradeReason: "well",
    forSeconds: 5,
    recentFalls: 0,
    votes: [],
  },
  override: null,
  viewers: 0,
  admittedShare: 1,
  leaseEndsInSeconds: 3,
  heartbeatAgeSeconds: 0.5,
  probe: {
    ok: true,
    reason: "ok",
    url: "http://127.0.0.1:8101/probe",
    warnings: [],
    ageSeconds: 1,
    firstByteMs: 3,
    throughputBitsPerSecond: null,
  },
  report: {
    state: "serving",
    activeRequests: 1,
    egressBitsPerSecond: 25,
    capacityBitsPerSecond: 100,
    eventLoopDelayMs: 1,
    ram: { objects: 0, usedBytes: 0, limitBytes: 1 },
    disk: { objects: 0, usedBytes: 0, limitBytes: 1, health: { state: "ok" } },
  },
});
const process = (state: FleetProcess["state"], name = "east-1"): FleetProcess => ({
  name,
  role: "appliance",
  region: "east",
  url: "http://127.0.0.1:8101",
  state,
  pid: 1,
  restarts: 0,
  lastExit: "SIGKILL",
});

const broken = (name: string): FaultTarget => ({
  name,
  url: "http://127.0.0.1:8101",
  upstream: "http://127.0.0.1:8201",
  state: "up",
  fault: {
    target: name,
    fault: "blackhole",
    parameters: {},
    startedAt: "2026-11-24T01:00:00.000Z",
    endsAt: "2026-11-24T01:00:20.000Z",
    secondsLeft: 12,
    touchedRequests: 3,
  },
  lastFault: null,
});

function cardOf(views: Partial<ApplianceViews>): ApplianceCard {
  const [card] = describeAppliances({
    servedBy: undefined,
    pathways: [],
    judged: [],
    processes: [],
    faultTargets: [],
    ...views,
  });
  assert.ok(card);
  return card;
}

describe("the state of an appliance", () => {
  for (const [rule, views, state, detail] of [
    [
      "serves when it served last",
      { servedBy: "east-1", pathways: [pathway()] },
      "serving",
      undefined,
    ],
    [
      "stands by when it is well and another serves",
      { servedBy: "x", pathways: [pathway()] },
      "standby",
      undefined,
    ],
    [
      "is avoided for the player's own reason",
      {
        servedBy: "east-1",
        pathways: [pathway({ state: "avoided", reason: "silence" })],
        judged: [judged("up")],
      },
      "avoided",
      "went silent",
    ],
    [
      "is being tried again",
      { pathways: [pathway({ state: "probing", reason: "refused" })] },
      "probing",
      "refuses connections",
    ],
    [
      "serves while it drains, and says so",
      { servedBy: "east-1", pathways: [pathway()], judged: [judged("draining")] },
      "serving",
      "draining",
    ],
    [
      "drains",
      { pathways: [pathway()], judged: [judged("draining")] },
      "draining",
      "breaks off probes",
    ],
    [
      "is down for steering's reason",
      { pathways: [pathway()], judged: [judged("down")] },
      "down",
      "breaks off probes",
    ],
    ["is down once it is gone", { judged: [judged("gone")] }, "down", "breaks off probes"],
    ["recovers", { judged: [judged("recovering")] }, "recovering", "breaks off probes"],
    ["stands by on steering's word alone", { judged: [judged("up")] }, "standby", undefined],
    [
      "is stopped, whatever others believe",
      {
        servedBy: "east-1",
        pathways: [pathway()],
        judged: [judged("up")],
        processes: [process("stopped")],
      },
      "stopped",
      "ended with SIGKILL",
    ],
    [
      "is on its way back",
      { processes: [process("backing-off")] },
      "restarting",
      "ended with SIGKILL",
    ],
    ["starts", { processes: [process("starting")] }, "starting", undefined],
    ["stops", { processes: [process("stopping")] }, "stopping", undefined],
    ["is unknown to all but the fleet", { processes: [process("running")] }, "unknown", undefined],
  ] as const satisfies readonly (readonly [
    string,
    Partial<ApplianceViews>,
    string,
    string | undefined,
  ])[]) {
    test(`${rule}: ${state}`, () => {
      const card = cardOf(views);
      assert.deepEqual([card.state, card.detail], [state, detail]);
    });
  }
});

describe("describeAppliances()", () => {
  test("counts places from 1 and prefers the player's own first byte", () => {
    const card = cardOf({ pathways: [pathway({ rank: 2 })], judged: [judged("up")] });
    assert.deepEqual([card.place, card.firstByteMs, card.load, card.region], [3, 12, 0.25, "east"]);
  });
  for (const [state, place, firstByteMs, load] of [
    ["running", 1, 12, 0.25],
    ["stopping", 1, 12, 0.25],
    ["stopped", undefined, undefined, undefined],
    ["backing-off", undefined, undefined, undefined],
    ["starting", undefined, undefined, undefined],
  ] as const) {
    test(`shows ${place === undefined ? "no" : "the"} figures of a process that is ${state}`, () => {
      const views = { pathways: [pathway()], judged: [judged("up")] };
      const card = cardOf({ ...views, processes: [process(state)] });
      assert.deepEqual([card.place, card.firstByteMs, card.load], [place, firstByteMs, load]);
    });
  }
  test("takes steering's first byte where the player has none", () =>
    assert.equal(
      cardOf({ pathways: [pathway({ firstByteMs: undefined })], judged: [judged("up")] })
        .firstByteMs,
      3,
    ));
  test("offers to kill what runs, to start what is down, and nothing where no fleet is", () => {
    assert.equal(cardOf({ processes: [process("running")] }).act, "kill");
    assert.equal(cardOf({ processes: [process("stopped")] }).act, "start");
    assert.equal(cardOf({ processes: [process("backing-off")] }).act, "start");
    assert.equal(cardOf({ pathways: [pathway()] }).act, undefined);
  });
  test("a box carries what the chaos service does to it, and keeps its own state", () => {
    const card = cardOf({
      servedBy: "east-1",
      pathways: [pathway()],
      faultTargets: [broken("east-2"), broken("east-1")],
    });
    assert.deepEqual([card.faultTarget, card.state], [broken("east-1"), "serving"]);
    assert.equal(cardOf({ pathways: [pathway()] }).faultTarget, undefined);
  });
  test("what only the chaos service knows is no appliance", () => {
    const cards = describeAppliances({
      servedBy: undefined,
      pathways: [],
      judged: [],
      processes: [],
      faultTargets: [broken("east-1")],
    });
    assert.deepEqual(cards, []);
  });
  test("lists each box once, by name with numbers in their order, and appliances only", () =>
    assert.deepEqual(
      describeAppliances({
        servedBy: undefined,
        pathways: [pathway({ id: "west-1" }), pathway({ id: "east-10" })],
        judged: [judged("up", "east-2"), judged("up", "west-1")],
        processes: [
          process("running", "east-2"),
          { ...process("running", "origin"), role: "origin" },
        ],
        faultTargets: [],
      }).map(({ id }) => id),
      ["east-2", "east-10", "west-1"],
    ));
});
