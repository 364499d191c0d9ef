/** One URL, several answers: each client gets the one that its own request selects. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  cacheStatus,
  newFolder,
  type OriginHandler,
  startAppliance,
  startOrigin,
  startRig,
  until,
} from "../app.rig.ts";

/** Answers in the language that it is asked for. */
const inLanguage: OriginHandler = (request, response) => {
  const language = request.headers["accept-language"] ?? "none";
  response.writeHead(200, {
    "cache-control": "max-age=60",
    vary: "Accept-Language, Accept-Encoding",
    etag: `"${language}"`,
  });
  response.end(`in ${language}`);
};

describe("variants", () => {
  test("are kept side by side", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", inLanguage);
    for (const language of ["de", "en", "de", "en"]) {
      const { bytes } = await edge.get("/a", { "accept-language": language });
      assert.equal(bytes.toString(), `in ${language}`);
    }
    assert.equal(origin.asked.length, 2);
    const hit = await edge.get("/a", { "accept-language": "DE" });
    assert.equal(cacheStatus(hit), "east-1; hit; ttl=60; detail=fresh");
    const miss = await edge.get("/a", {});
    assert.equal(cacheStatus(miss), "east-1; fwd=vary-miss; fwd-status=200; stored");
  });

  test("are not mixed up among those who wait for one fetch", async (t) => {
    const { origin, edge } = await startRig(t);
    const held: (() => void)[] = [];
    origin.on("/a", (request, response) => held.push(() => inLanguage(request, response)));
    const languages = ["de", "en", "de", "en", "en"];
    const answers = languages.map((language) => edge.get("/a", { "accept-language": language }));
    await until(() => edge.appliance.status().report.activeRequests === languages.length);
    await until(() => held.length === 1);
    held[0]?.();
    await until(() => held.length === 2);
    held[1]?.();
    const texts = (await Promise.all(answers)).map(({ bytes }) => bytes.toString());
    assert.deepEqual(
      texts,
      languages.map((language) => `in ${language}`),
    );
    assert.equal(origin.asked.length, 2);
  });

  test("are not taken from what was fetched ahead in nobody's name", async (t) => {
    const { origin, edge } = await startRig(t, { prefetchSegments: 1 });
    origin.on("/list.m3u8", (_, response) => {
      response.writeHead(200, { "cache-control": "max-age=60" });
      response.end("#EXTM3U\n#EXTINF:4,\nfirst.ts\n#EXTINF:4,\nnext.ts\n");
    });
    const held: (() => void)[] = [];
    origin.on("/next.ts", (request, response) => {
      if (held.length > 0) inLanguage(request, response);
      else held.push(() => inLanguage(request, response));
    });
    for (const path of ["/list.m3u8", "/first.ts"]) await edge.get(path);
    await origin.askedTimes(3);
    const answer = edge.get("/next.ts", { "accept-language": "de" });
    await until(() => edge.appliance.status().report.activeRequests === 1);
    held[0]?.();
    assert.equal((await answer).bytes.toString(), "in de");
  });

  test("are validated each by its own tag", async (t) => {
    const { origin, edge } = await startRig(t);
    const conditions: (string | undefined)[] = [];
    origin.on("/a", (request, response) => {
      conditions.push(request.headers["if-none-match"]);
      if (request.headers["if-none-match"] === undefined) inLanguage(request, response);
      else response.writeHead(304, { "cache-control": "max-age=60" }).end();
    });
    await edge.get("/a", { "accept-language": "de" });
    await edge.get("/a", { "accept-language": "en" });
    edge.clock.advance(60_000);
    const { bytes } = await edge.get("/a", { "accept-language": "de" });
    assert.equal(bytes.toString(), "in de");
    assert.deepEqual(conditions, [undefined, undefined, '"de"']);
  });

  test("are found again after a restart", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    origin.on("/a", inLanguage);
    const before = await startAppliance(t, { origin: origin.url, folder });
    for (const language of ["de", "en"]) await before.get("/a", { "accept-language": language });
    await before.close();
    const after = await startAppliance(t, { origin: origin.url, folder });
    for (const language of ["de", "en"]) {
      const { bytes } = await after.get("/a", { "accept-language": language });
      assert.equal(bytes.toString(), `in ${language}`);
    }
    assert.equal(origin.asked.length, 2);
  });

  test("give way to an answer that suits everybody", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", inLanguage);
    await edge.get("/a", { "accept-language": "de" });
    origin.on("/a", (_, response) =>
      response.writeHead(200, { "cache-control": "max-age=60" }).end("for all"),
    );
    await edge.get("/a", { "accept-language": "en" });
    assert.equal((await edge.get("/a", { "accept-language": "de" })).bytes.toString(), "for all");
    assert.equal(origin.asked.length, 2);
  });

  for (const [status, fields] of [
    [404, {}],
    [410, { "cache-control": "max-age=60" }],
    [500, { "cache-control": "max-age=5" }],
  ] as const) {
    test(`do not give way to a ${status} that one client's language brings about`, async (t) => {
      const { origin, edge } = await startRig(t);
      origin.on("/a", (request, response) => {
        const isMissing = request.headers["accept-language"] === "xx";
        if (isMissing) response.writeHead(status, fields).end();
        else inLanguage(request, response);
      });
      for (const language of ["de", "en"]) await edge.get("/a", { "accept-language": language });
      assert.equal((await edge.get("/a", { "accept-language": "xx" })).status, status);
      for (const language of ["de", "en"]) {
        const answer = await edge.get("/a", { "accept-language": language });
        assert.equal(answer.bytes.toString(), `in ${language}`);
        assert.match(cacheStatus(answer), /hit/);
      }
      assert.equal((await edge.get("/a", { "accept-language": "fr" })).status, 200);
      assert.equal(origin.asked.length, 4);
    });
  }

  test("are not kept for who says too much, and their index is no answer", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", inLanguage);
    await edge.get("/a", { "accept-language": "de" });
    const long = "x".repeat(2_000);
    for (let time = 0; time < 2; time += 1) {
      const answer = await edge.get("/a", { "accept-language": long });
      assert.equal(answer.bytes.toString(), `in ${long}`);
    }
    assert.equal(origin.asked.length, 3);
    assert.match(cacheStatus(await edge.get("/a", { "accept-language": "de" })), /hit/);
  });

  test("by cookies are nobody else's", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/a", ({ headers }, response) => {
      response.writeHead(200, { "cache-control": "max-age=60", vary: "Cookie" });
      response.end(`for ${headers.cookie}`);
    });
    for (const cookie of ["who=me", "who=you", "who=me"]) {
      assert.equal((await edge.get("/a", { cookie })).bytes.toString(), `for ${cookie}`);
    }
  });
});
