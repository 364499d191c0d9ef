/** Viewers before a small fleet of this very process: a steering service and two pathways. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { Agent } from "undici";
import { watchAlone } from "./headless-viewer.ts";

const SEGMENT = "segment";
const SEGMENT_MS = 20;

type Ways = {
  order: readonly string[];
  /** What pathway `a` sends for a segment. */
  sends: string;
  status: number;
};

async function smallFleet(t: TestContext) {
  const ways: Ways = { order: ["a", "b"], sends: SEGMENT, status: 200 };
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://here");
    asked.push(pathname);
    if (pathname === "/play.m3u8") return response.end(playlistOf(base));
    if (pathname === "/steer") {
      assert.ok(searchParams.get("_HLS_pathway"));
      const next = Number(searchParams.get("next"));
      return response.end(
        JSON.stringify({
          VERSION: 1,
          TTL: 1,
          "RELOAD-URI": `/steer?next=${next + 1}`,
          "PATHWAY-PRIORITY": ways.order,
        }),
      );
    }
    if (pathname.endsWith(".m3u8")) return response.end("#EXTM3U\n#EXTINF:2,\n1.m4s\n");
    const isGood = !pathname.startsWith("/a/");
    response.statusCode = isGood ? 200 : ways.status;
    return response.end(isGood ? SEGMENT : ways.sends);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dispatcher = new Agent();
  t.after(async () => {
    await dispatcher.destroy();
    server.close();
    server.closeAllConnections();
  });
  return { base, ways, asked, dispatcher };
}

function playlistOf(base: string): string {
  const streams = ["a", "b"].flatMap((pathway) =>
    [400_000, 200_000].flatMap((bandwidth) => [
      `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},PATHWAY-ID="${pathway}"`,
      `${base}/${pathway}/${bandwidth}.m3u8`,
    ]),
  );
  const steering = `#EXT-X-CONTENT-STEERING:SERVER-URI="/steer?next=1",PATHWAY-ID="a"`;
  return ["#EXTM3U", steering, ...streams, ""].join("\n");
}

/** What a viewer tells until it has had so many turns. */
async function watchTurns(
  { base, dispatcher }: Awaited<ReturnType<typeof smallFleet>>,
  turns: number,
  onTurn: (turn: number) => void = () => {},
) {
  const told = { pathways: [] as string[], segments: 0, failures: [] as string[] };
  const leaving = new AbortController();
  await watchAlone({
    playUrl: `${base}/play.m3u8`,
    dispatcher,
    now: () => performance.now(),
    signal: leaving.signal,
    segmentMs: SEGMENT_MS,
    // A busy machine is no failure of whom it is asked.
    patienceMs: 10_000,
    segmentBytes: () => SEGMENT.length,
    notes: {
      onAsk(pathway) {
        told.pathways.push(pathway);
        onTurn(told.pathways.length);
        if (told.pathways.length === turns) leaving.abort();
      },
      onSegment: () => (told.segments += 1),
      onManifest: () => {},
      onFailure: (reason) => void told.failures.push(reason),
    },
  });
  return told;
}

describe("watchAlone()", () => {
  test("plays the lowest variant from the first pathway, a segment a turn", async (t) => {
    const fleet = await smallFleet(t);
    const told = await watchTurns(fleet, 5);
    assert.deepEqual([told.segments, told.failures], [5, []]);
    assert.deepEqual([...new Set(told.pathways)], ["a"]);
    assert.equal(fleet.asked.filter((path) => path === "/a/200000.m3u8").length, 1);
    assert.ok(fleet.asked.every((path) => !path.includes("400000")));
  });
  test("goes where steering sends it once its manifest is over, and plays on there", async (t) => {
    const fleet = await smallFleet(t);
    const told = await watchTurns(fleet, 80, (turn) => {
      if (turn === 2) fleet.ways.order = ["unheard-of", "b", "a"];
    });
    assert.deepEqual([...new Set(told.pathways)], ["a", "b"]);
    assert.equal(told.pathways.at(-1), "b");
    assert.deepEqual([told.segments, told.failures], [80, []]);
  });
  for (const [flaw, more, reason] of [
    ["another status", { status: 503 }, /^a answered \/a\/1\.m4s with 503$/],
    ["another length", { sends: "seg" }, /^a sent 3 bytes of \/a\/1\.m4s, which has 7$/],
  ] as const) {
    test(`tries nothing twice: ${flaw} is a failure, each time`, async (t) => {
      const fleet = await smallFleet(t);
      Object.assign(fleet.ways, more);
      const told = await watchTurns(fleet, 3);
      assert.deepEqual([told.segments, told.failures.length], [0, 3]);
      assert.match(told.failures[0] ?? "", reason);
    });
  }
  test("leaves at once where it cannot begin, and says why", async (t) => {
    const fleet = await smallFleet(t);
    const told = await watchTurns({ ...fleet, base: `${fleet.base}/a` }, 1);
    assert.deepEqual(told.failures, [`${fleet.base}/a/play.m3u8 is not steered`]);
  });
});
