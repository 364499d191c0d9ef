/** The live channel over HTTP: what caches and players are told, at moments that the test chooses. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { buildOriginApp } from "../app.ts";
import { LIVE_POLICY } from "../config.ts";
import { type MediaFolder, openMediaFolder } from "../library/media-folder.rig.ts";

/** A loop of 12 s: `one` has two segments, `two` four. Sound is cut a little later than picture. */
const ONE = { audio: [2.005333, 1.984], v: [2, 2] };
const TWO = { audio: [2.005333, 2.005333, 2.005333, 1.984], v: [2, 2, 2, 2] };
const LOOP_MS = 12_000;
/** A loop long after the epoch begins here: segment 6 000 is about to be shown. */
const NOON = LIVE_POLICY.epochWallMs + 1_000 * LOOP_MS;
const KEPT_MS = (LIVE_POLICY.windowTargets + LIVE_POLICY.lingerTargets) * 2_000;

let folder: MediaFolder;
let app: ServiceApp;
let wallMs = NOON;

before(async () => {
  folder = await openMediaFolder();
  await folder.writeTitle("one", ONE);
  await folder.writeTitle("two", TWO);
  await folder.writeChannel("night", {});
  app = await build();
});
after(async () => {
  await app.close();
  await folder.remove();
});

async function build(sources: "edges" | "self" = "edges"): Promise<ServiceApp> {
  const { library, channels } = await folder.read();
  return buildOriginApp({
    library,
    manifests: new Map(),
    channels,
    siteFolder: folder.path,
    neighbours: { steering: "http://steer", fleet: null, edges: ["http://e1", "http://e2"] },
    sources,
    selfUrl: () => "http://self",
    wallNow: () => wallMs,
  });
}

function getAt(ms: number, path: string, headers: Record<string, string> = {}) {
  wallMs = NOON + ms;
  return app.inject({ url: `/live/night/${path}`, headers });
}

const sha256 = (bytes: Buffer) =>
  `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;

describe("the catalogue", () => {
  const channel = {
    id: "night",
    name: "A Channel",
    synopsis: "What is on.",
    accentColor: "#0000ff",
    titleIds: ["one", "two"],
    poster: "/vod/one/poster.jpg",
  };
  test("has a page for a channel as for a title", async () => {
    await writeFile(join(folder.path, "index.html"), "the page");
    for (const [id, status] of [
      ["night", 200],
      ["one", 200],
      ["dawn", 404],
    ] as const) {
      const { statusCode, body } = await app.inject(`/watch/${id}`);
      assert.deepEqual([statusCode, body], [status, "the page"]);
    }
  });
  test("lists a channel with its sources, best first", async () =>
    assert.deepEqual((await app.inject("/api/catalog")).json().channels, [
      {
        ...channel,
        sources: [
          "http://steer/v1/play/demo/live/night/master.m3u8",
          "http://e1/live/night/master.m3u8",
          "http://e2/live/night/master.m3u8",
        ],
      },
    ]));
  test("names this origin as the only source when told to", async () => {
    const alone = await build("self");
    assert.deepEqual((await alone.inject("/api/catalog")).json().channels, [
      { ...channel, sources: ["http://self/live/night/master.m3u8"] },
    ]);
  });
});

describe("a channel's multivariant playlist", () => {
  test("lists its streams, and may be kept like that of a title", async () => {
    const { headers, body } = await getAt(0, "master.m3u8");
    const vod = await app.inject("/vod/one/master.m3u8");
    assert.match(body, /STABLE-VARIANT-ID="v"\nv\/index\.m3u8\n/);
    assert.equal(headers["cache-control"], vod.headers["cache-control"]);
    assert.equal(headers["content-type"], "application/vnd.apple.mpegurl");
    assert.match(String(headers.etag), /^"[\w-]{27}"$/);
  });
});

describe("a channel's media playlist", () => {
  const path = "v/index.m3u8";

  for (const [ms, maxAge] of [
    [0, 2],
    [1, 1],
    [1_000, 1],
    [1_001, 0],
    [1_999, 0],
    [2_000, 2],
  ] as const) {
    test(`${ms} ms into a segment may be kept for ${maxAge} s`, async () => {
      const { headers } = await getAt(ms, path);
      // While the origin fails: for one more segment at most.
      assert.equal(headers["cache-control"], `public, max-age=${maxAge}, stale-if-error=2`);
    });
  }
  test("has a tag that changes with the list, and with nothing else", async () => {
    const tagAt = async (ms: number) => (await getAt(ms, path)).headers.etag;
    assert.equal(await tagAt(1_999), await tagAt(0));
    assert.notEqual(await tagAt(2_000), await tagAt(0));
    assert.notEqual((await getAt(0, "audio/index.m3u8")).headers.etag, await tagAt(0));
    assert.match(String(await tagAt(0)), /^"[\w-]{27}"$/);
  });
  test("answers 304 as long as nothing is new, with the time that is left", async () => {
    const { headers } = await getAt(0, path);
    const known = { "if-none-match": String(headers.etag) };
    const same = await getAt(500, path, known);
    assert.deepEqual([same.statusCode, same.body], [304, ""]);
    assert.equal(same.headers["cache-control"], "public, max-age=1, stale-if-error=2");
    assert.equal(same.headers.etag, headers.etag);
    const next = await getAt(2_000, path, known);
    assert.equal(next.statusCode, 200);
    assert.match(next.body, /\n6000\.m4s\n$/);
  });
  test("has a HEAD like its GET, and ranges", async () => {
    const { headers, rawPayload } = await getAt(0, path);
    const head = await app.inject({ method: "HEAD", url: `/live/night/${path}` });
    assert.equal(head.body, "");
    assert.equal(head.headers["content-length"], String(rawPayload.length));
    assert.equal(head.headers["repr-digest"], sha256(rawPayload));
    assert.equal(headers["repr-digest"], sha256(rawPayload));
    const part = await getAt(0, path, { range: "bytes=0-6" });
    assert.deepEqual([part.statusCode, part.body], [206, "#EXTM3U"]);
  });
  test("lists only what can be had, the init sections included", async () => {
    for (const ms of [0, 700, 4_000, 11_999]) {
      for (const stream of ["v", "audio"]) {
        const { body } = await getAt(ms, `${stream}/index.m3u8`);
        const names = body.match(/^\d+\.m4s$|(?<=URI=")[^"]+/gm) ?? [];
        assert.ok(names.length >= 20);
        for (const name of names) {
          assert.equal((await getAt(ms, `${stream}/${name}`)).statusCode, 200, name);
        }
      }
    }
  });
  test("is not there before the first channel began", async () => {
    const { statusCode, headers, json } = await getAt(-1_000 * LOOP_MS, path);
    assert.deepEqual([statusCode, json().code], [503, "ORIGIN_NOT_ON_AIR"]);
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["retry-after"], "1");
  });
});

describe("a channel's segment", () => {
  /** The second one of title `two`; it ends 8 s into the loop. */
  const path = "v/6003.m4s";

  test("is the title's own, under a number that is used once", async () => {
    const { statusCode, headers, rawPayload } = await getAt(8_000, path);
    const vod = await app.inject("/vod/two/v/1.m4s");
    assert.equal(statusCode, 200);
    assert.equal(rawPayload.toString(), "two v 1");
    assert.equal(headers["cache-control"], "public, max-age=300, immutable");
    for (const field of ["etag", "repr-digest", "last-modified", "content-type"]) {
      assert.equal(headers[field], vod.headers[field], field);
    }
    const nextLoop = await getAt(8_000 + LOOP_MS, "v/6009.m4s");
    assert.deepEqual(nextLoop.rawPayload, rawPayload);
  });
  test("has a HEAD, ranges and conditions", async () => {
    const { headers } = await getAt(8_000, path);
    const head = await app.inject({ method: "HEAD", url: `/live/night/${path}` });
    assert.deepEqual([head.body, head.headers["content-length"]], ["", "7"]);
    const part = await getAt(8_000, path, { range: "bytes=4-" });
    assert.deepEqual([part.statusCode, part.body], [206, "v 1"]);
    assert.equal(part.headers["content-range"], "bytes 4-6/7");
    const same = await getAt(8_000, path, { "if-none-match": String(headers.etag) });
    assert.equal(same.statusCode, 304);
  });
  for (const [ms, status, maxAge, code] of [
    [-100_000, 404, 10, "ORIGIN_SEGMENT_NOT_YET"],
    [5_400, 404, 2, "ORIGIN_SEGMENT_NOT_YET"],
    [7_499, 404, 0, "ORIGIN_SEGMENT_NOT_YET"],
    // Half a second early: another replica may list it already.
    [7_500, 200, 300, undefined],
    [8_000 + KEPT_MS - 1, 200, 300, undefined],
    [8_000 + KEPT_MS, 404, 10, "ORIGIN_SEGMENT_GONE"],
    [8_000 + 10 * KEPT_MS, 404, 10, "ORIGIN_SEGMENT_GONE"],
  ] as const) {
    test(`that ends at 8 000 ms is answered at ${ms} ms with ${code ?? status}`, async () => {
      const answer = await getAt(ms, path);
      assert.equal(answer.statusCode, status);
      const immutable = status === 200 ? ", immutable" : "";
      assert.equal(answer.headers["cache-control"], `public, max-age=${maxAge}${immutable}`);
      if (code === undefined) return;
      assert.equal(answer.json().code, code);
      assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
    });
  }
});

describe("a channel's init section", () => {
  test("is the title's own, and may be kept for ever", async () => {
    const { headers, body } = await getAt(0, "audio/init-two.mp4");
    assert.equal(body, "two audio init");
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(headers["content-type"], "video/mp4");
  });
});

describe("what is not there", () => {
  for (const [url, status, code] of [
    ["/live/", 404, "ORIGIN_UNKNOWN_CHANNEL"],
    ["/live/nobody/master.m3u8", 404, "ORIGIN_UNKNOWN_CHANNEL"],
    ["/live/one/master.m3u8", 404, "ORIGIN_UNKNOWN_CHANNEL"],
    ["/live/constructor/master.m3u8", 404, "ORIGIN_UNKNOWN_CHANNEL"],
    ["/live/night", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/v", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/w/index.m3u8", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/w/6000.m4s", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/v/06000.m4s", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    // Decoded they would name what is there: a second object of the same bytes in every cache.
    ["/live/night/v/%35999.m4s", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/%76/index.m3u8", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/%6eight/master.m3u8", 404, "ORIGIN_UNKNOWN_CHANNEL"],
    ["/live/night/v/-1.m4s", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/v/0.m4s", 404, "ORIGIN_SEGMENT_GONE"],
    ["/live/night/v/999999999999.m4s", 404, "ORIGIN_SEGMENT_NOT_YET"],
    ["/live/night/v/9999999999999.m4s", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/v/init-three.mp4", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/v/init.mp4", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/v/0/index.m3u8", 404, "ORIGIN_UNKNOWN_LIVE_PATH"],
    ["/live/night/..%2f..%2fvod/one/master.m3u8", 400, "BAD_PATH"],
    ["/live//master.m3u8", 400, "BAD_PATH"],
  ] as const) {
    test(`${url}: ${status} ${code}`, async () => {
      wallMs = NOON;
      const response = await app.inject(url);
      assert.deepEqual([response.statusCode, response.json().code], [status, code]);
    });
  }
});
