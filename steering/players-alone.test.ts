/**
 * A story of a crowd that complains of a node that is well: anybody can play a title a dozen times and
 * report what he likes, so what players alone say may move newcomers, and nobody who is there.
 */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Explanation } from "./contract/explanation.ts";
import { PROFILES } from "./profiles.ts";
import { openContentServer, openSteeringRig, PATH } from "./steering-rig.ts";

/** Seconds until a fleet that began together is trusted. */
const SETTLED = { demo: 20, production: 500 } as const;

async function openFleet(t: TestContext, profile: "demo" | "production") {
  const policy = PROFILES[profile];
  const rig = await openSteeringRig(t, { policy });
  for (const id of ["east-1", "east-2", "east-3"]) {
    await rig.join(id, "east", (await openContentServer(t)).url);
  }
  await rig.join("west-1", "west", (await openContentServer(t)).url);
  await rig.pass(SETTLED[profile]);
  const first = async (uri: string) => (await rig.manifest(uri))["PATHWAY-PRIORITY"][0];
  const uri = await rig.steeringUri();
  const accused = (await first(uri)) ?? assert.fail("no pathway");
  const crowd: string[] = [];
  while (crowd.length < policy.reports.minSessions) {
    const token = /session=([^&]+)/.exec(await rig.steeringUri())?.[1];
    crowd.push(token ?? assert.fail("no session"));
  }
  return {
    rig,
    accused,
    first,
    viewerOnIt: `${uri}&_HLS_pathway=${accused}`,
    /** Each of a crowd has seen nothing but failures there. */
    async complain(seconds: number): Promise<void> {
      for (let second = 0; second < seconds; second += 1) {
        for (const token of crowd) {
          await rig.app.inject({
            method: "POST",
            url: `/v1/cmcd?session=${token}`,
            headers: { "content-type": "application/cmcd" },
            payload: `e=rr,ts=${second},rc=0,com.understudy-pathway="${accused}",v=2`,
          });
        }
        await rig.pass(1);
      }
    },
    async accusedHealth() {
      const { appliances } = await rig.view();
      return appliances.find(({ id }) => id === accused)?.health ?? assert.fail("no node");
    },
    async placesOf(viewer: string) {
      const answer = await rig.app.inject(`/v1/explain?path=${PATH}&region=east${viewer}`);
      return answer.json<Explanation>().places;
    },
  };
}

for (const profile of ["demo", "production"] as const) {
  describe(`a crowd that complains of a node whose probes are good (${profile})`, () => {
    test("drives out nobody who is there, and lets newcomers begin beside it", async (t) => {
      const fleet = await openFleet(t, profile);
      assert.equal(await fleet.first(fleet.viewerOnIt), fleet.accused);
      await fleet.complain(12);
      const { state, grade, gradeReason } = await fleet.accusedHealth();
      assert.deepEqual(
        [state, grade, gradeReason],
        ["up", PROFILES[profile].health.players.floor, "failed-requests"],
      );
      assert.equal(await fleet.first(fleet.viewerOnIt), fleet.accused);
      const newcomer = await fleet.first(await fleet.rig.steeringUri());
      assert.match(newcomer ?? "", /^east-/, "not to another region");
      assert.notEqual(newcomer, fleet.accused);
    });
  });
}

test("an explanation says what the complaint is worth, to whom", async (t) => {
  const fleet = await openFleet(t, "demo");
  await fleet.complain(6);
  const healthFor = async (viewer: string) => {
    const places = await fleet.placesOf(viewer);
    const place = places.find(({ id }) => id === fleet.accused);
    const health = place?.components.find(({ name }) => name === "health");
    return [place?.band, health?.points, health?.because];
  };
  assert.deepEqual(await healthFor(""), ["fit", 70, "grade 0.7: failed-requests"]);
  assert.deepEqual(await healthFor(`&current=${fleet.accused}`), [
    "fit",
    100,
    "grade 0.7: failed-requests, and 1 for those who are there",
  ]);
});
