import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import type { ProblemDetails } from "../../chassis/problem-details.ts";
import { newServiceApp } from "../../chassis/service-app.ts";
import { FleetAsOf, FleetChanges, type NodeDocument } from "../contract/fleet-history.ts";
import type { FleetView } from "../contract/fleet-view.ts";
import { openHistoryRig, START_MS } from "../history/history.rig.ts";
import { addFleetRoutes } from "./fleet-routes.ts";

const UP: NodeDocument = {
  kind: "appliance",
  region: "east",
  url: "http://east-1.test",
  state: "up",
  reason: "probes-good",
  grade: 1,
  gradeReason: "well",
  recentFalls: 0,
  votes: { probe: { grade: 1, reason: "well" } },
  override: null,
  admittedShare: 1,
  probe: { ok: true, reason: "well" },
  report: { state: "serving", disk: "ok" },
};
const DOWN: NodeDocument = { ...UP, state: "down", reason: "timeout", recentFalls: 1 };
const NOW: FleetView = {
  at: "now",
  failOpen: false,
  selfPreservation: false,
  appliances: [],
  cdns: [],
  pathwayFile: null,
};
const iso = (afterMs: number) => new Date(START_MS + afterMs).toISOString();

function openRig(t: TestContext) {
  const { history, pass, nowMs } = openHistoryRig(t);
  const app = newServiceApp({ notFoundCode: "NOT_FOUND" });
  addFleetRoutes(app, { history, wallNow: nowMs, view: () => NOW });
  t.after(() => app.close());
  history.noteFleet({ failOpen: false, selfPreservation: false });
  history.noteNode("east-1", UP);
  history.noteNode("east-2", UP);
  pass(10_000);
  history.noteNode("east-1", DOWN);
  pass(10_000);
  return { app, history, pass };
}

describe("the fleet", () => {
  test("is shown as it is now", async (t) => {
    const { app } = openRig(t);
    const response = await app.inject("/v1/fleet");
    assert.deepEqual(response.json(), NOW);
    assert.equal(response.headers["content-type"], "application/json; charset=utf-8");
    assert.equal(response.headers["cache-control"], "no-store");
  });
  for (const [moment, state] of [
    [String(START_MS), "up"],
    [iso(9_999), "up"],
    [iso(10_000), "down"],
    [String(START_MS + 20_000), "down"],
  ] as const) {
    test(`is shown as it was at ${moment}`, async (t) => {
      const { app } = openRig(t);
      const past = (await app.inject(`/v1/fleet?at=${moment}`)).json<FleetAsOf>();
      assert.ok(Value.Check(FleetAsOf, past));
      assert.equal(past.recordBegins, iso(0));
      assert.deepEqual(past.fleet, { failOpen: false, selfPreservation: false });
      assert.deepEqual(
        past.nodes.map(({ id, document }) => `${id} ${document.state}`),
        [`east-1 ${state}`, "east-2 up"],
      );
      assert.equal(past.nodes[0]?.since, state === "up" ? iso(0) : iso(10_000));
    });
  }
});

describe("what changed", () => {
  test("is told from a moment until now", async (t) => {
    const { app } = openRig(t);
    const changes = (await app.inject(`/v1/fleet?since=${iso(0)}`)).json<FleetChanges>();
    assert.ok(Value.Check(FleetChanges, changes));
    assert.deepEqual(changes, {
      since: iso(0),
      until: iso(20_000),
      nodes: [
        {
          id: "east-1",
          revisions: 1,
          before: UP,
          after: DOWN,
          changed: [
            { path: "/reason", from: "probes-good", to: "timeout" },
            { path: "/recentFalls", from: 0, to: 1 },
            { path: "/state", from: "up", to: "down" },
          ],
        },
      ],
      more: false,
    });
  });
  test("is told between two moments", async (t) => {
    const { app } = openRig(t);
    const between = async (since: string, until: string) => {
      const response = await app.inject(`/v1/fleet?since=${since}&until=${until}`);
      const { nodes } = response.json<FleetChanges>();
      return nodes.map(({ id }) => id);
    };
    assert.deepEqual(await between(iso(0), iso(9_999)), []);
    assert.deepEqual(await between(iso(0), iso(10_000)), ["east-1"]);
    assert.deepEqual(await between(iso(10_000), iso(20_000)), []);
    assert.deepEqual(await between("0", iso(10_000)), ["east-1"]);
  });
  test("is told until now, if it is asked of the future", async (t) => {
    const { app } = openRig(t);
    const response = await app.inject(`/v1/fleet?since=${iso(0)}&until=${iso(90_000)}`);
    assert.equal(response.json<FleetChanges>().until, iso(20_000));
  });
  test("of a node that came has nothing before, and of one that left nothing after", async (t) => {
    const { app, history, pass } = openRig(t);
    history.noteNode("east-3", UP);
    history.noteNode("east-2", null);
    pass(1);
    const { nodes } = (await app.inject(`/v1/fleet?since=${iso(19_999)}`)).json<FleetChanges>();
    assert.deepEqual(
      nodes.map(({ id, before, after }) => [id, before === null, after === null]),
      [
        ["east-2", false, true],
        ["east-3", true, false],
      ],
    );
  });
});

describe("a question that cannot be answered is refused:", () => {
  for (const [query, status, code] of [
    ["?at=yesterday", 400, "STEER_BAD_MOMENT"],
    ["?at=2026-02-30", 400, "STEER_BAD_MOMENT"],
    [`?at=${iso(20_001)}`, 400, "STEER_BAD_MOMENT"],
    [`?at=${iso(-1)}`, 404, "STEER_NOT_RECORDED"],
    ["?at=0", 404, "STEER_NOT_RECORDED"],
    [`?since=${iso(20_001)}`, 400, "STEER_BAD_MOMENT"],
    [`?since=${iso(5_000)}&until=${iso(4_999)}`, 400, "STEER_BAD_MOMENT"],
    ["?since=0&until=1", 404, "STEER_NOT_RECORDED"],
    ["?since=1e9", 400, "STEER_BAD_MOMENT"],
    [`?until=${iso(1)}`, 400, "STEER_BAD_MOMENT"],
    [`?at=${iso(1)}&since=${iso(1)}`, 400, "STEER_BAD_MOMENT"],
    ["?at=", 400, "BAD_REQUEST"],
    ["?at=1&at=2", 400, "BAD_REQUEST"],
    [`?at=${"1".repeat(65)}`, 400, "BAD_REQUEST"],
  ] as const) {
    test(query.slice(0, 60), async (t) => {
      const response = await openRig(t).app.inject(`/v1/fleet${query}`);
      assert.equal(response.statusCode, status, response.payload);
      assert.equal(response.json<ProblemDetails>().code, code);
    });
  }
});
