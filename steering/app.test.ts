/** Stories of a fleet: what viewers are told while its appliances die, drain and return. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { FleetEventList } from "./contract/fleet-event.ts";
import type { FleetAsOf } from "./contract/fleet-history.ts";
import { RANKING_POLICY } from "./core/ranking/ranking-policy.ts";
import {
  type ContentServer,
  openContentServer,
  openSteeringRig,
  REPORT,
  type SteeringRig,
} from "./steering-rig.ts";

type Fleet = SteeringRig & { readonly boxes: Readonly<Record<string, ContentServer>> };

/** Three appliances in two regions, all up, and nothing has happened for a while. */
async function settledFleet(t: TestContext): Promise<Fleet> {
  const rig = await openSteeringRig(t);
  const boxes: Record<string, ContentServer> = {};
  for (const [id, region] of [
    ["east-1", "east"],
    ["east-2", "east"],
    ["west-1", "west"],
  ] as const) {
    const box = await openContentServer(t);
    boxes[id] = box;
    await rig.join(id, region, box.url);
  }
  await rig.pass(15);
  assert.deepEqual(await rig.states(), { "east-1": "up", "east-2": "up", "west-1": "up" });
  return { ...rig, boxes };
}

const boxOf = ({ boxes }: Fleet, id: string) => boxes[id] ?? assert.fail(`no box ${id}`);
const firstOf = async (fleet: Fleet, uri: string) =>
  (await fleet.manifest(uri))["PATHWAY-PRIORITY"][0] ?? assert.fail("empty list");

describe("a killed appliance", () => {
  test("is in no manifest's first place after one round of probes, and last on the list", async (t) => {
    const fleet = await settledFleet(t);
    const session = await fleet.steeringUri();
    const primary = await firstOf(fleet, session);
    await boxOf(fleet, primary).stop();
    fleet.fallSilent(primary);
    await fleet.pass(2);
    for (const region of ["east", "west", "nowhere"]) {
      const uri = await fleet.steeringUri(region);
      assert.notEqual(await firstOf(fleet, uri), primary);
    }
    const { "PATHWAY-PRIORITY": priority, TTL } = await fleet.manifest(session);
    assert.equal(priority.at(-1), primary);
    assert.equal(priority.length, 3);
    assert.equal(TTL, 1, "players are to ask again soon");
  });

  test("says why: first the refusal, then the lease", async (t) => {
    const fleet = await settledFleet(t);
    await boxOf(fleet, "east-1").stop();
    fleet.fallSilent("east-1");
    await fleet.pass(1);
    assert.deepEqual((await fleet.view()).appliances[0]?.health.reason, "refused");
    await fleet.pass(3);
    assert.deepEqual((await fleet.view()).appliances[0]?.health.reason, "lease-expired");
  });

  test("is first again for its titles after it has returned", async (t) => {
    const fleet = await settledFleet(t);
    const session = await fleet.steeringUri();
    const primary = await firstOf(fleet, session);
    await boxOf(fleet, primary).stop();
    fleet.fallSilent(primary);
    await fleet.pass(5);
    assert.equal((await fleet.states())[primary], "gone");

    const restarted = await openContentServer(t);
    await fleet.join(primary, "east", restarted.url, "2");
    await fleet.pass(2);
    assert.notEqual(await firstOf(fleet, session), primary, "not before it has proven itself");
    await fleet.pass(5);
    // It has come back at another address, so a session that runs reaches it as a clone.
    assert.match(await firstOf(fleet, session), new RegExp(`^${primary}\\.`));
    assert.equal(await firstOf(fleet, await fleet.steeringUri()), primary);
  });
});

describe("an appliance that answers", () => {
  for (const [behaviour, reason] of [
    ["fail-503", "status-503"],
    ["wrong-bytes", "wrong-bytes"],
    ["cut-short", "short-body"],
    ["redirect", "status-302"],
  ] as const) {
    test(`${behaviour} goes down for ${reason}, on the second probe and not on the first`, async (t) => {
      const fleet = await settledFleet(t);
      boxOf(fleet, "east-1").behaviour = behaviour;
      await fleet.pass(1);
      assert.equal((await fleet.states())["east-1"], "up");
      // The sweep that follows the second bad probe takes it down.
      await fleet.pass(2);
      const [east1] = (await fleet.view()).appliances;
      assert.equal(east1?.health.state, "down");
      assert.equal(east1?.health.reason, reason);
      assert.equal(east1?.health.grade, 0);
    });
  }
});

describe("when all look bad", () => {
  test("they go down one sweep after the other, not all at once", async (t) => {
    const fleet = await settledFleet(t);
    for (const box of Object.values(fleet.boxes)) box.behaviour = "fail-503";
    const down: number[] = [];
    for (let second = 0; second < 6; second += 1) {
      await fleet.pass(1);
      down.push(Object.values(await fleet.states()).filter((state) => state === "down").length);
    }
    assert.deepEqual(down, [0, 1, 2, 3, 3, 3]);
  });

  test("who is spared for that is told of once, however long it lasts", async (t) => {
    const rig = await openSteeringRig(t);
    const box = await openContentServer(t);
    for (const id of ["a", "b", "c", "d", "e"]) await rig.join(id, "east", box.url);
    await rig.pass(10);
    box.behaviour = "fail-503";
    await rig.pass(8);
    assert.deepEqual(new Set(Object.values(await rig.states())), new Set(["down"]));
    const { events } = (await rig.app.inject("/v1/events?limit=1000")).json<FleetEventList>();
    const spared = events.filter(({ kind }) => kind === "spared").map(({ subject }) => subject);
    assert.ok(spared.length > 1);
    assert.equal(new Set(spared).size, spared.length);
  });

  test("all are listed, and it is said", async (t) => {
    const fleet = await settledFleet(t);
    const session = await fleet.steeringUri();
    for (const box of Object.values(fleet.boxes)) await box.stop();
    await fleet.pass(2);
    assert.equal((await fleet.view()).failOpen, true);
    const { "PATHWAY-PRIORITY": priority } = await fleet.manifest(session);
    assert.deepEqual([...priority].sort(), ["east-1", "east-2", "west-1"]);
    assert.equal(priority[2], "west-1", "the viewer's region comes first");
    assert.equal((await fleet.play("east")).statusCode, 200);
  });
});

describe("a draining appliance", () => {
  test("gets nothing new, and is asked last of those that live", async (t) => {
    const fleet = await settledFleet(t);
    const session = await fleet.steeringUri();
    const primary = await firstOf(fleet, session);
    fleet.reports(primary, { state: "draining" });
    await fleet.pass(1);
    assert.equal((await fleet.manifest(session))["PATHWAY-PRIORITY"].at(-1), primary);
    assert.match((await fleet.play("east")).payload, new RegExp(`PATHWAY-ID="${primary}"`));
    fleet.reports(primary, { state: "serving" });
    await fleet.pass(1);
    assert.equal(await firstOf(fleet, session), primary);
  });
});

describe("an appliance that is just full", () => {
  test("gets nobody new, and those who are on it stay", async (t) => {
    const fleet = await settledFleet(t);
    const session = await fleet.steeringUri();
    const primary = await firstOf(fleet, session);
    // A little more, and one session in twenty would have to leave: whichever its random id says.
    const egressBitsPerSecond = REPORT.capacityBitsPerSecond * RANKING_POLICY.fullFromLoad;
    fleet.reports(primary, { egressBitsPerSecond });
    await fleet.pass(1);
    assert.notEqual(await firstOf(fleet, await fleet.steeringUri()), primary);
    assert.equal(await firstOf(fleet, `${session}&_HLS_pathway=${primary}`), primary);
  });
});

describe("an operator", () => {
  const put = (fleet: Fleet, id: string, body: object) =>
    fleet.act("PUT", `/v1/appliances/${id}/override`, body);

  test("drains an appliance for a while, and it comes back by itself", async (t) => {
    const fleet = await settledFleet(t);
    const session = await fleet.steeringUri();
    const primary = await firstOf(fleet, session);
    const body = { action: "drain", seconds: 30, reason: "new disk" };
    assert.equal((await put(fleet, primary, body)).statusCode, 200);
    const { "PATHWAY-PRIORITY": priority, TTL } = await fleet.manifest(session);
    assert.equal(priority.at(-1), primary, "at once");
    assert.equal(TTL, 1);
    const node = (await fleet.view()).appliances.find(({ id }) => id === primary);
    assert.deepEqual(
      [node?.override?.action, node?.override?.reason, node?.override?.secondsLeft],
      ["drain", "new disk", 30],
    );
    await fleet.pass(31);
    assert.equal(await firstOf(fleet, session), primary);
  });
  test("trusts one that is judged ill, but not one that refuses", async (t) => {
    const fleet = await settledFleet(t);
    const session = await fleet.steeringUri();
    const primary = await firstOf(fleet, session);
    boxOf(fleet, primary).behaviour = "fail-503";
    await fleet.pass(3);
    assert.notEqual(await firstOf(fleet, session), primary);
    await put(fleet, primary, { action: "trust", seconds: 600, reason: "the probe is wrong" });
    assert.equal(await firstOf(fleet, session), primary);
    await boxOf(fleet, primary).stop();
    await fleet.pass(2);
    assert.notEqual(await firstOf(fleet, session), primary);
  });
  test("takes the word back", async (t) => {
    const fleet = await settledFleet(t);
    const session = await fleet.steeringUri();
    const primary = await firstOf(fleet, session);
    await put(fleet, primary, { action: "exclude", seconds: 3_600, reason: "looks odd" });
    assert.notEqual(await firstOf(fleet, session), primary);
    const taken = await fleet.act("DELETE", `/v1/appliances/${primary}/override`);
    assert.equal(taken.statusCode, 204);
    assert.equal(await firstOf(fleet, session), primary);
  });
  test("cannot take away the last one, unless it is meant", async (t) => {
    const fleet = await settledFleet(t);
    const drain = { action: "drain", seconds: 60, reason: "all" };
    for (const id of ["east-1", "east-2"]) await put(fleet, id, drain);
    const refused = await put(fleet, "west-1", drain);
    assert.deepEqual(
      [refused.statusCode, refused.json<{ code: string }>().code],
      [409, "STEER_LAST_NODE"],
    );
    assert.equal((await fleet.view()).failOpen, false);
    assert.equal((await put(fleet, "west-1", { ...drain, force: true })).statusCode, 200);
    await fleet.pass(1);
    assert.equal((await fleet.view()).failOpen, true);
  });
  for (const [what, body] of [
    ["no time", { action: "drain", reason: "x" }],
    ["too long a time", { action: "drain", seconds: 1e9, reason: "x" }],
    ["no reason", { action: "drain", seconds: 1 }],
    ["an act that is none", { action: "explode", seconds: 1, reason: "x" }],
    ["more than is asked for", { action: "drain", seconds: 1, reason: "x", extra: 1 }],
  ] as const) {
    test(`is refused with ${what}, and nothing changes`, async (t) => {
      const fleet = await settledFleet(t);
      assert.equal((await put(fleet, "east-1", body)).statusCode, 400);
      assert.equal((await fleet.view()).appliances[0]?.override, null);
    });
  }
  test("needs the token, and a node that is known", async (t) => {
    const fleet = await settledFleet(t);
    const body = { action: "drain", seconds: 30, reason: "x" };
    const stranger = await fleet.app.inject({
      method: "PUT",
      url: "/v1/appliances/east-1/override",
      payload: body,
    });
    assert.equal(stranger.statusCode, 401);
    assert.equal((await put(fleet, "nobody", body)).statusCode, 404);
  });
});

describe("a steering service that starts anew", () => {
  test("keeps a running session in its order while appliances are still registering", async (t) => {
    const fleet = await settledFleet(t);
    const session = await fleet.steeringUri();
    const before = (await fleet.manifest(session))["PATHWAY-PRIORITY"];

    const restarted = await openSteeringRig(t);
    assert.deepEqual((await restarted.manifest(session))["PATHWAY-PRIORITY"], before);
    const last = before.at(-1) ?? assert.fail("empty list");
    await restarted.join(last, "west", boxOf(fleet, last).url);
    assert.deepEqual((await restarted.manifest(session))["PATHWAY-PRIORITY"], before);
    // Once everyone has had the time to register, who is missing is missing.
    await restarted.pass(4);
    assert.equal((await restarted.manifest(session))["PATHWAY-PRIORITY"][0], last);
  });

  test("answers a play as soon as one appliance has registered", async (t) => {
    const rig = await openSteeringRig(t);
    const box = await openContentServer(t);
    const early = await rig.play("east");
    assert.equal(early.statusCode, 503);
    assert.equal(early.json<{ code: string }>().code, "STEER_NO_APPLIANCE");
    assert.equal(early.headers["retry-after"], "1");
    await rig.join("east-1", "east", box.url);
    assert.equal((await rig.play("east")).statusCode, 200);
  });
});

test("an appliance that has been gone for long is forgotten", async (t) => {
  const rig = await openSteeringRig(t);
  const box = await openContentServer(t);
  await rig.join("east-1", "east", box.url);
  rig.fallSilent("east-1");
  await rig.pass(4);
  rig.sleep(590_000);
  await rig.pass(1);
  assert.deepEqual(await rig.states(), { "east-1": "gone" });
  rig.sleep(10_000);
  await rig.pass(1);
  assert.deepEqual(await rig.states(), {});
  await rig.pass(1);
  const at = Date.parse((await rig.view()).at);
  const past = (await rig.app.inject(`/v1/fleet?at=${at}`)).json<FleetAsOf>();
  assert.deepEqual(past.nodes, [], "and the history does not go on with it");
});

test("an operator's word about one that was forgotten holds when it returns", async (t) => {
  const rig = await openSteeringRig(t);
  const box = await openContentServer(t);
  await rig.join("east-1", "east", box.url);
  const exclude = { action: "exclude", seconds: 615, reason: "burns", force: true };
  await rig.act("PUT", "/v1/appliances/east-1/override", exclude);
  rig.fallSilent("east-1");
  await rig.pass(4);
  rig.sleep(600_000);
  await rig.pass(1);
  assert.deepEqual(await rig.states(), {});
  await rig.join("east-1", "east", box.url, "2");
  assert.equal((await rig.view()).appliances[0]?.override?.reason, "burns");
  await rig.pass(10);
  assert.equal((await rig.view()).appliances[0]?.override, null);
});

test("a mistake in one step of the loop is told of, and the others go on", async (t) => {
  const failed: string[] = [];
  const rig = await openSteeringRig(t, {
    onFailedStep: ({ step, error }) => failed.push(`${step}: ${error}`),
    prober: {
      probe: () => Promise.reject(new TypeError("a mistake")),
      fetchReference: async () => ({ kind: "unknown" }),
      close: async () => {},
    },
  });
  await rig.join("east-1", "east", (await openContentServer(t)).url);
  const override = { action: "prefer", seconds: 2, reason: "x" };
  await rig.act("PUT", "/v1/appliances/east-1/override", override);
  await rig.pass(3);
  assert.deepEqual(failed, ["probes: TypeError: a mistake"]);
  assert.equal((await rig.view()).appliances[0]?.override, null);
  rig.fallSilent("east-1");
  await rig.pass(4);
  assert.deepEqual(await rig.states(), { "east-1": "gone" });
});

test("the health of the service counts whom it would send viewers to", async (t) => {
  const fleet = await settledFleet(t);
  await boxOf(fleet, "east-1").stop();
  await fleet.pass(1);
  const { payload } = await fleet.app.inject("/healthz");
  assert.deepEqual(JSON.parse(payload), { status: "ok", appliances: 3, usable: 2 });
});
