/** Stories of players of a live MPD, who ask for it again and again. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { pathwayFingerprint } from "./core/session/viewer-session.ts";
import { openContentServer, openSteeringRig, type SteeringRig } from "./steering-rig.ts";

const LIVE = "/live/one/manifest.mpd";
const MPD = [
  '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" minimumUpdatePeriod="PT2S">',
  "<ProgramInformation/><BaseURL>media/</BaseURL><Location>http://origin/other.mpd</Location>",
  '<PatchLocation ttl="60">patch</PatchLocation><ServiceDescription/><Period id="1"/></MPD>',
].join("");

/** A fleet of so many nodes that are well, and a channel. */
async function openChannel(t: TestContext, nodes: number, box?: string) {
  const rig = await openSteeringRig(t);
  const url = box ?? (await openContentServer(t)).url;
  for (let index = 0; index < nodes; index += 1) await rig.join(`n-${index}`, "east", url);
  rig.origin.lists.set(LIVE, MPD);
  await rig.pass(15);
  return { rig, url };
}

/** What a player reads in the MPD that it gets there. */
async function ask({ app }: Pick<SteeringRig, "app">, uri = `/v1/play/demo${LIVE}?region=east`) {
  const { payload, statusCode } = await app.inject(uri);
  assert.equal(statusCode, 200);
  const inside = (pattern: RegExp) => pattern.exec(payload)?.[1] ?? assert.fail(payload);
  const location = inside(/<Location>http:\/\/steering\.test([^<]*)</);
  const token = inside(/session=([^&<]*)/);
  const claims = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
  return {
    payload,
    location,
    steering: inside(/<ContentSteering[^>]*>http:\/\/steering\.test([^<]*)</).replaceAll(
      "&amp;",
      "&",
    ),
    ids: Array.from(payload.matchAll(/serviceLocation="([^"]+)"/g), ([, id = ""]) => id),
    session: (claims as { i: string }).i,
    region: (claims as { r?: string }).r,
  };
}

const viewers = async (rig: SteeringRig) =>
  Object.fromEntries(
    (await rig.view()).appliances
      .map(({ id, viewers: count }) => [id, Math.round(count * 10) / 10] as const)
      .filter(([, count]) => count > 0),
  );

describe("a live MPD", () => {
  test("says where it is asked for again, in the place that the schema has for it", async (t) => {
    const { rig } = await openChannel(t, 2);
    const { payload, location } = await ask(rig);
    assert.match(
      payload,
      /<ProgramInformation\/><BaseURL .*<\/BaseURL>\n<Location>[^<]*<\/Location>\n<ContentSteering .*<\/ContentSteering><ServiceDescription\/>/s,
    );
    assert.match(location, /^\/v1\/play\/demo\/live\/one\/manifest\.mpd\?session=[\w.-]+$/);
    assert.doesNotMatch(payload, /other\.mpd|PatchLocation/);
  });
  test("has an address that is answered, however long its path may be", async (t) => {
    const { rig } = await openChannel(t, 12);
    const path = `/${"p".repeat(1_019)}.mpd`;
    rig.origin.lists.set(path, MPD);
    const start = await ask(rig, `/v1/play/demo${path}`);
    assert.equal((await ask(rig, start.location)).session, start.session);
  });
  test("is that of a film where it does not go on: asked for once", async (t) => {
    const { rig } = await openChannel(t, 2);
    rig.origin.lists.set("/vod/a.mpd", "<MPD><Location>a</Location><Period/></MPD>");
    assert.doesNotMatch((await rig.play("east", "/vod/a.mpd")).payload, /Location>/);
  });
});

describe("a player that refreshes it ten times", () => {
  test("is one viewer, in one place", async (t) => {
    const { rig } = await openChannel(t, 4);
    const start = await ask(rig);
    let { location } = start;
    for (let refresh = 0; refresh < 10; refresh += 1) {
      await rig.pass(2);
      const again = await ask(rig, location);
      assert.deepEqual(
        [again.session, again.ids, again.region],
        [start.session, start.ids, "east"],
      );
      location = again.location;
    }
    await rig.pass(1);
    const counted = await viewers(rig);
    assert.deepEqual(Object.keys(counted), start.ids.slice(0, 1));
    const [count = 0] = Object.values(counted);
    assert.ok(count >= 0.7 && count <= 1, `${count}`);
  });
  test("is no more of a viewer for it where it asks steering too", async (t) => {
    const { rig } = await openChannel(t, 4);
    const { location, steering, ids } = await ask(rig);
    for (let second = 0; second < 10; second += 1) {
      await rig.manifest(`${steering}&_DASH_pathway=${ids[0]}`);
      await ask(rig, location);
      await rig.pass(1);
    }
    const counted = await viewers(rig);
    assert.deepEqual(Object.keys(counted), ids.slice(0, 1));
    const [count = 0] = Object.values(counted);
    assert.ok(count >= 0.7 && count <= 1.1, `${count}`);
  });
  test("keeps its places while others come", async (t) => {
    const { rig } = await openChannel(t, 12);
    const start = await ask(rig);
    for (let refresh = 0; refresh < 10; refresh += 1) {
      for (let newcomer = 0; newcomer < 12; newcomer += 1) await ask(rig);
      await rig.pass(2);
      const again = await ask(rig, start.location);
      assert.equal(again.ids[0], start.ids[0]);
      assert.deepEqual(again.ids.toSorted(), start.ids.toSorted());
    }
  });
  test("is one play, and a title that one viewer wants", async (t) => {
    const { rig } = await openChannel(t, 2);
    const { location } = await ask(rig);
    for (let refresh = 0; refresh < 10; refresh += 1) await ask(rig, location);
    const metrics = (await rig.app.inject("/v1/metrics")).payload;
    assert.match(metrics, /plays_total\{outcome="played"\} 1\n/);
    assert.match(metrics, /plays_total\{outcome="refreshed"\} 10\n/);
  });
  test("is given the same token until half of its time has gone, and then a new one", async (t) => {
    const { rig } = await openChannel(t, 2);
    const start = await ask(rig);
    assert.equal((await ask(rig, start.location)).location, start.location);
    rig.sleep(7 * 3_600_000);
    await rig.pass(1);
    const later = await ask(rig, start.location);
    assert.notEqual(later.location, start.location);
    assert.equal(later.session, start.session);
  });
});

describe("a refreshed MPD", () => {
  test("leads away from a node that has gone", async (t) => {
    const { rig } = await openChannel(t, 3);
    const start = await ask(rig);
    const [first = "", ...others] = start.ids;
    rig.fallSilent(first);
    await rig.cancel(first);
    await rig.pass(2);
    const again = await ask(rig, start.location);
    assert.deepEqual(again.ids.slice(0, 2), others);
    assert.equal(again.session, start.session);
  });
  test("names a node that has joined, and one that has moved at its new address", async (t) => {
    const { rig, url } = await openChannel(t, 2);
    const start = await ask(rig);
    const { url: elsewhere } = await openContentServer(t);
    await rig.join("n-2", "east", url);
    await rig.join("n-1", "east", elsewhere, "2");
    await rig.pass(15);
    const again = await ask(rig, start.location);
    assert.deepEqual(again.ids.toSorted(), ["n-0", "n-1", "n-2"]);
    assert.ok(again.payload.includes(`serviceLocation="n-1">${elsewhere}/live/one/media/<`));
    // Steering knows from now on that the player has both.
    const { "PATHWAY-PRIORITY": priority, "PATHWAY-CLONES": clones = [] } = await rig.manifest(
      again.steering,
    );
    assert.deepEqual([priority.toSorted(), clones], [["n-0", "n-1", "n-2"], []]);
    assert.ok(!priority.includes(`n-1.${pathwayFingerprint(elsewhere)}`));
  });
  test("is that of a new session where the token is none, or one of another title", async (t) => {
    const { rig } = await openChannel(t, 2);
    const start = await ask(rig);
    const token = start.location.split("session=")[1] ?? "";
    const forged = `${token.slice(0, -2)}${token.endsWith("AA") ? "BB" : "AA"}`;
    rig.origin.lists.set("/live/two/manifest.mpd", MPD);
    for (const uri of [
      start.location.replace(token, forged),
      start.location.replace(token, ""),
      start.location.replace(token, "x".repeat(3_500)),
      start.location.replace("/one/", "/two/"),
      `/v1/play/demo${LIVE}?session=a&session=${token}`,
    ]) {
      const { session, region } = await ask(rig, `${uri}&region=west`);
      assert.notEqual(session, start.session);
      assert.equal(region, "west");
    }
  });
  test("comes from any replica", async (t) => {
    const { rig, url } = await openChannel(t, 3);
    const { rig: other } = await openChannel(t, 3, url);
    const start = await ask(rig);
    const again = await ask(other, start.location);
    assert.deepEqual([again.session, again.ids[0]], [start.session, start.ids[0]]);
  });
  test("comes from a replica that does not know all nodes yet, and the session loses none", async (t) => {
    const { rig, url } = await openChannel(t, 3);
    const start = await ask(rig);
    const [home = "", ...others] = start.ids;
    const started = await openSteeringRig(t);
    started.origin.lists.set(LIVE, MPD);
    for (const id of others) await started.join(id, "east", url);
    const again = await ask(started, start.location);
    assert.deepEqual(again.ids.toSorted(), others.toSorted());
    await started.join(home, "east", url);
    await started.pass(15);
    assert.equal((await ask(started, again.location)).ids[0], home);
  });
  test("comes from the stored copy while the source is away", async (t) => {
    const { rig } = await openChannel(t, 2);
    const start = await ask(rig);
    await rig.origin.stop();
    await rig.pass(60);
    assert.equal((await ask(rig, start.location)).session, start.session);
  });
});
