/** Detection by a steering service of this very process that notices when it is told to. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { Agent } from "undici";
import { playPath } from "../../steering/contract/play.ts";
import type { DemoFleet } from "../systems/demo-fleet.ts";
import { openSteeringSession } from "../viewers/steering-session.ts";
import { detectFault, type Scene, sitThroughFlapping } from "./detect-fault.ts";
import { DETECTION_CASES } from "./detection-cases.ts";

const NOTICED_AFTER_MS = 300;
const PLAYLIST = `#EXTM3U
#EXT-X-CONTENT-STEERING:SERVER-URI="/v1/steer/hls",PATHWAY-ID="a"
#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="a"
a.m3u8
`;

/** Appliance `a` is first until some time after it broke, and again some time after it was mended. */
async function smallScene(t: TestContext) {
  const acts: string[] = [];
  let isNoticed = false;
  const notice = (act: string, value: boolean) => async (name: string) => {
    acts.push(`${act} ${name}`);
    const timer = setTimeout(() => {
      isNoticed = value;
    }, NOTICED_AFTER_MS);
    t.after(() => clearTimeout(timer));
  };
  const server = createServer(({ url = "" }, response) => {
    if (url.startsWith("/v1/play")) return response.end(PLAYLIST);
    const order = isNoticed ? ["b", "a"] : ["a", "b"];
    if (url.startsWith("/v1/steer")) {
      return response.end(JSON.stringify({ VERSION: 1, TTL: 1, "PATHWAY-PRIORITY": order }));
    }
    const health = { state: isNoticed ? "down" : "up", grade: 1 };
    return response.end(JSON.stringify({ appliances: [{ id: "a", health, admittedShare: 1 }] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const dispatcher = new Agent();
  t.after(async () => {
    await dispatcher.destroy();
    server.close();
    server.closeAllConnections();
  });
  const steeringUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const breaks = notice("breaks", true);
  const heals = notice("heals", false);
  const fleet: DemoFleet = {
    originUrl: "",
    steeringUrl,
    appliances: new Map(),
    act: (name, act) => (act === "kill" ? breaks(name) : heals(name)),
    breaks,
    heals,
    tell: async () => {},
    stop: async () => {},
  };
  const open = () => openSteeringSession(steeringUrl + playPath("demo", "/a.m3u8"), dispatcher);
  const scene: Scene = {
    fleet,
    sessions: [await open(), await open()],
    now: () => performance.now(),
    signal: new AbortController().signal,
  };
  return { scene, acts };
}

describe("detectFault()", () => {
  for (const what of DETECTION_CASES.slice(0, 2)) {
    test(`${what.name}: times the first place, and the return`, async (t) => {
      const { scene, acts } = await smallScene(t);
      const found = await detectFault(scene, what);
      assert.deepEqual(acts, ["breaks a", "heals a"]);
      const leastSeconds = (NOTICED_AFTER_MS - 1) / 1000;
      for (const seconds of Object.values(found)) {
        assert.ok(seconds >= leastSeconds && seconds < 10, JSON.stringify(found));
      }
    });
  }
});

test("sitThroughFlapping(): counts how often the order changed", async (t) => {
  const { scene, acts } = await smallScene(t);
  const changes = await sitThroughFlapping(
    scene,
    (name) => scene.fleet.breaks(name, { fault: "flap", seconds: 1 }),
    0.1,
  );
  assert.deepEqual([changes, acts], [1, ["breaks a"]]);
});
