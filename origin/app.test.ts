import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import type { ServiceApp } from "../chassis/service-app.ts";
import { buildOriginApp } from "./app.ts";
import { readLibrary } from "./library/read-library.ts";

const SEGMENT = Buffer.from("0123456789".repeat(100));
const POLICY = { maxFiles: 100, maxTitleFileBytes: 4_096 };
const SYNTHETIC = { maxSizeBytes: 1e9, maxDigestBytes: 1e6, digestsKept: 10 };
const EDGES = ["http://127.0.0.1:4111", "http://127.0.0.1:4112"];

let folder: string;
let app: ServiceApp;
let warnings: { title: string; reason: string }[];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "understudy-origin-"));
  await writeTitle("a-film", {});
  await writeFile(join(folder, "secret.m3u8"), "outside every title");
  await symlink(join(folder, "secret.m3u8"), join(folder, "titles/a-film/link.m3u8"));
  await symlink(folder, join(folder, "titles/a-film/up"));
  await writeTitle("no-year", { year: "soon" });
  await writeTitle("misnamed", { id: "other" });
  await writeTitle("not-json", "{");
  await writeTitle("too-long", { synopsis: "x".repeat(POLICY.maxTitleFileBytes) });
  await writeTitle("no-poster", { poster: "lost.jpg" });
  ({ app, warnings } = await build());
});
after(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

async function writeTitle(id: string, facts: object | string): Promise<void> {
  const path = join(folder, "titles", id);
  await mkdir(join(path, "video"), { recursive: true });
  const title = {
    id,
    title: "A Film",
    synopsis: "What happens.",
    year: 2026,
    genre: "Drama",
    durationSeconds: 60,
    accentColor: "#00ff00",
    language: "zxx",
  };
  const description = typeof facts === "string" ? facts : JSON.stringify({ ...title, ...facts });
  await writeFile(join(path, "title.json"), description);
  await writeFile(join(path, "master.m3u8"), "#EXTM3U\n");
  await writeFile(join(path, "poster.jpg"), "picture");
  await writeFile(join(path, "video/init.mp4"), "");
  await writeFile(join(path, "video/1.m4s"), SEGMENT);
}

async function build(sources: "edges" | "self" = "edges") {
  const found: { title: string; reason: string }[] = [];
  const library = await readLibrary({
    folder: join(folder, "titles"),
    policy: POLICY,
    warn: (warning) => found.push(warning),
  });
  const built = await buildOriginApp({
    library,
    manifests: new Map(),
    channels: [],
    wallNow: () => 1_800_000_000_000,
    siteFolder: join(folder, "site"),
    neighbours: { steering: "http://127.0.0.1:4101", fleet: null, edges: EDGES },
    sources,
    selfUrl: () => "http://127.0.0.1:4100",
    synthetic: SYNTHETIC,
  });
  return { app: built, warnings: found };
}

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });
const sha256 = (bytes: Buffer) =>
  `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;

describe("the catalogue", () => {
  test("lists a title with its poster and its sources, best first", async () => {
    const { titles } = (await get("/api/catalog")).json();
    assert.deepEqual(titles, [
      {
        id: "a-film",
        title: "A Film",
        synopsis: "What happens.",
        year: 2026,
        genre: "Drama",
        durationSeconds: 60,
        accentColor: "#00ff00",
        poster: "/vod/a-film/poster.jpg",
        sources: [
          "http://127.0.0.1:4101/v1/play/demo/vod/a-film/master.m3u8",
          "http://127.0.0.1:4111/vod/a-film/master.m3u8",
          "http://127.0.0.1:4112/vod/a-film/master.m3u8",
        ],
      },
    ]);
  });
  test("names this origin as the only source when told to", async () => {
    const alone = await build("self");
    const { titles } = (await alone.app.inject("/api/catalog")).json();
    assert.deepEqual(titles[0].sources, ["http://127.0.0.1:4100/vod/a-film/master.m3u8"]);
  });
  test("leaves out each broken title with one warning", () =>
    assert.deepEqual(
      warnings.map(({ title }) => title),
      ["misnamed", "no-poster", "no-year", "not-json", "too-long"],
    ));
  test("lists no channel where there is none", async () =>
    assert.deepEqual((await get("/api/catalog")).json().channels, []));
  test("recommends what it has", async () =>
    assert.deepEqual((await get("/api/recommendations")).json().rows, [
      { heading: "Newest first", titleIds: ["a-film"] },
    ]));
  test("names the neighbours", async () =>
    assert.deepEqual((await get("/api/neighbours")).json(), {
      steering: "http://127.0.0.1:4101",
      fleet: null,
      edges: EDGES,
    }));
});

describe("a file of a title", () => {
  const path = "/vod/a-film/video/1.m4s";

  test("is sent whole, with what caches and players need", async () => {
    const { statusCode, headers, rawPayload } = await get(path);
    assert.equal(statusCode, 200);
    assert.deepEqual(rawPayload, SEGMENT);
    assert.equal(headers["content-type"], "video/iso.segment");
    assert.equal(headers["content-length"], "1000");
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(headers["accept-ranges"], "bytes");
    assert.equal(headers["repr-digest"], sha256(SEGMENT));
    assert.match(String(headers.etag), /^"[\w-]{27}"$/);
    assert.ok(Date.parse(String(headers["last-modified"])) <= Date.now());
    assert.equal(headers["access-control-allow-origin"], "*");
    assert.match(String(headers["access-control-expose-headers"]), /Repr-Digest/);
  });
  test("is sent in part, with the digest of the whole", async () => {
    const { statusCode, headers, body } = await get(path, { range: "bytes=10-14" });
    assert.equal(statusCode, 206);
    assert.equal(body, "01234");
    assert.equal(headers["content-range"], "bytes 10-14/1000");
    assert.equal(headers["content-length"], "5");
    assert.equal(headers["repr-digest"], sha256(SEGMENT));
  });
  test("has a HEAD like its GET, without the body", async () => {
    const { statusCode, headers, body } = await app.inject({ method: "HEAD", url: path });
    assert.deepEqual([statusCode, headers["content-length"], body], [200, "1000", ""]);
    assert.equal(headers["repr-digest"], sha256(SEGMENT));
  });
  // A range has a meaning for GET alone (RFC 9110 §14.2).
  for (const range of ["bytes=10-14", "bytes=1000-"]) {
    test(`has a HEAD that ignores ${range}`, async () => {
      const head = await app.inject({ method: "HEAD", url: path, headers: { range } });
      assert.deepEqual([head.statusCode, head.headers["content-length"]], [200, "1000"]);
      assert.equal(head.headers["content-range"], undefined);
    });
  }
  test("answers 304 to its own tag and to its own date", async () => {
    const { headers } = await get(path);
    for (const condition of [
      { "if-none-match": String(headers.etag) },
      { "if-modified-since": String(headers["last-modified"]) },
    ]) {
      const again = await get(path, condition);
      assert.deepEqual([again.statusCode, again.body], [304, ""]);
      assert.equal(again.headers.etag, headers.etag);
      assert.equal(again.headers["cache-control"], headers["cache-control"]);
    }
  });
  test("answers a range beyond its end with its size", async () => {
    const { statusCode, headers, json } = await get(path, { range: "bytes=1000-" });
    assert.equal(statusCode, 416);
    assert.equal(headers["content-range"], "bytes */1000");
    assert.equal(json().code, "ORIGIN_RANGE_NOT_SATISFIABLE");
  });
  test("may be empty", async () => {
    const { statusCode, headers, body } = await get("/vod/a-film/video/init.mp4");
    assert.deepEqual([statusCode, headers["content-length"], body], [200, "0", ""]);
  });
  test("is kept for a short time only if it is a playlist", async () => {
    const { headers } = await get("/vod/a-film/master.m3u8");
    assert.match(String(headers["cache-control"]), /^public, max-age=60, stale-while-revalidate=/);
    assert.equal(headers["content-type"], "application/vnd.apple.mpegurl");
  });
  test("is refused once it is no longer what its digest says", async () => {
    await writeTitle("changing", {});
    const { app: later } = await build();
    const url = "/vod/changing/video/1.m4s";
    assert.equal((await later.inject(url)).statusCode, 200);
    await writeFile(join(folder, "titles/changing/video/1.m4s"), "other bytes");
    const refused = await later.inject(url);
    assert.deepEqual([refused.statusCode, refused.json().code], [500, "ORIGIN_FILE_CHANGED"]);
    assert.equal(refused.headers["cache-control"], "no-store");
    const part = await later.inject({ url, headers: { range: "bytes=0-4" } });
    assert.deepEqual([part.statusCode, part.headers["content-range"]], [500, undefined]);
    await rm(join(folder, "titles/changing"), { recursive: true });
    assert.equal((await later.inject(url)).json().code, "ORIGIN_FILE_CHANGED");
  });
  test("longer than one read is streamed, whole and in part", async () => {
    await writeTitle("long", {});
    const bytes = Buffer.alloc(3 * 1024 * 1024, "abcdefg");
    await writeFile(join(folder, "titles/long/video/1.m4s"), bytes);
    const { app: later } = await build();
    const url = "/vod/long/video/1.m4s";
    assert.deepEqual((await later.inject(url)).rawPayload, bytes);
    const part = await later.inject({ url, headers: { range: "bytes=5-2500000" } });
    assert.deepEqual(part.rawPayload, bytes.subarray(5, 2_500_001));
    await rm(join(folder, "titles/long"), { recursive: true });
  });
});

describe("what is not there", () => {
  for (const [url, status, code] of [
    ["/vod/", 404, "ORIGIN_UNKNOWN_TITLE"],
    ["/vod/nobody/master.m3u8", 404, "ORIGIN_UNKNOWN_TITLE"],
    ["/vod/not-json/master.m3u8", 404, "ORIGIN_UNKNOWN_TITLE"],
    ["/vod/a-film", 404, "ORIGIN_UNKNOWN_PATH"],
    ["/vod/a-film/", 404, "ORIGIN_UNKNOWN_PATH"],
    ["/vod/a-film/video", 404, "ORIGIN_UNKNOWN_PATH"],
    ["/vod/a-film/title.json", 404, "ORIGIN_UNKNOWN_PATH"],
    ["/vod/a-film/link.m3u8", 404, "ORIGIN_UNKNOWN_PATH"],
    ["/vod/a-film/up/secret.m3u8", 404, "ORIGIN_UNKNOWN_PATH"],
    ["/vod/a-film%2f..%2f..%2fsecret.m3u8", 400, "BAD_PATH"],
    ["/vod/a-film/..%5c..%5csecret.m3u8", 400, "BAD_PATH"],
    ["/vod//etc/passwd", 400, "BAD_PATH"],
    ["/vod/a-film/%00", 400, "BAD_PATH"],
    ["/vod/constructor/x", 404, "ORIGIN_UNKNOWN_TITLE"],
    ["/synthetic/-1/a", 404, "ORIGIN_BAD_SYNTHETIC"],
    ["/synthetic/01/a", 404, "ORIGIN_BAD_SYNTHETIC"],
    ["/synthetic/1e3/a", 404, "ORIGIN_BAD_SYNTHETIC"],
    ["/synthetic/1000000001/a", 404, "ORIGIN_BAD_SYNTHETIC"],
    ["/synthetic/99999999999999999999/a", 404, "ORIGIN_BAD_SYNTHETIC"],
    ["/synthetic/10/a%20b", 404, "ORIGIN_BAD_SYNTHETIC"],
    ["/synthetic/10", 404, "ORIGIN_NOT_FOUND"],
    ["/api/nothing", 404, "ORIGIN_NOT_FOUND"],
    ["/nothing.html", 404, "ORIGIN_NOT_FOUND"],
  ] as const) {
    test(`${url}: ${status} ${code}`, async () => {
      const response = await get(url);
      assert.deepEqual([response.statusCode, response.json().code], [status, code]);
    });
  }
});

test("what leads out of the folder is refused, over a real socket", async (t) => {
  const { app: listening } = await build();
  t.after(() => listening.close());
  const { port } = new URL(await listening.listen({ host: "127.0.0.1", port: 0 }));
  for (const path of [
    "/vod/a-film/../../secret.m3u8",
    "/vod/a-film/%2e%2e/%2e%2e/secret.m3u8",
    "/vod/a-film/..%2f..%2fsecret.m3u8",
    "http://elsewhere/vod/a-film/master.m3u8",
  ]) {
    // Unlike `fetch`, this sends the target as it stands.
    const [response] = await once(request({ host: "127.0.0.1", port, path }).end(), "response");
    assert.equal(response.statusCode, 400, path);
    assert.partialDeepStrictEqual(await json(response), { code: "BAD_PATH" }, path);
  }
});

describe("a synthetic object", () => {
  test("is as long as asked for, with a strong tag and the digest of its bytes", async () => {
    const { headers, rawPayload } = await get("/synthetic/700000/load-7");
    assert.equal(rawPayload.length, 700_000);
    assert.equal(headers["content-length"], "700000");
    assert.equal(headers.etag, '"synthetic-1-700000-load-7"');
    assert.equal(headers["repr-digest"], sha256(rawPayload));
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
  });
  test("gives each range as it stands in the whole", async () => {
    const { rawPayload: whole } = await get("/synthetic/700000/x");
    for (const [first, last] of [
      [0, 0],
      [262_143, 262_145],
      [1, 600_001],
      [699_999, 699_999],
    ] as const) {
      const part = await get("/synthetic/700000/x", { range: `bytes=${first}-${last}` });
      assert.equal(part.statusCode, 206);
      assert.deepEqual(part.rawPayload, whole.subarray(first, last + 1));
    }
  });
  test("carries no digest when it is too large to have one made", async () => {
    const { headers } = await get("/synthetic/1000000000/big", { range: "bytes=999999990-" });
    assert.equal(headers["repr-digest"], undefined);
    assert.equal(headers["content-range"], "bytes 999999990-999999999/1000000000");
  });
  test("may be empty, and asked for by HEAD", async () => {
    assert.equal((await get("/synthetic/0/x")).body, "");
    const { headers } = await app.inject({ method: "HEAD", url: "/synthetic/1000000000/x" });
    assert.equal(headers["content-length"], "1000000000");
  });
});

describe("the site", () => {
  const page = "<!doctype html><title>Understudy</title>";

  test("says in a sentence that it is not built", async () => {
    for (const url of ["/", "/watch/a-film"]) {
      const { statusCode, body } = await get(url);
      assert.equal(statusCode, 503);
      assert.match(body, /npm run build:site/);
    }
  });
  test("is served once it is built, under every address of its pages", async () => {
    await mkdir(join(folder, "site/assets"), { recursive: true });
    await writeFile(join(folder, "site/index.html"), page);
    await writeFile(join(folder, "site/assets/app-1234.js"), "0");
    await writeFile(join(folder, "site/.env"), "secret");
    await symlink(join(folder, "secret.m3u8"), join(folder, "site/leak.txt"));
    for (const url of ["/", "/watch/a-film", "/watch/a-film/", "/?from=tests"]) {
      const { statusCode, headers, body } = await get(url);
      assert.deepEqual([statusCode, body, headers["cache-control"]], [200, page, "no-cache"], url);
    }
    const { headers } = await get("/assets/app-1234.js");
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
    assert.match(String(headers["content-type"]), /javascript/);
    for (const url of ["/.env", "/leak.txt", "/assets/", "/assets/none.js", "/watch/a/b"]) {
      assert.equal((await get(url)).statusCode, 404, url);
    }
  });
  test("shows the page, with 404, for what is not in the catalogue", async () => {
    for (const url of ["/watch/anything", "/watch/no-year/?buffer=8", "/watch/a-film%20"]) {
      const { statusCode, body } = await get(url);
      assert.deepEqual([statusCode, body], [404, page], url);
    }
  });
  test("tells a browser that nothing is at an address, with a page and 404", async () => {
    const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (const url of ["/nothing", "/watch", "/watch/a/b", "/nothing/here/?at=1.5"]) {
      const { statusCode, headers, body } = await get(url, { accept });
      assert.deepEqual([statusCode, body], [404, page], url);
      assert.match(String(headers["content-security-policy"]), /default-src/);
      assert.match(String(headers["vary"]), /Accept/);
      assert.equal((await get(url)).json().code, "ORIGIN_NOT_FOUND");
    }
    for (const url of ["/.env", "/assets/none.js", "/nothing.m3u8"]) {
      assert.equal((await get(url, { accept })).json().code, "ORIGIN_NOT_FOUND");
    }
  });
  test("may fetch media from other ports of this machine, and play it from memory", async () => {
    const policy = String((await get("/")).headers["content-security-policy"]);
    assert.match(policy, /connect-src [^;]*http:\/\/127\.0\.0\.1:\*/);
    assert.match(policy, /media-src [^;]*blob:/);
    assert.match(policy, /worker-src [^;]*blob:/);
    assert.doesNotMatch(policy, /script-src [^;]*unsafe|upgrade-insecure-requests/);
  });
});

test("a folder of titles that cannot be read is an error of its own", async () => {
  const reading = readLibrary({ folder: join(folder, "none"), policy: POLICY, warn: () => {} });
  await assert.rejects(reading, { name: "LibraryError" });
});
