/** Stories of pathways that are not ours: probed, ranked and steered like appliances. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { readPathwayFile } from "./cdn/read-pathway-file.ts";
import type { Explanation } from "./contract/explanation.ts";
import type { FleetEventList } from "./contract/fleet-event.ts";
import type { FleetAsOf } from "./contract/fleet-history.ts";
import type { FleetView } from "./contract/fleet-view.ts";
import { type ContentServer, openContentServer, openSteeringRig, PATH } from "./steering-rig.ts";

function fileOf(text: string) {
  const reading = readPathwayFile(text, () => false);
  if (!reading.ok) throw new Error(reading.problems.join("; "));
  return reading.file;
}

async function rigWithCdns(t: TestContext, more = "") {
  const [near, far] = [await openContentServer(t), await openContentServer(t)];
  const pathwayFile = fileOf(`
pathways:
  - { id: cdn-near, url: "${near.url}", region: east, cost: 0.5, weight: 2 }
  - { id: cdn-far, url: "${far.url}", region: west }
networks:
  - { cidr: 127.0.0.0/8, region: west }
${more}`);
  const rig = await openSteeringRig(t, { pathwayFile });
  await rig.pass(5);
  return { rig, near, far };
}

/** The near one has moved to another address. */
const elsewhere = (near: ContentServer, far: ContentServer) =>
  fileOf(`
pathways:
  - { id: cdn-near, url: "${near.url}", region: east }
  - { id: cdn-far, url: "${far.url}", region: west }
`);

const pathwaysOf = (playlist: string) => [
  ...new Set(Array.from(playlist.matchAll(/PATHWAY-ID="([^"]+)"/g), ([, id]) => id)),
];

describe("real CDNs from a file", () => {
  test("are up once they have been probed, and a viewer near one begins there", async (t) => {
    const { rig, near } = await rigWithCdns(t);
    const view = (await rig.app.inject("/v1/fleet")).json<FleetView>();
    assert.deepEqual(
      view.cdns.map(({ id, health, cost, weight }) => [id, health.state, cost, weight]),
      [
        ["cdn-far", "up", 0, 1],
        ["cdn-near", "up", 0.5, 2],
      ],
    );
    const { payload } = await rig.play("east");
    assert.deepEqual(pathwaysOf(payload), ["cdn-near", "cdn-far"]);
    assert.ok(payload.includes(`${near.url}/vod/film/low/index.m3u8`));
  });
  test("a viewer who does not say where it is is known by its network", async (t) => {
    const { rig } = await rigWithCdns(t);
    assert.deepEqual(pathwaysOf((await rig.play()).payload), ["cdn-far", "cdn-near"]);
  });
  test("stand beside appliances, and the dearer one comes after its equals", async (t) => {
    const { rig } = await rigWithCdns(t);
    const box = await openContentServer(t);
    await rig.join("east-1", "east", box.url);
    await rig.pass(10);
    const firsts = new Set<string | undefined>();
    for (const title of ["a", "b", "c", "d", "e", "f"]) {
      const explained = await rig.app.inject(
        `/v1/explain?source=demo&path=/vod/${title}/master.m3u8&region=east`,
      );
      firsts.add(explained.json<{ places: { id: string }[] }>().places[0]?.id);
    }
    assert.deepEqual([...firsts], ["east-1"]);
  });
  test("are left when they break, and returned to", async (t) => {
    const { rig, near } = await rigWithCdns(t);
    const uri = await rig.steeringUri("east");
    near.behaviour = "fail-503";
    await rig.pass(3);
    assert.equal((await rig.manifest(uri))["PATHWAY-PRIORITY"][0], "cdn-far");
    near.behaviour = "serve";
    await rig.pass(6);
    assert.equal((await rig.manifest(uri))["PATHWAY-PRIORITY"][0], "cdn-near");
  });
  test("are shown by their ids like appliances", async (t) => {
    const { rig } = await rigWithCdns(t);
    const one = await rig.app.inject("/v1/appliances/cdn-near");
    assert.equal(one.statusCode, 200, one.payload);
    assert.deepEqual(
      one.json(),
      (await rig.view()).cdns.find(({ id }) => id === "cdn-near"),
    );
  });
  test("take an operator's word like any node", async (t) => {
    const { rig } = await rigWithCdns(t);
    const uri = await rig.steeringUri("east");
    const body = { action: "drain", seconds: 60, reason: "contract ends" };
    const answer = await rig.act("PUT", "/v1/appliances/cdn-near/override", body);
    assert.equal(answer.statusCode, 200);
    assert.equal((await rig.manifest(uri))["PATHWAY-PRIORITY"][0], "cdn-far");
  });
  test("keep their ids from appliances", async (t) => {
    const { rig } = await rigWithCdns(t);
    const refused = await rig.joinAs("cdn-near", "east", "http://127.0.0.1:9");
    assert.deepEqual(
      [refused.statusCode, refused.json<{ code: string }>().code],
      [409, "STEER_ID_TAKEN"],
    );
  });
  test("come and go with the file, while viewers watch", async (t) => {
    const { rig, near, far } = await rigWithCdns(t);
    const uri = await rig.steeringUri("east");
    rig.usePathwayFile(fileOf(`pathways:\n  - { id: cdn-far, url: "${far.url}", region: west }\n`));
    await rig.pass(1);
    const { "PATHWAY-PRIORITY": priority } = await rig.manifest(uri);
    assert.deepEqual(
      priority,
      ["cdn-far", "cdn-near"],
      "the player still has it, and may know better",
    );
    const view = (await rig.app.inject("/v1/fleet")).json<FleetView>();
    assert.deepEqual(
      view.cdns.map(({ id }) => id),
      ["cdn-far"],
    );
    const before = near.requests.length;
    await rig.pass(3);
    assert.equal(near.requests.length, before, "nobody probes it any more");
  });
  test("a version of the file that is broken is told wherever an operator looks, until it is mended", async (t) => {
    const { rig, near, far } = await rigWithCdns(t);
    const look = async () => {
      const { pathwayFile } = await rig.view();
      const { payload } = await rig.app.inject("/v1/metrics");
      const gauge = /^understudy_steering_pathway_file_broken (\d)$/m.exec(payload)?.[1];
      return [pathwayFile?.state, pathwayFile?.problems, pathwayFile?.forSeconds, gauge];
    };
    assert.deepEqual(await look(), ["in-force", [], 5, "0"]);
    rig.notePathwayFileBroken(["line 3, pathways[0].url: is missing"]);
    await rig.pass(2);
    assert.deepEqual(await look(), ["broken", ["line 3, pathways[0].url: is missing"], 2, "1"]);
    rig.notePathwayFileBroken(["line 4, pathways[0].cost: must be number"]);
    await rig.pass(1);
    assert.deepEqual(
      await look(),
      ["broken", ["line 4, pathways[0].cost: must be number"], 3, "1"],
      "another slip, and no new beginning",
    );
    rig.usePathwayFile(elsewhere(near, far));
    await rig.pass(1);
    assert.deepEqual(await look(), ["in-force", [], 1, "0"]);
    const { events } = (await rig.app.inject("/v1/events")).json<FleetEventList>();
    assert.deepEqual(
      events
        .filter(({ kind }) => kind === "pathway-file")
        .map(({ from, to, reason }) => [from, to, reason]),
      [
        ["in-force", "broken", "line 3, pathways[0].url: is missing"],
        ["broken", "broken", "line 4, pathways[0].cost: must be number"],
        ["broken", "in-force", "mended"],
      ],
    );
  });
  test("one that has gone from the file is gone from the history, too", async (t) => {
    const { rig, far } = await rigWithCdns(t);
    rig.usePathwayFile(fileOf(`pathways:\n  - { id: cdn-far, url: "${far.url}", region: west }\n`));
    await rig.pass(1);
    const at = Date.parse((await rig.view()).at);
    const past = (await rig.app.inject(`/v1/fleet?at=${at}`)).json<FleetAsOf>();
    assert.deepEqual(
      past.nodes.map(({ id }) => id),
      ["cdn-far"],
    );
  });
  test("an operator's word stays in force where the address changes", async (t) => {
    const { rig, far } = await rigWithCdns(t);
    const other = await openContentServer(t);
    const body = { action: "drain", seconds: 60, reason: "contract ends" };
    await rig.act("PUT", "/v1/appliances/cdn-near/override", body);
    rig.usePathwayFile(elsewhere(other, far));
    await rig.pass(5);
    const { cdns } = await rig.view();
    assert.equal(cdns.find(({ id }) => id === "cdn-near")?.override?.action, "drain");
  });
  test("what players said of one address is not held against the next", async (t) => {
    const { rig, far } = await rigWithCdns(t);
    const other = await openContentServer(t);
    for (let viewer = 0; viewer < 20; viewer += 1) {
      const { statusCode } = await rig.app.inject({
        method: "POST",
        url: `/v1/cmcd${new URL(await rig.steeringUri("east"), "http://x").search}`,
        headers: { "content-type": "application/cmcd" },
        payload: Array.from({ length: 4 }, () => 'cdn="cdn-near",e=rr,rc=0,v=2').join("\n"),
      });
      assert.equal(statusCode, 204);
    }
    const playersOn = async (id: string) =>
      (await rig.view()).cdns
        .find((cdn) => cdn.id === id)
        ?.health.votes.find(({ voice }) => voice === "players")?.reason;
    await rig.pass(3);
    assert.equal(await playersOn("cdn-near"), "failed-requests");
    rig.usePathwayFile(elsewhere(other, far));
    await rig.pass(3);
    assert.equal(await playersOn("cdn-near"), undefined);
  });
  test("another object to be probed for is asked for at once", async (t) => {
    const { rig, near } = await rigWithCdns(t);
    near.lists.set("/own/probe", "bytes");
    rig.usePathwayFile(
      fileOf(
        `pathways:\n  - { id: cdn-near, url: "${near.url}", region: east, probePath: /own/probe }\n`,
      ),
    );
    await rig.pass(1);
    assert.equal(near.requests.at(-1), "/own/probe");
  });
  test("one whose name an appliance has waits until that is forgotten", async (t) => {
    const rig = await openSteeringRig(t);
    const [box, cdn] = [await openContentServer(t), await openContentServer(t)];
    await rig.joinAs("one", "east", box.url);
    rig.usePathwayFile(fileOf(`pathways:\n  - { id: one, url: "${cdn.url}", region: east }\n`));
    await rig.pass(4);
    assert.deepEqual(await rig.states(), { one: "gone" });
    rig.sleep(600_000);
    await rig.pass(1);
    assert.deepEqual(
      (await rig.view()).cdns.map(({ id }) => id),
      ["one"],
    );
  });
  test("that browsers could not use say so, and keep their place for those who can", async (t) => {
    const { rig, near, far } = await rigWithCdns(t);
    const uri = await rig.steeringUri("east");
    near.behaviour = "no-cors";
    await rig.pass(2);
    const look = async () => {
      const { cdns } = await rig.view();
      const view = cdns.find(({ id }) => id === "cdn-near");
      return [view?.health.state, view?.health.grade, view?.probe?.warnings];
    };
    assert.deepEqual(await look(), ["up", 1, ["no-cors"]]);
    assert.equal((await rig.manifest(uri))["PATHWAY-PRIORITY"][0], "cdn-near");
    const explained = await rig.app.inject(`/v1/explain?source=demo&path=${PATH}&region=east`);
    const because = explained
      .json<Explanation>()
      .places[0]?.components.find(({ name }) => name === "health")?.because;
    assert.equal(because, "grade 1: well (no-cors)");
    near.behaviour = "fail-503";
    await rig.pass(1);
    assert.deepEqual((await look())[2], ["no-cors"], "a failure says nothing of it");
    near.behaviour = "serve";
    await rig.pass(2);
    assert.deepEqual((await look())[2], []);
    const { events } = (await rig.app.inject("/v1/events")).json<FleetEventList>();
    assert.deepEqual(
      events
        .filter(({ kind }) => kind === "warning")
        .map(({ subject, from, to }) => [subject, from, to]),
      [
        ["cdn-near", null, "no-cors"],
        ["cdn-near", "no-cors", null],
      ],
    );
    assert.deepEqual([...near.origins, ...far.origins], Array(2).fill("http://steering.test"));
  });
  test("that are asked for what they do not have say so, with the address that was asked", async (t) => {
    const cdn = await openContentServer(t);
    const pathwayFile = fileOf(`pathways:\n  - { id: a, url: "${cdn.url}", region: east }\n`);
    const rig = await openSteeringRig(t, { pathwayFile, probePath: "/synthetic/1/probe" });
    await rig.pass(5);
    const probeUrl = `${cdn.url}/synthetic/1/probe`;
    const [view] = (await rig.view()).cdns;
    assert.deepEqual(
      [view?.health.state, view?.probe?.reason, view?.probe?.url, view?.probe?.warnings],
      ["down", "status-404", probeUrl, ["no-probe-object"]],
    );
    const told = async (kind: string) =>
      (await rig.app.inject("/v1/events"))
        .json<FleetEventList>()
        .events.filter((event) => event.kind === kind)
        .map(({ from, to, details }) => [from, to, details?.["probeUrl"]]);
    assert.deepEqual((await told("state")).at(-1), ["recovering", "down", probeUrl]);
    assert.deepEqual(await told("warning"), [[null, "no-probe-object", probeUrl]]);
    const explained = await rig.app.inject(`/v1/explain?source=demo&path=${PATH}`);
    const [place] = explained.json<Explanation>().places;
    assert.equal(
      place?.components.find(({ name }) => name === "health")?.because,
      `grade 0: status-404 at ${probeUrl} (no-probe-object)`,
    );
    cdn.lists.set("/synthetic/1/probe", "bytes");
    await rig.pass(2);
    assert.deepEqual((await told("warning")).at(-1), ["no-probe-object", null, probeUrl]);
    assert.deepEqual((await rig.view()).cdns[0]?.probe?.warnings, []);
  });
  test("that do not have what the source has are told of as ill alone", async (t) => {
    const { rig, near } = await rigWithCdns(t);
    near.behaviour = "gone-404";
    await rig.pass(5);
    const view = (await rig.view()).cdns.find(({ id }) => id === "cdn-near");
    assert.deepEqual([view?.health.state, view?.probe?.warnings], ["down", []]);
  });
  test("a path prefix is part of the address", async (t) => {
    const server = await openContentServer(t);
    const pathwayFile = fileOf(
      `pathways:\n  - { id: a, url: "${server.url}/prefix", region: east }\n  - { id: b, url: "${server.url}", region: east }\n`,
    );
    const rig = await openSteeringRig(t, { pathwayFile });
    const { payload } = await rig.play("east", PATH);
    assert.ok(payload.includes(`${server.url}/prefix/vod/film/low/index.m3u8`));
  });
});
