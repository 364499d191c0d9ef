/**
 * Our player and our steering: both as they are, in one process.
 *
 * A box that answers steering's probes may still fail its viewers, and then nobody but they can say so. The
 * fault is on the viewers' way: their requests for media to one box are refused, and steering's are not.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../player/contract/player-options.ts";
import { DEFAULT_REPORT_POLICY } from "../player/contract/report-options.ts";
import { Reporter } from "../player/report/reporter.ts";
import { FailoverTransport } from "../player/transport/failover-transport.ts";
import { settled } from "../player/transport/wire.rig.ts";
import { playPath } from "../steering/contract/play.ts";
import {
  type ContentServer,
  openContentServer,
  openSteeringRig,
  PATH,
  type SteeringRig,
} from "../steering/steering-rig.ts";

const STEERING = "http://steering.test";
const SEGMENTS = ["1.m4s", "2.m4s", "3.m4s", "4.m4s"];
const MEDIA_PLAYLIST = `#EXTM3U
#EXT-X-TARGETDURATION:2
${SEGMENTS.map((name) => `#EXTINF:2,\n${name}`).join("\n")}
#EXT-X-ENDLIST
`;

async function settledFleet(t: TestContext, ids = ["east-1", "east-2", "east-3"]) {
  const rig = await openSteeringRig(t);
  const boxes = new Map<string, ContentServer>();
  const join = async (id: string) => {
    const box = await openContentServer(t);
    box.lists.set("/vod/film/low/index.m3u8", MEDIA_PLAYLIST);
    for (const name of SEGMENTS) box.lists.set(`/vod/film/low/${name}`, name.repeat(2_000));
    boxes.set(id, box);
    await rig.join(id, "east", box.url);
  };
  for (const id of ids) await join(id);
  await rig.pass(15);
  return { rig, boxes, join };
}

/** Our player's transport and reporter, whose requests for segments to one box come to nothing. */
async function openViewer(rig: SteeringRig, isRefused: (url: URL) => boolean) {
  let nowMs = 1;
  let asked: Promise<unknown> = Promise.resolve();
  const world = {
    fetch: async (input: RequestInfo | URL, init: RequestInit = {}) => {
      const url = new URL(String(input));
      if (url.origin === STEERING) {
        const answer = askSteering(rig, url, init);
        asked = answer;
        return await answer;
      }
      if (url.pathname.endsWith(".m4s") && isRefused(url)) throw new TypeError("fetch failed");
      return await fetch(url, init);
    },
    now: () => nowMs,
    wallNow: () => 1_700_000_000_000 + nowMs,
    random: () => 0.5,
  };
  const reporter: Reporter = new Reporter({
    ...world,
    reports: {},
    policy: DEFAULT_REPORT_POLICY,
    steeringUri: () => transport.steeringUri,
    facts: () => ({
      bufferMs: 8_000,
      positionMs: 0,
      rate: 1,
      throughputBitsPerSecond: undefined,
      live: undefined,
    }),
  });
  const master = `${STEERING}${playPath("demo", PATH, "east")}`;
  const transport: FailoverTransport = new FailoverTransport({
    ...world,
    onAttempt: (ended) => reporter.noteAttempt(ended),
    sources: [master],
    policy: DEFAULT_FAILOVER_POLICY,
    bufferSeconds: () => 8,
    emit: () => undefined,
  });
  const load = (url: string, kind: "multivariant-playlist" | "media-playlist" | "segment") =>
    transport.load({
      url,
      kind,
      range: undefined,
      headers: {},
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
  const { body } = await load(master, "multivariant-playlist");
  const playlist = /^http.*low\/index\.m3u8$/m.exec(new TextDecoder().decode(body))?.[0];
  assert.ok(playlist);
  await load(playlist, "media-playlist");
  const pass = async () => {
    nowMs += 2_000;
    reporter.tick(nowMs);
    await settled();
  };
  return {
    /** Plays on for so long that steering is asked, and knows what it has answered. */
    isSteered: async () => {
      nowMs += 10_000;
      transport.tick(nowMs);
      await asked;
      await settled();
      return transport.snapshot().pathways.map(({ id }) => id);
    },
    loads: async (name: string) => (await load(new URL(name, playlist).href, "segment")).pathway,
    close: () => transport.close(),
    /** To the end, and until all of it has been reported. */
    watch: async () => {
      const served: string[] = [];
      for (const name of SEGMENTS) {
        const { pathway } = await load(new URL(name, playlist).href, "segment");
        served.push(pathway);
        await pass();
      }
      while (reporter.snapshot.some(({ waiting }) => waiting > 0)) await pass();
      transport.close();
      return { served, reports: reporter.snapshot };
    },
  };
}

async function askSteering(rig: SteeringRig, url: URL, init: RequestInit): Promise<Response> {
  const { statusCode, payload } = await rig.app.inject({
    method: init.method === "POST" ? "POST" : "GET",
    url: `${url.pathname}${url.search}`,
    headers: init.headers as Record<string, string>,
    ...(typeof init.body === "string" && { payload: init.body }),
  });
  return new Response(statusCode === 204 ? null : payload, { status: statusCode });
}

/** What the players say of each node, as `/v1/fleet` tells it. */
async function playersVotes(rig: SteeringRig): Promise<Record<string, string>> {
  const { appliances } = await rig.view();
  return Object.fromEntries(
    appliances.flatMap(({ id, health }) =>
      health.votes
        .filter(({ voice }) => voice === "players")
        .map(({ grade, reason }) => [id, `${grade < 1 ? "bad" : "good"}: ${reason}`]),
    ),
  );
}

test("a box that fails its viewers alone is known by what they report, and avoided", async (t) => {
  const { rig, boxes } = await settledFleet(t);
  const first = (await rig.manifest(await rig.steeringUri()))["PATHWAY-PRIORITY"][0];
  assert.ok(first !== undefined && boxes.has(first));
  const host = new URL(boxes.get(first)?.url ?? "").host;

  for (let viewer = 0; viewer < 3; viewer += 1) {
    const { watch } = await openViewer(rig, (url) => url.host === host);
    const { served, reports } = await watch();
    assert.ok(!served.includes(first), "the viewer does not notice");
    const [{ url, state, dropped, sent } = assert.fail("steering was not told")] = reports;
    assert.match(url, /^http:\/\/steering\.test\/v1\/cmcd\?session=/);
    assert.deepEqual([state, dropped], ["open", 0]);
    assert.ok(sent >= SEGMENTS.length, `${sent} reports were taken`);
  }
  await rig.pass(2);

  const votes = await playersVotes(rig);
  assert.equal(votes[first], "bad: failed-requests");
  const { [first]: _, ...others } = votes;
  assert.ok(Object.values(others).includes("good: served-well"));
  const health = (await rig.view()).appliances.find(({ id }) => id === first)?.health;
  assert.equal(health?.state, "up", "for its probes are good");
  assert.equal(health?.gradeReason, "failed-requests");
  const next = (await rig.manifest(await rig.steeringUri()))["PATHWAY-PRIORITY"];
  assert.notEqual(next[0], first, "the next viewer begins elsewhere");

  await rig.join(first, "east", boxes.get(first)?.url ?? "", "restarted");
  await rig.pass(2);
  assert.equal((await playersVotes(rig))[first], undefined, "of its new life nobody knows yet");
});

test("where nothing fails, the players speak well of the box that serves them", async (t) => {
  const { rig } = await settledFleet(t);
  const served = new Set<string>();
  for (let viewer = 0; viewer < 3; viewer += 1) {
    const { watch } = await openViewer(rig, () => false);
    for (const pathway of (await watch()).served) served.add(pathway);
  }
  await rig.pass(2);
  const votes = await playersVotes(rig);
  assert.deepEqual([...new Set(Object.values(votes))], ["good: served-well"]);
  assert.deepEqual(Object.keys(votes).sort(), [...served].sort());
});

test("a box that joins is known to who plays already, and stays known", async (t) => {
  const { rig, join } = await settledFleet(t, ["east-1", "east-2"]);
  const viewer = await openViewer(rig, () => false);
  await viewer.loads("1.m4s");
  assert.deepEqual((await viewer.isSteered()).toSorted(), ["east-1", "east-2"]);
  await join("east-3");
  await rig.pass(15);
  for (const name of ["2.m4s", "3.m4s"]) {
    assert.equal((await viewer.isSteered()).length, 3);
    await viewer.loads(name);
  }
  for (const id of ["east-1", "east-2"]) {
    await rig.act("PUT", `/v1/appliances/${id}/override`, {
      action: "drain",
      seconds: 600,
      reason: "a test",
    });
  }
  await rig.pass(2);
  const [first = ""] = await viewer.isSteered();
  assert.equal(await viewer.loads("4.m4s"), first);
  assert.ok(!["east-1", "east-2"].includes(first));
  viewer.close();
});

test("a page of another origin may report, and is told so before it does", async (t) => {
  const { rig } = await settledFleet(t);
  const { statusCode, headers } = await rig.app.inject({
    method: "OPTIONS",
    url: "/v1/cmcd?session=x",
    headers: {
      origin: "http://page.test",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    },
  });
  assert.equal(statusCode, 204);
  assert.equal(headers["access-control-allow-origin"], "*");
  assert.match(String(headers["access-control-allow-headers"]), /content-type/i);
});
