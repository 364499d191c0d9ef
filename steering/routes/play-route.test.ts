import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import Hls, { M3U8Parser } from "hls.js";
import { openContentServer, openSteeringRig, PATH } from "../steering-rig.ts";

type Problem = { readonly code: string };

async function rigWithTwo(t: TestContext) {
  const rig = await openSteeringRig(t);
  const [east, west] = [await openContentServer(t), await openContentServer(t)];
  await rig.join("east-1", "east", east.url);
  await rig.join("west-1", "west", west.url);
  return { ...rig, east, west };
}

describe("the playlist", () => {
  test("is one that hls.js reads: every level and every sound, once per pathway", async (t) => {
    const { play, east, west } = await rigWithTwo(t);
    const { payload } = await play("east");
    const base = "http://steering.test/v1/play/demo/vod/film/master.m3u8";
    const parsed = M3U8Parser.parseMasterPlaylist(payload, base);
    assert.equal(parsed.playlistParsingError, null);
    assert.deepEqual(
      parsed.levels.map(({ url, height, attrs }) => [
        attrs["PATHWAY-ID"],
        height,
        attrs["STABLE-VARIANT-ID"],
        url,
      ]),
      [
        ["east-1", 240, "low", `${east.url}/vod/film/low/index.m3u8`],
        ["east-1", 540, "high", `${east.url}/vod/film/high/index.m3u8`],
        ["west-1", 240, "low", `${west.url}/vod/film/low/index.m3u8`],
        ["west-1", 540, "high", `${west.url}/vod/film/high/index.m3u8`],
      ],
    );
    assert.equal(parsed.contentSteering?.pathwayId, "east-1");
    assert.match(parsed.contentSteering?.uri ?? "", /^http:\/\/steering\.test\/v1\/steer\/hls\?/);

    const sounds = M3U8Parser.parseMasterPlaylistMedia(payload, base, parsed).AUDIO ?? [];
    for (const level of parsed.levels) {
      const own = sounds.filter(({ groupId }) => groupId === level.attrs.AUDIO);
      assert.equal(own.length, 1, "a level finds one sound by its group alone");
      assert.equal(new URL(own[0]?.url ?? "").origin, new URL(level.url).origin);
    }
    assert.ok(Hls.version.startsWith("1.7."), "written against this version's parser");
  });
  test("is kept by no cache, and open to every page", async (t) => {
    const { play } = await rigWithTwo(t);
    const { headers } = await play("east");
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["content-type"], "application/vnd.apple.mpegurl");
    assert.equal(headers["access-control-allow-origin"], "*");
  });
  test("begins with the viewer's region", async (t) => {
    const { play } = await rigWithTwo(t);
    assert.match((await play("west")).payload, /CONTENT-STEERING:.*PATHWAY-ID="west-1"/);
    assert.match((await play("east")).payload, /CONTENT-STEERING:.*PATHWAY-ID="east-1"/);
  });
  test("is given for any region, be it nonsense", async (t) => {
    const { app } = await rigWithTwo(t);
    for (const query of ["region=%22", "region=", "region=a&region=b", "region=%zz", "x=1"]) {
      assert.equal((await app.inject(`/v1/play/demo${PATH}?${query}`)).statusCode, 200, query);
    }
  });
  test("lists at most six pathways", async (t) => {
    const rig = await openSteeringRig(t);
    const box = await openContentServer(t);
    for (let index = 0; index < 9; index += 1) await rig.join(`e-${index}`, "east", box.url);
    const { payload } = await rig.play("east");
    assert.equal(payload.match(/low\/index/g)?.length, 6);
  });
});

describe("an MPD", () => {
  const MPD_PATH = "/vod/film/manifest.mpd";
  const withMpd = (t: TestContext, text: string) =>
    openSteeringRig(t, {
      textFetcher: {
        fetchText: async (url) =>
          url.endsWith(MPD_PATH)
            ? { outcome: "text", text, cacheControl: undefined }
            : { outcome: "missing" },
        close: async () => undefined,
      },
    });

  test("has the pathways of the viewer, and leads to steering for DASH", async (t) => {
    const rig = await withMpd(t, "<MPD><Period/></MPD>");
    await rig.join("east-1", "east", "http://one.test");
    await rig.join("west-1", "west", "http://two.test");
    const { payload, headers } = await rig.play("west", MPD_PATH);
    assert.equal(headers["content-type"], "application/dash+xml");
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["access-control-allow-origin"], "*");
    assert.match(payload, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<MPD>/);
    assert.deepEqual(
      Array.from(payload.matchAll(/<BaseURL serviceLocation="(.*)">(.*)</g), ([, id, url]) => [
        id,
        url?.split("<")[0],
      ]),
      [
        ["west-1", "http://two.test/vod/film/"],
        ["east-1", "http://one.test/vod/film/"],
      ],
    );
    assert.match(
      payload,
      /<ContentSteering defaultServiceLocation="west-1" queryBeforeStart="false">http:\/\/steering\.test\/v1\/steer\/dash\?session=/,
    );
  });
  for (const [name, text] of [
    ["a playlist", "#EXTM3U\n"],
    ["broken XML", "<MPD><Period></MPD>"],
    ["an entity bomb", '<!DOCTYPE MPD [<!ENTITY a "b">]><MPD><Period>&a;</Period></MPD>'],
  ] as const) {
    test(`for which the source sends ${name}: 502`, async (t) => {
      const rig = await withMpd(t, text);
      await rig.join("east-1", "east", "http://one.test");
      const response = await rig.play("east", MPD_PATH);
      assert.equal(response.statusCode, 502);
      assert.equal(response.json<Problem>().code, "STEER_BAD_PLAYLIST");
    });
  }
});

describe("bad input", () => {
  for (const [url, status, code] of [
    [`/v1/play/nobody${PATH}`, 404, "STEER_UNKNOWN_SOURCE"],
    [`/v1/play/__proto__${PATH}`, 404, "STEER_UNKNOWN_SOURCE"],
    ["/v1/play/demo/vod/none/master.m3u8", 404, "STEER_UNKNOWN_TITLE"],
    ["/v1/play/demo/vod/film/poster.jpg", 404, "STEER_NOT_A_PLAYLIST_PATH"],
    [`/v1/play/demo/${"x".repeat(1_100)}.m3u8`, 404, "STEER_NOT_A_PLAYLIST_PATH"],
    ["/v1/play/demo", 404, "STEER_UNKNOWN_PATH"],
    ["/v1/play/demo/vod%5c..%5cfilm/master.m3u8", 400, "BAD_PATH"],
    ["/v1/play/demo/vod%2ffilm/master.m3u8", 400, "BAD_PATH"],
    ["/v1/play/demo//evil.test/master.m3u8", 400, "BAD_PATH"],
  ] as const) {
    test(`${url.slice(0, 60)}: ${status} ${code}`, async (t) => {
      const { app } = await rigWithTwo(t);
      const response = await app.inject(url);
      assert.equal(response.statusCode, status);
      assert.equal(response.json<Problem>().code, code);
    });
  }
  for (const [name, playlist] of [
    ["a media playlist", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.m4s\n"],
    ["a page", "<html></html>"],
    ["nothing", ""],
  ] as const) {
    test(`a source that sends ${name}: 502`, async (t) => {
      const { play, origin, east, west } = await rigWithTwo(t);
      origin.playlist = east.playlist = west.playlist = playlist;
      const response = await play("east");
      assert.equal(response.statusCode, 502);
      assert.equal(response.json<Problem>().code, "STEER_BAD_PLAYLIST");
    });
  }
});

describe("the source", () => {
  const asked = ({ requests }: { requests: string[] }) =>
    requests.filter((path) => path === PATH).length;

  test("is asked once, however many viewers come", async (t) => {
    const { play, origin } = await rigWithTwo(t);
    await Promise.all(Array.from({ length: 50 }, () => play("east")));
    await play("west");
    assert.equal(asked(origin), 1);
  });
  test("is asked again once its answer has aged", async (t) => {
    const { play, origin, sleep } = await rigWithTwo(t);
    await play("east");
    sleep(32_001);
    await play("east");
    assert.equal(asked(origin), 2);
  });
  test("may be slow: a slightly old copy is played meanwhile", async (t) => {
    const { play, origin, sleep } = await rigWithTwo(t);
    await play("east");
    origin.behaviour = "silent";
    sleep(2_001);
    assert.equal((await play("east")).statusCode, 200);
  });
  test("may be away for a minute: the last good copy is played", async (t) => {
    const { play, origin, east, west, pass } = await rigWithTwo(t);
    await play("east");
    await origin.stop();
    await pass(60);
    assert.equal((await play("east")).statusCode, 200);
    assert.equal(asked(east) + asked(west), 0, "there was no need to ask them");
  });
  test("may send a page for a playlist: the last good copy is played", async (t) => {
    const { play, origin, pass } = await rigWithTwo(t);
    const before = await play("east");
    origin.playlist = "<html></html>";
    await pass(60);
    assert.equal((await play("east")).payload.length, before.payload.length);
  });
  test("that no longer has the title is believed", async (t) => {
    const { app, play, origin, pass } = await rigWithTwo(t);
    await play("east");
    origin.behaviour = "gone-404";
    await pass(60);
    assert.equal((await app.inject(`/v1/play/demo${PATH}`)).statusCode, 404);
  });
  test("may be away from the beginning: the appliances are asked", async (t) => {
    const { play, origin, east } = await rigWithTwo(t);
    await origin.stop();
    assert.equal((await play("east")).statusCode, 200);
    assert.equal(asked(east), 1);
  });
  test("that redirects is not followed", async (t) => {
    const { play, origin, east, west } = await rigWithTwo(t);
    origin.behaviour = east.behaviour = west.behaviour = "redirect";
    const response = await play("east");
    assert.equal(response.statusCode, 502);
    assert.equal(response.json<Problem>().code, "STEER_SOURCE_UNAVAILABLE");
  });
  test("that fails is not asked by every viewer", async (t) => {
    const { play, origin, east, west } = await rigWithTwo(t);
    origin.behaviour = east.behaviour = west.behaviour = "fail-503";
    for (let viewer = 0; viewer < 20; viewer += 1) {
      assert.equal((await play("east")).statusCode, 502);
    }
    assert.equal(asked(origin), 1);
  });
});
