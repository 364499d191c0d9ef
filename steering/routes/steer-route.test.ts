import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import { SteeringManifest } from "../contract/steering-manifest.ts";
import { LONG_PATH, openContentServer, openSteeringRig } from "../steering-rig.ts";

async function rigWithTwo(t: TestContext) {
  const rig = await openSteeringRig(t);
  const box = await openContentServer(t);
  await rig.join("east-1", "east", box.url);
  await rig.join("west-1", "west", box.url);
  await rig.pass(15);
  return rig;
}

describe("the steering manifest", () => {
  test("is kept by no cache, and open to every page", async (t) => {
    const { app } = await rigWithTwo(t);
    const { headers } = await app.inject("/v1/steer/hls");
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["content-type"], "application/vnd.apple.steering-list");
    assert.equal(headers["access-control-allow-origin"], "*");
  });
  test("begins with the pathway that the playlist begins with", async (t) => {
    const rig = await rigWithTwo(t);
    for (const region of ["east", "west"]) {
      const manifest = await rig.manifest(await rig.steeringUri(region));
      assert.equal(manifest["PATHWAY-PRIORITY"][0], `${region}-1`);
    }
  });
  test("is hurried while something happens, and then no more", async (t) => {
    const rig = await openSteeringRig(t);
    const box = await openContentServer(t);
    await rig.join("east-1", "east", box.url);
    const uri = await rig.steeringUri();
    assert.equal((await rig.manifest(uri)).TTL, 1);
    await rig.pass(15);
    assert.equal((await rig.manifest(uri)).TTL, 2);
  });
  test("leads to itself again, with the same session", async (t) => {
    const rig = await rigWithTwo(t);
    let uri = await rig.steeringUri("west");
    for (let reload = 0; reload < 5; reload += 1) {
      const manifest = await rig.manifest(uri);
      assert.equal(manifest["PATHWAY-PRIORITY"][0], "west-1");
      const next = new URL(manifest["RELOAD-URI"] ?? "");
      assert.equal(next.origin, "http://steering.test");
      uri = `${next.pathname}${next.search}`;
      await rig.pass(1);
    }
  });
  test("names only what the session's playlist has", async (t) => {
    const rig = await rigWithTwo(t);
    const uri = await rig.steeringUri();
    const box = await openContentServer(t);
    await rig.join("east-2", "east", box.url);
    await rig.pass(3);
    assert.deepEqual((await rig.manifest(uri))["PATHWAY-PRIORITY"], ["east-1", "west-1"]);
  });
  test("leaves a viewer without a session where it is", async (t) => {
    const rig = await rigWithTwo(t);
    for (const current of ["east-1", "west-1"]) {
      const manifest = await rig.manifest(`/v1/steer/hls?_HLS_pathway=${current}`);
      assert.equal(manifest["PATHWAY-PRIORITY"][0], current);
      assert.equal(manifest["PATHWAY-PRIORITY"].length, 2);
    }
  });
});

describe("whatever is asked, a manifest is answered", () => {
  const long = "x".repeat(3_500);
  for (const query of [
    "",
    "session=",
    "session=rubbish",
    "session=a.b",
    "session=a.b.c",
    `session=${long}`,
    "session=%00",
    "session=a&session=b",
    "session=%zz",
    "_HLS_pathway=east-1",
    "_HLS_pathway=%22east-1%22",
    '_HLS_pathway="east-1"',
    "_HLS_pathway=",
    "_HLS_pathway=%22",
    "_HLS_pathway=nobody",
    "_HLS_pathway=__proto__",
    `_HLS_pathway=${long}`,
    "_HLS_throughput=-1294967296",
    "_HLS_throughput=1e999",
    "_HLS_throughput=NaN",
    "_HLS_throughput=",
    "_HLS_throughput=1&_HLS_throughput=2",
    "__proto__=1&constructor=2",
  ]) {
    test(query.slice(0, 50) || "(nothing)", async (t) => {
      for (const rig of [await rigWithTwo(t), await openSteeringRig(t)]) {
        const response = await rig.app.inject(`/v1/steer/hls?${query}`);
        assert.equal(response.statusCode, 200);
        assert.ok(Value.Check(SteeringManifest, response.json()), response.payload);
      }
    });
  }
  test("a session that is over, or another's, is a new one", async (t) => {
    const rig = await rigWithTwo(t);
    const uri = await rig.steeringUri("west");
    const forged = uri.replace(/.$/, (last) => (last === "A" ? "Q" : "A"));
    assert.ok(Value.Check(SteeringManifest, await rig.manifest(forged)));
    const stranger = await openSteeringRig(t, { sessionKey: Buffer.from("another-key") });
    assert.deepEqual((await stranger.manifest(uri))["PATHWAY-PRIORITY"], ["."]);
    rig.sleep(13 * 3_600_000);
    assert.ok(Value.Check(SteeringManifest, await rig.manifest(uri)));
  });
  test("even the longest session is understood", async (t) => {
    const rig = await openSteeringRig(t);
    const box = await openContentServer(t);
    const region = "e".repeat(32);
    const join = (index: number) => rig.join(`${"e".repeat(62)}-${index}`, region, box.url);
    for (let index = 0; index < 6; index += 1) await join(index);
    const uri = await rig.steeringUri(region, LONG_PATH);
    assert.ok(uri.length < 3_500, `${uri.length} characters`);
    await join(6);
    // A session that was not understood would be told of all seven.
    assert.equal((await rig.manifest(uri))["PATHWAY-PRIORITY"].length, 6);
  });
});
