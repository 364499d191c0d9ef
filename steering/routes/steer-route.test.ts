import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import { SteeringManifest } from "../contract/steering-manifest.ts";
import { pathwayFingerprint } from "../core/session/viewer-session.ts";
import { LONG_PATH, openContentServer, openSteeringRig, PATH } from "../steering-rig.ts";

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
  test("is hurried, too, when a node falls ill and stays up", async (t) => {
    let firstByteMs = 5;
    const good = { ok: true, reason: "right-bytes", throughputBitsPerSecond: undefined } as const;
    const rig = await openSteeringRig(t, {
      prober: {
        probe: async ({ url }) => ({
          outcome: { ...good, firstByteMs },
          url,
          allowsPages: undefined,
        }),
        fetchReference: async () => ({ kind: "unknown" }),
        close: async () => {},
      },
    });
    await rig.join("east-1", "east", (await openContentServer(t)).url);
    await rig.pass(15);
    const uri = await rig.steeringUri();
    assert.equal((await rig.manifest(uri)).TTL, 2);
    firstByteMs = 60_000;
    await rig.pass(2);
    const [ill] = (await rig.view()).appliances;
    assert.deepEqual([ill?.health.state, Number(ill?.health.grade) < 0.5], ["up", true]);
    assert.equal((await rig.manifest(uri)).TTL, 1);
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
  test("lets a node that joins a running session be reached, as a clone of what it has", async (t) => {
    const rig = await rigWithTwo(t);
    const uri = await rig.steeringUri();
    const box = await openContentServer(t);
    await rig.join("east-2", "east", box.url);
    await rig.pass(3);
    const manifest = await rig.manifest(uri);
    const [clone] = manifest["PATHWAY-CLONES"] ?? [];
    assert.equal(clone?.ID, `east-2.${pathwayFingerprint(box.url)}`);
    assert.deepEqual(clone?.["URI-REPLACEMENT"]["PER-VARIANT-URIS"], {
      low: `${box.url}/vod/film/low/index.m3u8`,
      high: `${box.url}/vod/film/high/index.m3u8`,
    });
    assert.deepEqual(
      [...manifest["PATHWAY-PRIORITY"]].sort(),
      ["east-1", "west-1", clone?.ID].sort(),
    );
    assert.equal(manifest["PATHWAY-PRIORITY"][0], "east-1", "who plays well is left where it is");
  });
  test("takes a node that came back at another address for another pathway", async (t) => {
    const rig = await rigWithTwo(t);
    const uri = await rig.steeringUri();
    const box = await openContentServer(t);
    await rig.join("east-1", "east", box.url, "2");
    await rig.pass(15);
    const clone = `east-1.${pathwayFingerprint(box.url)}`;
    const manifest = await rig.manifest(uri);
    assert.deepEqual(
      manifest["PATHWAY-CLONES"]?.map(({ ID }) => ID),
      [clone],
    );
    assert.equal(manifest["PATHWAY-PRIORITY"].at(-1), "east-1", "nobody is there any more");
    const [first] = (await rig.manifest(`${uri}&_HLS_pathway=${clone}`))["PATHWAY-PRIORITY"];
    assert.equal(first, clone);
  });
  test("offers VHS no clones, which would freeze it", async (t) => {
    const rig = await rigWithTwo(t);
    const uri = new URL(await rig.steeringUri(), "http://steering.test");
    await rig.join("east-2", "east", (await openContentServer(t)).url);
    uri.searchParams.set("_HLS_pathway", "east-1");
    const manifest = await rig.manifest(`${uri.pathname}${uri.search}`);
    assert.deepEqual([...manifest["PATHWAY-PRIORITY"]].sort(), ["east-1", "west-1"]);
    assert.equal("PATHWAY-CLONES" in manifest, false);
  });
  test("has no clones while the playlist is not at hand, and fetches it meanwhile", async (t) => {
    const key = { sessionKeys: [Buffer.from("a-key-that-two-have")] };
    const before = await openSteeringRig(t, key);
    const box = await openContentServer(t);
    await before.join("east-1", "east", box.url);
    const uri = await before.steeringUri();

    const after = await openSteeringRig(t, key);
    await after.join("east-1", "east", box.url);
    await after.join("east-2", "east", (await openContentServer(t)).url);
    await after.pass(15);
    assert.deepEqual((await after.manifest(uri))["PATHWAY-PRIORITY"], ["east-1"]);
    await after.play("east");
    assert.equal((await after.manifest(uri))["PATHWAY-CLONES"]?.length, 1);
    assert.equal(after.origin.requests.filter((path) => path === PATH).length, 1);
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

describe("steering for DASH", () => {
  /** A source of one MPD, and nodes whose addresses have no port. */
  async function dashRig(t: TestContext) {
    const text = "<MPD><Period/></MPD>";
    const rig = await openSteeringRig(t, {
      textFetcher: {
        fetchText: async () => ({ outcome: "text", text, cacheControl: undefined }),
        close: async () => undefined,
      },
    });
    await rig.join("east-1", "east", "http://one.test");
    await rig.join("west-1", "west", "http://two.test");
    const { payload } = await rig.play("east", "/vod/film/manifest.mpd");
    const uri = /<ContentSteering [^>]*>http:\/\/steering\.test([^<]+)</
      .exec(payload)?.[1]
      ?.replaceAll("&amp;", "&");
    assert.ok(uri?.startsWith("/v1/steer/dash?"), payload);
    return { ...rig, uri };
  }

  test("decides as for HLS, and leads to itself again", async (t) => {
    const rig = await dashRig(t);
    const response = await rig.app.inject(`${rig.uri}&_DASH_pathway=%22west-1%2Ceast-1%22`);
    assert.equal(response.headers["content-type"], "application/json; charset=utf-8");
    assert.equal(response.headers["access-control-allow-origin"], "*");
    const manifest = response.json<SteeringManifest>();
    assert.ok(Value.Check(SteeringManifest, manifest));
    assert.deepEqual(manifest["PATHWAY-PRIORITY"], ["east-1", "west-1"]);
    assert.match(
      manifest["RELOAD-URI"] ?? "",
      /^http:\/\/steering\.test\/v1\/steer\/dash\?session=/,
    );
  });
  test("offers a node that joined by its host name", async (t) => {
    const rig = await dashRig(t);
    await rig.join("east-2", "east", "http://three.test");
    const manifest = await rig.manifest(rig.uri);
    const base = manifest["PATHWAY-CLONES"]?.[0]?.["BASE-ID"] ?? "";
    assert.ok(["east-1", "west-1"].includes(base));
    const id = `east-2.${pathwayFingerprint("http://three.test")}`;
    assert.deepEqual(manifest["PATHWAY-CLONES"], [
      { "BASE-ID": base, ID: id, "URI-REPLACEMENT": { HOST: "three.test", PARAMS: {} } },
    ]);
    assert.deepEqual([...manifest["PATHWAY-PRIORITY"]].sort(), ["east-1", id, "west-1"]);
  });
  test("offers none that a host name does not lead to", async (t) => {
    const rig = await dashRig(t);
    await rig.join("east-2", "east", "http://three.test:8080");
    const manifest = await rig.manifest(rig.uri);
    assert.equal("PATHWAY-CLONES" in manifest, false);
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
    "_DASH_pathway=%22east-1,west-1%22&_DASH_throughput=1,",
    "_DASH_pathway=,,,&_DASH_throughput=-1,NaN",
    `_DASH_pathway=${long}`,
    "__proto__=1&constructor=2",
  ]) {
    test(query.slice(0, 50) || "(nothing)", async (t) => {
      for (const rig of [await rigWithTwo(t), await openSteeringRig(t)]) {
        for (const path of ["/v1/steer/hls", "/v1/steer/dash"]) {
          const response = await rig.app.inject(`${path}?${query}`);
          assert.equal(response.statusCode, 200);
          assert.ok(Value.Check(SteeringManifest, response.json()), response.payload);
        }
      }
    });
  }
  test("a session that is over, or another's, is a new one", async (t) => {
    const rig = await rigWithTwo(t);
    const uri = await rig.steeringUri("west");
    const forged = uri.replace(/.$/, (last) => (last === "A" ? "Q" : "A"));
    assert.ok(Value.Check(SteeringManifest, await rig.manifest(forged)));
    const stranger = await openSteeringRig(t, { sessionKeys: [Buffer.from("another-key")] });
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
    // A session that was not understood would be told of all seven by their names.
    const priority = (await rig.manifest(uri))["PATHWAY-PRIORITY"];
    assert.equal(priority.filter((id) => /-\d$/.test(id)).length, 6);
  });
});
