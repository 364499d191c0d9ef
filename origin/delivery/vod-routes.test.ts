/** A title's DASH manifest over HTTP; `app.test.ts` has the files. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { buildOriginApp } from "../app.ts";
import { type MediaFolder, openMediaFolder } from "../library/media-folder.rig.ts";

const STREAMS = { audio: [2.005333, 1.984], v: [2, 2] };
const PATH = "/vod/made/manifest.mpd";

let folder: MediaFolder;
let app: ServiceApp;

before(async () => {
  folder = await openMediaFolder();
  await folder.writeBoxedTitle("made", STREAMS);
  await folder.writeBoxedTitle("brought", STREAMS);
  await writeFile(join(folder.path, "titles/brought/manifest.mpd"), "<MPD/>");
  await folder.writeTitle("without", STREAMS);
  app = await build("edges");
});
after(async () => {
  await app.close();
  await folder.remove();
});

async function build(sources: "edges" | "self"): Promise<ServiceApp> {
  const { library } = await folder.read();
  const { manifests } = await folder.makeManifests(library);
  return buildOriginApp({
    library,
    manifests,
    channels: [],
    siteFolder: folder.path,
    neighbours: { steering: "http://steer", fleet: null, edges: ["http://e1"] },
    sources,
    selfUrl: () => "http://self",
    wallNow: () => 1_800_000_000_000,
  });
}

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

describe("a manifest that was made", () => {
  test("is sent whole, with what caches and players need", async () => {
    const { statusCode, headers, rawPayload, body } = await get(PATH);
    const playlist = await get("/vod/made/master.m3u8");
    assert.equal(statusCode, 200);
    assert.match(body, /^<\?xml .*\n<MPD /);
    assert.equal(headers["content-type"], "application/dash+xml");
    assert.equal(headers["content-length"], String(rawPayload.length));
    assert.match(String(headers.etag), /^"[\w-]{27}"$/);
    const digest = createHash("sha256").update(rawPayload).digest("base64");
    assert.equal(headers["repr-digest"], `sha-256=:${digest}:`);
    for (const field of [
      "cache-control",
      "accept-ranges",
      "access-control-allow-origin",
      "access-control-expose-headers",
      "cross-origin-resource-policy",
      "timing-allow-origin",
    ]) {
      assert.equal(headers[field], playlist.headers[field], field);
    }
  });
  test("lists only what can be had", async () => {
    const { body } = await get(PATH);
    const inits = Array.from(body.matchAll(/initialization="([^"]+)"/g), ([, path]) => path);
    const segments = Array.from(body.matchAll(/media="([^"]+)"/g), ([, path]) => path);
    assert.deepEqual(segments, ["v/$Number$.m4s", "audio/$Number$.m4s"]);
    for (const path of [...inits, ...segments.map((one) => one?.replace("$Number$", "0"))]) {
      assert.equal((await get(`/vod/made/${path}`)).statusCode, 200, path);
    }
  });
  test("has a HEAD like its GET, and ranges", async () => {
    const { headers } = await get(PATH);
    const head = await app.inject({ method: "HEAD", url: PATH });
    assert.deepEqual([head.statusCode, head.body], [200, ""]);
    for (const field of ["content-length", "etag", "repr-digest"]) {
      assert.equal(head.headers[field], headers[field], field);
    }
    const part = await get(PATH, { range: "bytes=0-4", "if-range": String(headers.etag) });
    assert.deepEqual([part.statusCode, part.body], [206, "<?xml"]);
  });
  test("answers 304 to its own tag, and 412 to a condition on another", async () => {
    const { headers } = await get(PATH);
    const same = await get(PATH, { "if-none-match": String(headers.etag) });
    assert.deepEqual([same.statusCode, same.body], [304, ""]);
    assert.equal(same.headers.etag, headers.etag);
    const other = await get(PATH, { "if-match": '"other"' });
    assert.deepEqual([other.statusCode, other.json().code], [412, "ORIGIN_PRECONDITION_FAILED"]);
  });
});

test("a manifest that a title brings is sent as it is", async () => {
  const { headers, body } = await get("/vod/brought/manifest.mpd");
  assert.deepEqual([body, headers["content-type"]], ["<MPD/>", "application/dash+xml"]);
});

test("a manifest that could not be made is not there", async () => {
  const { statusCode, json } = await get("/vod/without/manifest.mpd");
  assert.deepEqual([statusCode, json().code], [404, "ORIGIN_UNKNOWN_PATH"]);
});

describe("the catalogue", () => {
  const dashSourcesOf = async (served: ServiceApp) => {
    const { titles } = (await served.inject("/api/catalog")).json();
    return titles.map(({ id, dashSources }: { id: string; dashSources?: string[] }) => [
      id,
      dashSources,
    ]);
  };
  test("names the manifest of each title that has one, best source first", async () => {
    const through = (id: string) => [
      `http://steer/v1/play/demo/vod/${id}/manifest.mpd`,
      `http://e1/vod/${id}/manifest.mpd`,
    ];
    assert.deepEqual(await dashSourcesOf(app), [
      ["brought", through("brought")],
      ["made", through("made")],
      ["without", undefined],
    ]);
  });
  test("names this origin as the only source when told to", async () => {
    const alone = await build("self");
    assert.deepEqual((await dashSourcesOf(alone))[1], [
      "made",
      ["http://self/vod/made/manifest.mpd"],
    ]);
  });
});
