/** The next segment is there before the viewer asks for it, and the origin is not asked for what is not listed. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type ApplianceRig,
  heldBody,
  type OriginRig,
  type RigOptions,
  startRig,
  until,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";

const ENDED = "#EXT-X-ENDLIST";

describe("a viewer of a title", () => {
  test("finds the next segment there", async (t) => {
    const { origin, edge } = await startTitle(t, ["1.ts", "2.ts", "3.ts", ENDED]);
    await edge.get("/vod/v.m3u8");
    await edge.get("/vod/1.ts");
    await origin.askedTimes(3);
    await until(() => edge.appliance.status().fills.active === 0);
    assert.deepEqual(origin.asked, ["GET /vod/v.m3u8", "GET /vod/1.ts", "GET /vod/2.ts"]);
    await edge.get("/vod/2.ts");
    await origin.askedTimes(4);
    assert.equal(origin.asked[3], "GET /vod/3.ts");
    assert.deepEqual(edge.appliance.status().prefetch, { prefetched: 2, used: 1, wasted: 0 });
  });

  test("who plays on behind another costs the origin nothing", async (t) => {
    const { origin, edge } = await startTitle(t, ["1.ts", "2.ts", ENDED]);
    await edge.get("/vod/v.m3u8");
    await edge.get("/vod/1.ts");
    await origin.askedTimes(3);
    await edge.get("/vod/1.ts");
    await edge.get("/vod/2.ts");
    await edge.get("/vod/2.ts");
    assert.equal(origin.asked.length, 3);
  });

  test("who stops leaves one segment behind, which is counted as wasted", async (t) => {
    const { origin, edge } = await startTitle(t, ["1.ts", "2.ts", ENDED]);
    await edge.get("/vod/v.m3u8");
    await edge.get("/vod/1.ts");
    await origin.askedTimes(3);
    edge.pass(60_001);
    assert.deepEqual(edge.appliance.status().prefetch, { prefetched: 1, used: 0, wasted: 1 });
  });

  test("who seeks away has a slow fetch ahead broken off", async (t) => {
    const { origin, edge } = await startTitle(t, ["1.ts", "2.ts", ENDED]);
    const held = heldBody(origin, "/vod/2.ts", { "content-length": 10 });
    await edge.get("/vod/v.m3u8");
    await edge.get("/vod/1.ts");
    const response = await held;
    const gone = new Promise((resolve) => response.once("close", resolve));
    edge.pass(10_001);
    await gone;
    assert.equal(edge.appliance.status().fills.active, 0);
  });

  test("who comes for it while it is fetched ahead shares the fetch", async (t) => {
    const { origin, edge } = await startTitle(t, ["1.ts", "2.ts", ENDED]);
    const held = heldBody(origin, "/vod/2.ts", { "content-length": 10 });
    await edge.get("/vod/v.m3u8");
    await edge.get("/vod/1.ts");
    const response = await held;
    const answer = edge.get("/vod/2.ts");
    await until(() => edge.appliance.status().report.activeRequests === 1);
    edge.pass(10_001);
    response.end("0123456789");
    assert.equal((await answer).bytes.toString(), "0123456789");
    assert.equal(origin.asked.length, 3);
  });
});

test("a live segment is fetched when the playlist first lists it, and not before", async (t) => {
  const { origin, edge } = await startTitle(t, ["1.ts", "2.ts"]);
  await edge.get("/vod/v.m3u8");
  await edge.get("/vod/2.ts");
  assert.deepEqual(origin.asked, ["GET /vod/v.m3u8", "GET /vod/2.ts"]);
  servePlaylist(origin, ["2.ts", "3.ts"]);
  edge.pass(2_000);
  await edge.get("/vod/v.m3u8");
  await origin.askedTimes(4);
  assert.equal(origin.asked[3], "GET /vod/3.ts");
});

test("nothing is fetched ahead while the origin has enough to do", async (t) => {
  const fills = { ...policiesOf("demo").fills, idleBelow: 1 };
  const { origin, edge } = await startTitle(t, ["1.ts", "2.ts", ENDED], { policies: { fills } });
  await edge.get("/vod/v.m3u8");
  const held = heldBody(origin, "/vod/other", { "content-length": 1 });
  const other = edge.get("/vod/other");
  const response = await held;
  await edge.get("/vod/1.ts");
  response.end("x");
  await other;
  assert.ok(!origin.asked.includes("GET /vod/2.ts"));
});

test("it can be turned off", async (t) => {
  const { origin, edge } = await startTitle(t, ["1.ts", "2.ts", ENDED], { prefetchSegments: 0 });
  await edge.get("/vod/v.m3u8");
  await edge.get("/vod/1.ts");
  await edge.get("/vod/1.ts");
  assert.equal(origin.asked.length, 2);
});

async function startTitle(
  t: Parameters<typeof startRig>[0],
  lines: readonly string[],
  options: Partial<RigOptions> = {},
): Promise<{ origin: OriginRig; edge: ApplianceRig }> {
  const { origin, edge } = await startRig(t, { prefetchSegments: 1, ...options });
  servePlaylist(origin, lines);
  return { origin, edge };
}

function servePlaylist(origin: OriginRig, lines: readonly string[]): void {
  const isEnded = lines.includes(ENDED);
  origin.on("/vod/v.m3u8", (_, response) => {
    response.writeHead(200, {
      "content-type": "application/vnd.apple.mpegurl",
      "cache-control": isEnded ? "max-age=600" : "max-age=1",
    });
    response.end(["#EXTM3U", "#EXT-X-TARGETDURATION:2", ...lines].join("\n"));
  });
}
