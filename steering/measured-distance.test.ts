/** A story of viewers in a region that has no node: who is near is learned from what they report. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Explanation } from "./contract/explanation.ts";
import { openContentServer, openSteeringRig, PATH } from "./steering-rig.ts";

const TTFB = { "west-1": 190, "north-1": 12 };

async function openFleet(t: TestContext) {
  const rig = await openSteeringRig(t);
  for (const [id, region] of [
    ["west-1", "west"],
    ["north-1", "north"],
  ] as const) {
    await rig.join(id, region, (await openContentServer(t)).url);
  }
  await rig.pass(10);
  const distances = async () => {
    const answer = await rig.app.inject(`/v1/explain?path=${PATH}&region=east`);
    const pointsOf = ({ id, components }: Explanation["places"][number]) =>
      [id, components.find(({ name }) => name === "distance")?.points] as const;
    return Object.fromEntries(answer.json<Explanation>().places.map(pointsOf));
  };
  const report = async (uri: string, times = 1) => {
    const token = /session=([^&]+)/.exec(uri)?.[1];
    const lines = Object.entries(TTFB).flatMap(([id, ms]) =>
      Array.from({ length: times }, () => `cdn="${id}",e=rr,rc=200,ttfb=${ms},v=2`),
    );
    const { statusCode } = await rig.app.inject({
      method: "POST",
      url: `/v1/cmcd?session=${token}`,
      headers: { "content-type": "application/cmcd" },
      payload: lines.join("\n"),
    });
    assert.equal(statusCode, 204);
  };
  return { rig, distances, report };
}

test("what enough viewers measure decides who is near", async (t) => {
  const { rig, distances, report } = await openFleet(t);
  assert.deepEqual(await distances(), { "west-1": 0, "north-1": 0 });
  for (let viewer = 0; viewer < 50; viewer += 1) await report(await rig.steeringUri("east"));
  await rig.pass(1);
  assert.deepEqual(await distances(), { "north-1": -2, "west-1": -38 });
});
test("one viewer alone decides nothing, however often it says so", async (t) => {
  const { rig, distances, report } = await openFleet(t);
  await report(await rig.steeringUri("east"), 80);
  await rig.pass(1);
  assert.deepEqual(await distances(), { "west-1": 0, "north-1": 0 });
});
