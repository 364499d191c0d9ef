/** Purging, as the one who publishes sees it: what is asked of the origin afterwards, and what viewers get. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { request } from "undici";
import { selectRange } from "../../kernel/byte-range.ts";
import {
  type ApplianceRig,
  bodyOf,
  cacheStatus,
  heldBody,
  newFolder,
  type OriginRig,
  type RigOptions,
  startAppliance,
  startRig,
  TOKEN,
  until,
  wholeBody,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";
import { MAX_PURGE_TARGETS, PURGE_PATH, type PurgeRequest } from "../contract/purge.ts";

async function startPurgeRig(t: TestContext, options: Partial<RigOptions> = {}) {
  const { origin, edge } = await startRig(t, options);
  return { origin, edge, purge: (body: PurgeRequest) => purge(edge, body) };
}

async function purge(edge: ApplianceRig, body: PurgeRequest) {
  const { statusCode, body: answer } = await ask(edge, JSON.stringify(body));
  assert.equal(statusCode, 200);
  const { purged, mode } = (await answer.json()) as { purged: number; mode: string };
  // The wall clock has moved on by the time that anybody hears of it.
  edge.pass(1);
  return `${mode} ${purged}`;
}

function ask(edge: ApplianceRig, body: string, token = TOKEN) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return request(edge.url + PURGE_PATH, { method: "POST", headers, body });
}

async function getAll(edge: ApplianceRig, ...paths: readonly string[]) {
  for (const path of paths) assert.equal((await edge.get(path)).status, 200);
}

/** What the origin is asked when these are asked for once more. */
async function askedAgain(origin: OriginRig, edge: ApplianceRig, ...paths: readonly string[]) {
  const before = origin.asked.length;
  await getAll(edge, ...paths);
  return origin.asked.slice(before).map((line) => line.replace("GET ", ""));
}

describe("what is purged is asked of the origin again, and nothing else", () => {
  const paths = ["/vod/a/1", "/vod/a/2", "/vod/b/1", "/vod/a/1?v=2"];
  for (const [target, purged, again] of [
    [{ path: "/vod/a/1" }, 1, ["/vod/a/1"]],
    [{ url: "https://any.example/vod/a/1?v=2" }, 1, ["/vod/a/1?v=2"]],
    [{ prefix: "/vod/a/" }, 3, ["/vod/a/1", "/vod/a/2", "/vod/a/1?v=2"]],
    [{ path: ["/vod/a/2", "/vod/b/1"] }, 2, ["/vod/a/2", "/vod/b/1"]],
    [{ tag: "title-b" }, 1, ["/vod/b/1"]],
    [{ tag: ["season 1", "none"] }, 1, ["/vod/a/2"]],
    [{ path: "/never/seen" }, 0, []],
  ] as const) {
    test(JSON.stringify(target), async (t) => {
      const { origin, edge, purge } = await startPurgeRig(t);
      origin.on("/vod/b/1", wholeBody(100, { "surrogate-key": "vod title-b" }));
      origin.on("/vod/a/2", wholeBody(100, { "cache-tag": "title a, season 1" }));
      await getAll(edge, ...paths);
      assert.equal(await purge(structuredClone(target) as PurgeRequest), `hard ${purged}`);
      assert.deepEqual(await askedAgain(origin, edge, ...paths), again);
      assert.deepEqual(await askedAgain(origin, edge, ...paths), []);
    });
  }

  test("a second time, there is nothing left to purge", async (t) => {
    const { edge, purge } = await startPurgeRig(t);
    await getAll(edge, "/a");
    assert.equal(await purge({ path: "/a" }), "hard 1");
    assert.equal(await purge({ path: "/a" }), "hard 0");
  });

  test("from disk as from RAM, and for good", async (t) => {
    const folder = await newFolder(t);
    const { origin, edge, purge } = await startPurgeRig(t, { folder });
    await getAll(edge, "/a", "/b");
    await until(() => edge.appliance.status().report.disk.objects === 2);
    assert.equal(await purge({ path: "/a" }), "hard 1");
    assert.equal(edge.appliance.status().report.disk.objects, 1);
    await edge.close();
    const next = await startAppliance(t, { origin: origin.url, folder });
    assert.deepEqual(await askedAgain(origin, next, "/a", "/b"), ["/a"]);
  });

  test("every variant of it", async (t) => {
    const { origin, edge, purge } = await startPurgeRig(t);
    origin.on("/a", wholeBody(100, { vary: "accept-language" }));
    for (const language of ["en", "de"]) {
      await edge.get("/a", { "accept-language": language });
      assert.match(cacheStatus(await edge.get("/a", { "accept-language": language })), /; hit/);
    }
    await purge({ path: "/a" });
    for (const language of ["en", "de"]) {
      assert.match(cacheStatus(await edge.get("/a", { "accept-language": language })), /; fwd=/);
    }
  });
});

describe("an object that is kept in slices", () => {
  const SIZE_BYTES = 5_500;
  const SLICES = { sliceAboveBytes: 4_000, sliceBytes: 1_000 };

  async function startSlicedRig(t: TestContext) {
    const fills = { ...policiesOf("demo").fills, ...SLICES };
    const rig = await startPurgeRig(t, { policies: { fills } });
    publish(rig.origin, "v1");
    const { bytes } = await rig.edge.get("/film");
    assert.ok(bytes.equals(bodyOf("v1", SIZE_BYTES)));
    return rig;
  }

  /** An origin that knows ranges, from which another version comes from now on. */
  function publish(origin: OriginRig, version: string) {
    const body = bodyOf(version, SIZE_BYTES);
    origin.on("/film", ({ headers }, response) => {
      const fields = {
        "cache-control": "max-age=60",
        "accept-ranges": "bytes",
        "surrogate-key": "films",
        etag: `"${version}"`,
      };
      const selection = selectRange(headers.range, body.length);
      if (selection.kind !== "part") {
        response.writeHead(200, { ...fields, "content-length": body.length }).end(body);
        return;
      }
      const { first, last } = selection.range;
      const part = body.subarray(first, last + 1);
      const range = { "content-range": `bytes ${first}-${last}/${body.length}` };
      response.writeHead(206, { ...fields, ...range, "content-length": part.length }).end(part);
    });
  }

  for (const target of [{ path: "/film" }, { prefix: "/fi" }, { tag: "films" }]) {
    test(`goes with all its slices by ${Object.keys(target)}`, async (t) => {
      const { origin, edge, purge } = await startSlicedRig(t);
      await until(() => edge.appliance.status().report.ram.objects === 7);
      assert.equal(await purge(target), "hard 7");
      assert.equal(edge.appliance.status().report.ram.objects, 0);
      publish(origin, "v2");
      assert.ok((await edge.get("/film")).bytes.equals(bodyOf("v2", SIZE_BYTES)));
    });
  }

  test("is asked after when it is next wanted, where it was purged softly", async (t) => {
    const { origin, edge, purge } = await startSlicedRig(t);
    await purge({ path: "/film", soft: true });
    publish(origin, "v2");
    for (let round = 0; round < 2; round += 1) {
      assert.ok((await edge.get("/film")).bytes.equals(bodyOf("v2", SIZE_BYTES)));
    }
  });
});

describe("what is purged softly", () => {
  test("is revalidated when it is next asked for", async (t) => {
    const { origin, edge, purge } = await startPurgeRig(t);
    await getAll(edge, "/a");
    origin.on("/a", (request, response) => {
      assert.equal(request.headers["if-none-match"], '"v1"');
      response.writeHead(304, { "cache-control": "max-age=60", etag: '"v1"' }).end();
    });
    assert.equal(await purge({ path: "/a", soft: true }), "soft 1");
    assert.match(cacheStatus(await edge.get("/a")), /fwd=stale; fwd-status=304/);
    assert.match(cacheStatus(await edge.get("/a")), /; hit; ttl=60/);
  });

  test("is still there while the origin fails, where the origin said so", async (t) => {
    const { origin, edge, purge } = await startPurgeRig(t);
    origin.on("/a", wholeBody(100, { "cache-control": "max-age=60, stale-if-error=60" }));
    await getAll(edge, "/a");
    await purge({ path: "/a", soft: true });
    origin.on("/a", (_, response) => response.writeHead(500).end());
    const answer = await edge.get("/a");
    assert.equal(answer.status, 200);
    assert.match(cacheStatus(answer), /detail=stale-if-error/);
  });

  test("is stale on disk too, and after a restart", async (t) => {
    const folder = await newFolder(t);
    const { origin, edge, purge } = await startPurgeRig(t, { folder });
    await getAll(edge, "/a", "/b");
    await until(() => edge.appliance.status().report.disk.objects === 2);
    await purge({ path: "/a", soft: true });
    await edge.close();
    const next = await startAppliance(t, { origin: origin.url, folder });
    assert.match(cacheStatus(await next.get("/b")), /; hit/);
    assert.match(cacheStatus(await next.get("/a")), /fwd=stale/);
  });

  test("is gone where it is purged for good after all", async (t) => {
    const { origin, edge, purge } = await startPurgeRig(t);
    await getAll(edge, "/a");
    await purge({ path: "/a", soft: true });
    assert.equal(await purge({ path: "/a" }), "hard 1");
    assert.deepEqual(await askedAgain(origin, edge, "/a"), ["/a"]);
  });
});

describe("an answer that was under way when its object was purged", () => {
  for (const soft of [false, true]) {
    test(`goes to those who wait, and is not kept (${soft ? "soft" : "hard"})`, async (t) => {
      const { origin, edge, purge } = await startPurgeRig(t);
      const body = bodyOf("/a", 1_000);
      const held = heldBody(origin, "/a", { "content-length": body.length });
      const running = edge.get("/a");
      const response = await held;
      await purge({ path: "/a", soft });
      response.end(body);
      assert.ok((await running).bytes.equals(body));
      origin.on("/a", wholeBody(1_000, { etag: '"v2"' }));
      const answer = await edge.get("/a");
      assert.equal(answer.headers["etag"], '"v2"');
      assert.match(cacheStatus(await edge.get("/a")), /; hit/);
    });
  }

  test("is not joined by those who come after the purge", async (t) => {
    const { origin, edge, purge } = await startPurgeRig(t);
    const body = bodyOf("/a", 1_000);
    const held = heldBody(origin, "/a", { "content-length": body.length });
    const running = edge.get("/a");
    const response = await held;
    await purge({ path: "/a" });
    origin.on("/a", wholeBody(1_000, { etag: '"v2"' }));
    assert.equal((await edge.get("/a")).headers["etag"], '"v2"');
    response.end(body);
    assert.ok((await running).bytes.equals(body));
    assert.equal((await edge.get("/a")).headers["etag"], '"v2"');
  });
});

describe("a purge is refused", () => {
  for (const [flaw, body, code] of [
    ["without a target", "{}", "EDGE_BAD_PURGE"],
    ["with two", '{"path":"/a","tag":"b"}', "EDGE_BAD_PURGE"],
    ["of a path that is none", '{"path":"/../a"}', "EDGE_BAD_PURGE"],
    ["with a field that nobody knows", '{"path":"/a","hard":true}', "BAD_REQUEST"],
    ["that is not JSON", "purge /a", "BAD_REQUEST"],
    [
      "of too many targets at once",
      JSON.stringify({ path: Array(MAX_PURGE_TARGETS + 1).fill("/a") }),
      "BAD_REQUEST",
    ],
  ] as const) {
    test(flaw, async (t) => {
      const { edge } = await startPurgeRig(t);
      const { statusCode, body: answer } = await ask(edge, body);
      assert.equal(statusCode, 400);
      assert.equal(((await answer.json()) as { code: string }).code, code);
    });
  }

  test("without the token, and purges nothing", async (t) => {
    const { origin, edge } = await startPurgeRig(t);
    await getAll(edge, "/a");
    const { statusCode, body } = await ask(edge, '{"path":"/a"}', "wrong-token");
    assert.equal(statusCode, 401);
    await body.dump();
    assert.deepEqual(await askedAgain(origin, edge, "/a"), []);
  });
});
