/** Stories of a steering service that ends and begins again, and of two that stand for each other. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { FleetEventList } from "./contract/fleet-event.ts";
import type { FleetAsOf } from "./contract/fleet-history.ts";
import {
  type ContentServer,
  openContentServer,
  openSteeringRig,
  type SteeringRig,
} from "./steering-rig.ts";

function fileIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "understudy-restart-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "steering.sqlite");
}

const REGIONS = { "east-1": "east", "east-2": "east", "west-1": "west" } as const;

/** A fleet that is well, and a steering that has written down what it knows of it. */
async function fleetWithFile(t: TestContext, historyFile: string) {
  const rig = await openSteeringRig(t, { historyFile });
  const boxes: Record<string, ContentServer> = {};
  for (const [id, region] of Object.entries(REGIONS)) {
    boxes[id] = await openContentServer(t);
    await rig.join(id, region, boxes[id].url);
  }
  await rig.pass(10);
  return { rig, boxes };
}

test("it begins with its last known fleet, and knows it at once", async (t) => {
  const historyFile = fileIn(t);
  const { rig } = await fleetWithFile(t, historyFile);
  const uri = await rig.steeringUri();
  const before = await rig.manifest(uri);
  await rig.app.close();

  const again = await openSteeringRig(t, { historyFile });
  assert.deepEqual(await again.states(), { "east-1": "up", "east-2": "up", "west-1": "up" });
  const { "PATHWAY-PRIORITY": priority } = await again.manifest(uri);
  assert.deepEqual(priority, before["PATHWAY-PRIORITY"]);
  assert.equal((await again.play("east")).statusCode, 200);
});

test("it believes a CDN of its file to be as it was, too, and sends nobody away", async (t) => {
  const historyFile = fileIn(t);
  const { rig, boxes } = await fleetWithFile(t, historyFile);
  const cdnAt = (url = "") => ({
    pathways: [{ id: "cdn", url, region: "east", cost: 0, weight: 1, probePath: undefined }],
    networks: [],
    distances: [],
  });
  rig.usePathwayFile(cdnAt(boxes["east-2"]?.url));
  await rig.pass(10);
  const seen = async ({ view }: typeof rig) =>
    (await view()).cdns.map(({ health, admittedShare }) => [health.state, admittedShare]);
  assert.deepEqual(await seen(rig), [["up", 1]]);
  await rig.app.close();

  const again = await openSteeringRig(t, {
    historyFile,
    pathwayFile: cdnAt(boxes["east-2"]?.url),
  });
  assert.deepEqual(await seen(again), [["up", 1]]);
  // It ends before its loop has turned once.
  await again.app.close();
  const third = await openSteeringRig(t, {
    historyFile,
    pathwayFile: cdnAt(boxes["east-2"]?.url),
  });
  assert.deepEqual(await seen(third), [["up", 1]], "nothing was forgotten in between");
  await third.app.close();

  const elsewhere = await openSteeringRig(t, {
    historyFile,
    pathwayFile: cdnAt(boxes["west-1"]?.url),
  });
  assert.notDeepEqual(await seen(elsewhere), [["up", 1]], "another address is another node");
});

test("it is right again within one heartbeat: who lives renews without registering", async (t) => {
  const historyFile = fileIn(t);
  const { rig } = await fleetWithFile(t, historyFile);
  const sequence = rig.sequence();
  await rig.app.close();

  const again = await openSteeringRig(t, { historyFile });
  const { status } = await again.beat("east-1", "1", sequence + 1);
  assert.equal(status, 200);
  again.sleep(3_000);
  await again.pass(1);
  const states = await again.states();
  assert.equal(states["east-1"], "up", "heard of after the restart, and probed well");
  assert.equal(states["west-1"], "gone", "not heard of for a whole lease");
});

test("what died while it was away is found out by the first probe", async (t) => {
  const historyFile = fileIn(t);
  const { rig, boxes } = await fleetWithFile(t, historyFile);
  const uri = await rig.steeringUri();
  const [primary = ""] = (await rig.manifest(uri))["PATHWAY-PRIORITY"];
  await rig.app.close();
  await boxes[primary]?.stop();

  const again = await openSteeringRig(t, { historyFile });
  await again.pass(1);
  assert.equal((await again.states())[primary], "down");
  assert.notEqual((await again.manifest(uri))["PATHWAY-PRIORITY"][0], primary);
});

test("what happened before is still known, under ids that go on", async (t) => {
  const historyFile = fileIn(t);
  const { rig } = await fleetWithFile(t, historyFile);
  const events = async (of: typeof rig) =>
    (await of.app.inject("/v1/events?limit=1000")).json<FleetEventList>().events;
  const before = await events(rig);
  await rig.app.close();

  const again = await openSteeringRig(t, { historyFile });
  const after = await events(again);
  assert.deepEqual(after.slice(0, before.length), before);
  const started = after[before.length];
  assert.equal(started?.kind, "started");
  assert.equal(started?.reason, "from-last-known-fleet");
  assert.deepEqual(started?.details, { restored: 3, dropped: 0 });
  const ids = after.map(({ id }) => id);
  assert.deepEqual(
    ids,
    ids.toSorted((a, b) => a - b),
  );
});

test("it writes its fleet into its file once the one before it has let go", async (t) => {
  const historyFile = fileIn(t);
  const { rig: before } = await fleetWithFile(t, historyFile);
  const rig = await openSteeringRig(t, { historyFile });
  const url = (await openContentServer(t)).url;
  await rig.join("south-1", "south", url);
  await rig.pass(5);
  await before.app.close();
  await rig.pass(60);
  await rig.app.close();

  const again = await openSteeringRig(t, {
    historyFile,
    wallNow: () => 1_700_000_000_000 + 66_000,
  });
  assert.deepEqual(await again.states(), { "south-1": "up" });
});

/** Than the tenth second of a rig, which is the last of `fleetWithFile`. */
const FIVE_LEASES_LATER_MS = 1_700_000_000_001 + 10_000 + 5 * 3_000;

test("a fleet of long ago is on trial, and what it was is not believed", async (t) => {
  const historyFile = fileIn(t);
  const { rig } = await fleetWithFile(t, historyFile);
  const uri = await rig.steeringUri();
  await rig.app.close();

  const again = await openSteeringRig(t, { historyFile, wallNow: () => FIVE_LEASES_LATER_MS + 1 });
  assert.deepEqual(await again.states(), {
    "east-1": "recovering",
    "east-2": "recovering",
    "west-1": "recovering",
  });
  assert.equal(
    (await again.manifest(uri))["PATHWAY-PRIORITY"].length,
    3,
    "and listed all the same",
  );
  const { events } = (await again.app.inject("/v1/events?limit=1000")).json<FleetEventList>();
  const started = events.filter(({ kind }) => kind === "started");
  assert.deepEqual(
    started.map(({ reason }) => reason),
    ["from-nothing", "from-fleet-of-long-ago"],
  );
});

test("a fleet of five leases ago is still believed", async (t) => {
  const historyFile = fileIn(t);
  const { rig } = await fleetWithFile(t, historyFile);
  await rig.app.close();
  const again = await openSteeringRig(t, {
    historyFile,
    wallNow: () => FIVE_LEASES_LATER_MS,
  });
  assert.equal((await again.states())["east-1"], "up");
});

test("an operator's word goes on, and ends when it would have ended", async (t) => {
  const historyFile = fileIn(t);
  const { rig, boxes } = await fleetWithFile(t, historyFile);
  const cdn = { id: "cdn", url: boxes["east-2"]?.url ?? "", region: "east", cost: 0, weight: 1 };
  const pathwayFile = {
    pathways: [{ ...cdn, probePath: undefined }],
    networks: [],
    distances: [],
  };
  rig.usePathwayFile(pathwayFile);
  for (const id of ["east-1", "cdn"]) {
    const body = { action: "drain", seconds: 60, reason: "new disk" };
    await rig.act("PUT", `/v1/appliances/${id}/override`, body);
  }
  await rig.pass(2);
  await rig.app.close();

  // Its clocks begin anew, so by the time of day it is twelve seconds earlier than before.
  const again = await openSteeringRig(t, { historyFile, pathwayFile });
  const words = async () => {
    const { appliances, cdns } = await again.view();
    return [...appliances, ...cdns].flatMap(({ id, override }) =>
      override === null ? [] : [`${id}: ${override.action}, ${override.reason}`],
    );
  };
  assert.deepEqual(await words(), ["east-1: drain, new disk", "cdn: drain, new disk"]);
  await again.pass(1);
  again.sleep(71_000);
  await again.pass(1);
  assert.deepEqual(await words(), []);
});

const EXCLUDED = { action: "exclude", seconds: 7 * 24 * 60 * 60, reason: "burns" };

/** A fleet that is well but for one that is switched off, of which an operator has said his word. */
async function fleetWithoutOne(t: TestContext, historyFile: string) {
  const { rig, boxes } = await fleetWithFile(t, historyFile);
  await rig.act("PUT", "/v1/appliances/east-1/override", EXCLUDED);
  rig.fallSilent("east-1");
  await rig.pass(4);
  assert.equal((await rig.states())["east-1"], "gone");
  return { rig, url: boxes["east-1"]?.url ?? "" };
}

/** What holds of it once it has registered as another process. */
async function wordOnReturn(rig: SteeringRig, url: string): Promise<string | undefined> {
  await rig.join("east-1", "east", url, "2");
  const { appliances } = await rig.view();
  return appliances.find(({ id }) => id === "east-1")?.override?.reason;
}

test("an operator's word about one that was forgotten outlives a restart", async (t) => {
  const historyFile = fileIn(t);
  const { rig, url } = await fleetWithoutOne(t, historyFile);
  rig.sleep(600_000);
  // Forgotten by a request, and steering ends before its loop has turned again.
  assert.equal((await rig.states())["east-1"], undefined);
  await rig.app.close();

  const again = await openSteeringRig(t, { historyFile });
  assert.equal(await wordOnReturn(again, url), "burns");
});

test("an operator's word about one that was forgotten can be taken back", async (t) => {
  const historyFile = fileIn(t);
  const { rig, url } = await fleetWithoutOne(t, historyFile);
  rig.sleep(600_000);
  assert.equal((await rig.states())["east-1"], undefined);
  const statusOf = async (id: string) =>
    (await rig.act("DELETE", `/v1/appliances/${id}/override`)).statusCode;
  assert.equal(await statusOf("east-1"), 204);
  assert.equal(await statusOf("east-1"), 404);
  const { events } = (await rig.app.inject("/v1/events?limit=1000")).json<FleetEventList>();
  assert.deepEqual(
    events.filter(({ reason }) => reason === "taken-back").map(({ from }) => from),
    ["exclude"],
  );
  await rig.app.close();

  const again = await openSteeringRig(t, { historyFile });
  assert.equal(await wordOnReturn(again, url), undefined);
});

test("an operator's word about one that is gone outlives one restart after another", async (t) => {
  const historyFile = fileIn(t);
  const { rig, url } = await fleetWithoutOne(t, historyFile);
  await rig.app.close();
  for (let restarts = 0; restarts < 2; restarts += 1) {
    await (await openSteeringRig(t, { historyFile })).app.close();
  }

  const again = await openSteeringRig(t, { historyFile });
  assert.equal(await wordOnReturn(again, url), "burns");
});

test("an operator's word about one that is away ends over a restart, too", async (t) => {
  const historyFile = fileIn(t);
  const { rig, url } = await fleetWithoutOne(t, historyFile);
  await rig.app.close();
  const once = await openSteeringRig(t, { historyFile });
  await once.app.close();

  const afterItsEndMs = 1_700_000_000_000 + (EXCLUDED.seconds + 60) * 1_000;
  const again = await openSteeringRig(t, { historyFile, wallNow: () => afterItsEndMs });
  assert.equal(await wordOnReturn(again, url), undefined);
  await again.pass(1);
  const { fleet } = (await again.app.inject(`/v1/fleet?at=${afterItsEndMs}`)).json<FleetAsOf>();
  assert.deepEqual(fleet?.awaited, {});
});

test("what is broken off because steering ends speaks against nobody", async (t) => {
  const historyFile = fileIn(t);
  const { rig, boxes } = await fleetWithFile(t, historyFile);
  for (const box of Object.values(boxes)) box.behaviour = "fail-503";
  await rig.pass(1);
  for (const [id, box] of Object.entries(boxes)) {
    box.behaviour = "silent";
    rig.fallSilent(id);
  }
  const turn = rig.pass(1);
  await rig.app.close();
  await turn;

  const again = await openSteeringRig(t, { historyFile });
  const { events } = (await again.app.inject("/v1/events?limit=1000")).json<FleetEventList>();
  assert.deepEqual(
    events.filter(({ kind, to }) => kind === "state" && to === "down"),
    [],
  );
  assert.deepEqual(await again.states(), { "east-1": "up", "east-2": "up", "west-1": "up" });
});

test("a file that is none does not keep it from its work", async (t) => {
  const historyFile = fileIn(t);
  writeFileSync(historyFile, "this is no database".repeat(100));
  const { rig } = await fleetWithFile(t, historyFile);
  assert.equal((await rig.manifest(await rig.steeringUri()))["PATHWAY-PRIORITY"].length, 3);
});

test("any replica answers any session, by the key alone", async (t) => {
  const [one, two] = [await openSteeringRig(t), await openSteeringRig(t)];
  for (const [id, region] of Object.entries(REGIONS)) {
    const { url } = await openContentServer(t);
    for (const replica of [one, two]) await replica.join(id, region, url);
  }
  for (const replica of [one, two]) await replica.pass(10);
  for (const region of ["east", "west"]) {
    const uri = await one.steeringUri(region);
    assert.deepEqual(
      (await two.manifest(uri))["PATHWAY-PRIORITY"],
      (await one.manifest(uri))["PATHWAY-PRIORITY"],
    );
  }
});

test("a session lives on while its keys are changed on one replica after another", async (t) => {
  const [old, fresh] = ["the-old-session-key", "the-new-session-key"].map((key) =>
    Buffer.from(key),
  );
  assert.ok(old && fresh);
  const before = await openSteeringRig(t, { sessionKeys: [old] });
  const after = await openSteeringRig(t, { sessionKeys: [fresh, old] });
  for (const [id, region] of Object.entries(REGIONS)) {
    const { url } = await openContentServer(t);
    for (const replica of [before, after]) await replica.join(id, region, url);
  }
  for (const replica of [before, after]) await replica.pass(10);

  let uri = await before.steeringUri("west");
  const ask = async (replica: SteeringRig) => {
    const manifest = await replica.manifest(uri);
    const next = new URL(manifest["RELOAD-URI"] ?? "");
    uri = `${next.pathname}${next.search}`;
    return manifest["PATHWAY-PRIORITY"];
  };
  assert.equal((await ask(after))[0], "west-1", "signed anew, by the new key");
  const renewed = uri;
  assert.equal((await ask(before)).length, 3, "all, as for anybody");
  assert.equal(uri, renewed, "which the player keeps");
  assert.deepEqual(
    await ask(before),
    await ask(before),
    "and whose order does not change each time",
  );
  assert.equal((await ask(after))[0], "west-1");
});
