import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Explanation } from "../contract/explanation.ts";
import { openContentServer, openSteeringRig, PATH } from "../steering-rig.ts";

async function openFleet(t: TestContext) {
  const rig = await openSteeringRig(t);
  for (const [id, region] of [
    ["east-1", "east"],
    ["east-2", "east"],
    ["west-1", "west"],
  ] as const) {
    await rig.join(id, region, (await openContentServer(t)).url);
  }
  await rig.pass(10);
  const explain = async (query: string) =>
    (await rig.app.inject(`/v1/explain?${query}`)).json<Explanation>();
  return { rig, explain };
}

const EAST = `path=${PATH}&region=east`;

describe("GET /v1/explain", () => {
  test("has the order that a play gets, with every component of every score", async (t) => {
    const { rig, explain } = await openFleet(t);
    const { places } = await explain(EAST);
    const { payload } = await rig.play("east");
    const listed = Array.from(
      payload.matchAll(/STREAM-INF:.*PATHWAY-ID="([^"]+)"/g),
      ([, id]) => id,
    );
    assert.deepEqual(
      places.map(({ id }) => id),
      [...new Set(listed)],
    );
    for (const { score, components } of places) {
      assert.equal(
        components.reduce((sum, { points }) => sum + points, 0),
        score,
      );
      assert.ok(components.every(({ because }) => because.length > 0));
    }
  });
  test("names changes that really put the second first", async (t) => {
    const { rig, explain } = await openFleet(t);
    const { places, flips } = await explain(EAST);
    const [first, second] = places.map(({ id }) => id);
    const drain = flips.find(({ node, change }) => node === first && change.includes("drain"));
    assert.ok(drain, JSON.stringify(flips));
    const body = { action: "drain", seconds: 60, reason: "as explained" };
    await rig.act("PUT", `/v1/appliances/${first}/override`, body);
    const after = await explain(EAST);
    assert.equal(after.places[0]?.id, second);
    assert.equal(after.places.at(-1)?.band, "draining");
  });
  test("speaks for a running session, from its token alone", async (t) => {
    const { rig, explain } = await openFleet(t);
    const token = /session=([^&]+)/.exec(await rig.steeringUri("west"))?.[1];
    const { source, path, region, regionFrom, places } = await explain(`session=${token}`);
    assert.deepEqual(
      [source, path, region, regionFrom, places[0]?.id],
      ["demo", PATH, "west", "session", "west-1"],
    );
    assert.match(places[0]?.reason ?? "", /where it began/);
  });
  for (const [what, query, status, code] of [
    ["no title", "region=east", 400, "STEER_NOTHING_TO_EXPLAIN"],
    ["a token that is none", "session=rubbish", 400, "STEER_BAD_SESSION"],
    ["an unknown source", `source=nobody&path=${PATH}`, 404, "STEER_UNKNOWN_SOURCE"],
    ["a region that is none", `path=${PATH}&region=%20`, 400, "BAD_REQUEST"],
    ["a path that is none", "path=vod", 400, "BAD_REQUEST"],
  ] as const) {
    test(`${what}: ${status} ${code}`, async (t) => {
      const { rig } = await openFleet(t);
      const answer = await rig.app.inject(`/v1/explain?${query}`);
      assert.deepEqual([answer.statusCode, answer.json<{ code: string }>().code], [status, code]);
    });
  }
  test("is answered so often and no more", async (t) => {
    const { rig } = await openFleet(t);
    const ask = () => rig.app.inject(`/v1/explain?${EAST}`);
    const answers = await Promise.all(Array.from({ length: 60 }, ask));
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    assert.ok(refused.length > 0);
    assert.equal(refused[0]?.json<{ code: string }>().code, "STEER_TOO_OFTEN");
    assert.ok(Number(refused[0]?.headers["retry-after"]) >= 1);
  });
});

test("where no source is named the first one is meant", async (t) => {
  const origin = await openContentServer(t);
  const rig = await openSteeringRig(t, { sources: new Map([["films", origin.url]]) });
  await rig.join("east-1", "east", origin.url);
  const explained = await rig.app.inject("/v1/explain?path=/vod/film/master.m3u8");
  assert.equal(explained.statusCode, 200);
  assert.equal(explained.json<{ source: string }>().source, "films");
});
