/** A whole title is brought into the cache before anybody watches it, within its bandwidth and its hours. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { request } from "undici";
import {
  type ApplianceRig,
  bodyOf,
  heldBody,
  type OriginRig,
  type RigOptions,
  startRig,
  TOKEN,
  until,
  wholeBody,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";
import { FILL_PATH, type FillJobReport } from "../contract/title-fill.ts";

const SEGMENT_BYTES = 131_072;
const PLAYLISTS = ["/t/main.m3u8", "/t/low.m3u8", "/t/high.m3u8", "/t/sound.m3u8"];
const SEGMENTS = ["/t/low-init.mp4", "/t/low-1.ts", "/t/low-2.ts", "/t/high-1.ts", "/t/sound-1.ts"];
const EVERYTHING = [...PLAYLISTS, ...SEGMENTS, "/t/key"];

describe("filling a title", () => {
  test("brings all of it, so that no viewer's request reaches the origin", async (t) => {
    const rig = await startTitleRig(t);
    const job = await finished(rig, await begun(rig, { path: "/t/main.m3u8" }));
    assert.equal(job.state, "done");
    assert.deepEqual(job.failures, []);
    assert.equal(job.objects.known, EVERYTHING.length);
    assert.equal(job.objects.filled, EVERYTHING.length);
    assert.equal(job.objects.skipped, 1);
    assert.equal(rig.origin.asked.length, EVERYTHING.length);
    for (const path of EVERYTHING) assert.equal((await rig.edge.get(path)).status, 200);
    assert.equal(rig.origin.asked.length, EVERYTHING.length);
  });

  test("counts what was there before, and does not ask for it", async (t) => {
    const rig = await startTitleRig(t);
    await rig.edge.get("/t/low-1.ts");
    const job = await finished(rig, await begun(rig, { url: "https://edge.example/t/low.m3u8" }));
    assert.deepEqual([job.objects.known, job.objects.filled, job.objects.alreadyStored], [5, 4, 1]);
  });

  test("leaves out variants above a bandwidth", async (t) => {
    const rig = await startTitleRig(t);
    await finished(rig, await begun(rig, { path: "/t/main.m3u8", maxBandwidth: 1_000 }));
    assert.ok(!rig.origin.asked.includes("GET /t/high.m3u8"));
    assert.ok(rig.origin.asked.includes("GET /t/low-2.ts"));
  });

  test("goes on past what fails, and says why", async (t) => {
    const rig = await startTitleRig(t);
    rig.origin.on("/t/low-1.ts", (_, response) => {
      response.writeHead(200, { "cache-control": "no-store" }).end("x");
    });
    const job = await finished(rig, await begun(rig, { path: ["/t/low.m3u8"] }));
    assert.deepEqual(job.failures, [{ path: "/t/low-1.ts", reason: "not storable: no-store" }]);
    assert.deepEqual([job.objects.filled, job.objects.failed], [4, 1]);
  });

  test("tries again what failed in passing", async (t) => {
    const rig = await startTitleRig(t);
    let failures = 0;
    rig.origin.on("/t/sound-1.ts", (request, response) => {
      failures += 1;
      if (failures > 1) wholeBody(SEGMENT_BYTES)(request, response);
      else response.destroy();
    });
    const begin = await begun(rig, { path: "/t/sound.m3u8" });
    await until(() => failures === 1);
    const job = await finished(rig, begin, 2_000);
    assert.deepEqual([job.objects.filled, job.objects.failed], [2, 0]);
  });

  test("brings a large object slice by slice", async (t) => {
    const fills = {
      ...policiesOf("demo").fills,
      sliceAboveBytes: 4_000,
      sliceBytes: 1_000,
    };
    const rig = await startTitleRig(t, { policies: { fills } });
    const film = bodyOf("/film", 5_500);
    rig.origin.on("/film", ({ headers }, response) => {
      const [, first, last] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? "") ?? [];
      const part = first === undefined ? film : film.subarray(Number(first), Number(last) + 1);
      response.writeHead(first === undefined ? 200 : 206, {
        "accept-ranges": "bytes",
        "cache-control": "max-age=600",
        "content-length": part.length,
        etag: '"v1"',
        ...(first === undefined
          ? {}
          : { "content-range": `bytes ${first}-${last}/${film.length}` }),
      });
      response.end(part);
    });
    const job = await finished(rig, await begun(rig, { path: "/film" }));
    assert.deepEqual([job.objects.known, job.objects.filled, job.objects.failed], [6, 6, 0]);
    const asked = rig.origin.asked.length;
    assert.ok((await rig.edge.get("/film")).bytes.equals(film));
    assert.equal(rig.origin.asked.length, asked);
  });

  test("is no faster than its cap", async (t) => {
    const rig = await startTitleRig(t);
    // One segment a second: a burst of one, and then what time has earned.
    const begin = await begun(rig, { path: "/t/low.m3u8", mebibitsPerSecond: 1 });
    for (let seconds = 0; seconds < 3; seconds += 1) {
      await settled(rig);
      const job = await jobOf(rig, begin.id);
      assert.ok(job.bytes.filled <= (seconds + 2) * SEGMENT_BYTES + 2_000, `${seconds} s`);
      rig.edge.pass(1_000);
    }
    assert.equal((await finished(rig, begin, 1_000)).objects.filled, 5);
  });

  test("begins nothing outside its hours", async (t) => {
    const rig = await startTitleRig(t);
    const now = new Date(rig.edge.clock.wallNow());
    const later = new Date(now.getTime() + 2 * 3_600_000).toISOString().slice(11, 16);
    const muchLater = new Date(now.getTime() + 3 * 3_600_000).toISOString().slice(11, 16);
    const window = { from: later, to: muchLater };
    const begin = await begun(rig, { path: "/t/sound.m3u8", window });
    assert.equal(begin.waitingFor, "window");
    rig.edge.pass(3_600_000);
    await settled(rig);
    assert.deepEqual(rig.origin.asked, []);
    rig.edge.pass(3_600_000);
    const job = await finished(rig, begin);
    assert.equal(job.objects.filled, 2);
  });

  test("leaves the origin to viewers while they keep it busy", async (t) => {
    const fills = { ...policiesOf("demo").fills, idleBelow: 1 };
    const rig = await startTitleRig(t, { policies: { fills } });
    const held = heldBody(rig.origin, "/viewer", { "content-length": 1 });
    const viewer = rig.edge.get("/viewer");
    const response = await held;
    const begin = await begun(rig, { path: "/t/sound.m3u8" });
    assert.equal(begin.waitingFor, "idle-origin");
    response.end("x");
    await viewer;
    assert.equal((await finished(rig, begin)).objects.filled, 2);
  });

  test("is cancelled in mid-object, and its fetch is broken off", async (t) => {
    const rig = await startTitleRig(t);
    const held = heldBody(rig.origin, "/t/sound-1.ts", { "content-length": 1_000_000 });
    const begin = await begun(rig, { path: "/t/sound.m3u8" });
    const response = await held;
    const gone = new Promise((resolve) => response.once("close", resolve));
    const cancelled = await ask(rig, "DELETE", `${FILL_PATH}/${begin.id}`);
    assert.equal(cancelled.body.state, "cancelled");
    await gone;
    rig.edge.pass(10_000);
    assert.equal((await jobOf(rig, begin.id)).state, "cancelled");
    assert.equal(rig.origin.asked.length, 2);
  });
});

describe("what is refused", () => {
  for (const [name, body, expected] of [
    ["no target", {}, "400 EDGE_BAD_FILL"],
    ["two kinds of target", { path: "/a", url: "http://x/a" }, "400 EDGE_BAD_FILL"],
    ["a path that is not served", { path: "/a/../b" }, "400 EDGE_BAD_FILL"],
    ["a path that is none", { path: "a" }, "400 EDGE_BAD_FILL"],
    ["a cap of nothing", { path: "/a", mebibitsPerSecond: 0 }, "400 BAD_REQUEST"],
    ["hours that are none", { path: "/a", window: { from: "25:00", to: "1" } }, "400 BAD_REQUEST"],
    ["what nobody knows", { path: "/a", nonsense: 1 }, "400 BAD_REQUEST"],
  ] as const) {
    test(name, async (t) => {
      const rig = await startTitleRig(t);
      const { status, body: problem } = await ask(rig, "POST", FILL_PATH, body);
      assert.equal(`${status} ${problem.code}`, expected);
    });
  }

  test("one job too many", async (t) => {
    const titleFill = { ...policiesOf("demo").titleFill, maxJobs: 1 };
    const rig = await startTitleRig(t, { policies: { titleFill } });
    void heldBody(rig.origin, "/a");
    await begun(rig, { path: "/a" });
    const { status, body } = await ask(rig, "POST", FILL_PATH, { path: "/b" });
    assert.equal(`${status} ${body.code}`, "429 EDGE_TOO_MANY_FILLS");
  });

  test("a job that nobody knows", async (t) => {
    const rig = await startTitleRig(t);
    for (const method of ["GET", "DELETE"] as const) {
      const { status, body } = await ask(rig, method, `${FILL_PATH}/none`);
      assert.equal(`${status} ${body.code}`, "404 EDGE_UNKNOWN_FILL");
    }
  });

  test("whoever does not bear the token", async (t) => {
    const rig = await startTitleRig(t);
    const { statusCode, body } = await request(rig.edge.url + FILL_PATH, { method: "POST" });
    await body.dump();
    assert.equal(statusCode, 401);
  });
});

type TitleRig = { origin: OriginRig; edge: ApplianceRig };

async function startTitleRig(
  t: Parameters<typeof startRig>[0],
  options: Partial<RigOptions> = {},
): Promise<TitleRig> {
  const { origin, edge } = await startRig(t, options);
  const serveText = (path: string, ...lines: string[]) =>
    origin.on(path, (_, response) => {
      response
        .writeHead(200, { "cache-control": "max-age=600" })
        .end(["#EXTM3U", ...lines].join("\n"));
    });
  serveText(
    "/t/main.m3u8",
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",URI="sound.m3u8"',
    "#EXT-X-STREAM-INF:BANDWIDTH=1000",
    "low.m3u8",
    "#EXT-X-STREAM-INF:BANDWIDTH=5000",
    "high.m3u8",
  );
  const needed = ['#EXT-X-MAP:URI="low-init.mp4"', '#EXT-X-KEY:METHOD=AES-128,URI="key"'];
  serveText("/t/low.m3u8", ...needed, "low-1.ts", "low-2.ts", "#EXT-X-ENDLIST");
  serveText("/t/high.m3u8", "high-1.ts", "http://other.example/2.ts", "#EXT-X-ENDLIST");
  serveText("/t/sound.m3u8", "sound-1.ts", "#EXT-X-ENDLIST");
  for (const path of SEGMENTS) {
    origin.on(path, wholeBody(SEGMENT_BYTES, { "cache-control": "max-age=86400" }));
  }
  return { origin, edge };
}

async function ask(rig: TitleRig, method: "GET" | "POST" | "DELETE", path: string, body?: object) {
  const answer = await request(rig.edge.url + path, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: answer.statusCode,
    body: (await answer.body.json()) as FillJobReport & { code?: string },
  };
}

async function begun(rig: TitleRig, body: object): Promise<FillJobReport> {
  const answer = await ask(rig, "POST", FILL_PATH, body);
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  return answer.body;
}

async function jobOf(rig: TitleRig, id: string): Promise<FillJobReport> {
  return (await ask(rig, "GET", `${FILL_PATH}/${id}`)).body;
}

/** Lets time pass, if any must, until the job is over. */
async function finished(rig: TitleRig, { id }: FillJobReport, stepMs = 0): Promise<FillJobReport> {
  for (;;) {
    const job = await jobOf(rig, id);
    if (job.state !== "running") return job;
    rig.edge.pass(stepMs);
  }
}

/** Resolves when nothing is being fetched. */
function settled(rig: TitleRig): Promise<void> {
  return until(() => rig.edge.appliance.status().fills.active === 0);
}
