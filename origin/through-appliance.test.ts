/** A live channel as viewers get it: through an appliance, started as the program that it is. */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type ApplianceStatus, STATUS_PATH } from "../appliance/contract/appliance-status.ts";
import { buildOriginApp } from "./app.ts";
import { LIVE_POLICY } from "./config.ts";
import { openMediaFolder } from "./library/media-folder.rig.ts";

const APPLIANCE = join(import.meta.dirname, "../appliance/main.ts");
const PLAYLIST = "/live/night/v/index.m3u8";
/** Long enough that the test's own time does not matter. */
const SEGMENT_SECONDS = 10;
const SEGMENT_MS = SEGMENT_SECONDS * 1000;
const NOON = LIVE_POLICY.epochWallMs + 6_000 * SEGMENT_MS;

type Asked = { readonly path: string; readonly tag: string | undefined; status: number };

type Rig = {
  readonly origin: {
    /** In the order in which the requests came. */
    readonly asked: readonly Asked[];
    /** Holds every request back until the promise is kept. */
    holdUntil(release: Promise<unknown>): void;
    /** How far the channel's day has gone on since noon. */
    setTime(ms: number): void;
    close(): Promise<unknown>;
  };
  readonly edge: string;
};

async function startRig(t: TestContext, segmentSeconds = SEGMENT_SECONDS): Promise<Rig> {
  const undoing: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const undo of undoing.toReversed()) await undo();
  });
  const folder = await openMediaFolder();
  undoing.push(folder.remove);
  const seconds = Array.from({ length: 6 }, () => segmentSeconds);
  await folder.writeTitle("one", { v: seconds });
  await folder.writeTitle("two", { v: seconds });
  await folder.writeChannel("night", {});

  const { library, channels } = await folder.read();
  const asked: Asked[] = [];
  let held: Promise<unknown> = Promise.resolve();
  let wallMs = NOON;
  const app = await buildOriginApp({
    library,
    manifests: new Map(),
    channels,
    siteFolder: folder.path,
    neighbours: { steering: null, fleet: null, edges: [] },
    sources: "self",
    selfUrl: () => "",
    wallNow: () => wallMs,
  });
  app.addHook("onRequest", async (request, reply) => {
    const one: Asked = { path: request.url, tag: request.headers["if-none-match"], status: 0 };
    asked.push(one);
    reply.raw.once("finish", () => {
      one.status = reply.statusCode;
    });
    await held;
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  undoing.push(() => app.close());

  const edge = fork(
    APPLIANCE,
    ["--id", "east-1", "--region", "east", "--port", "0", "--origin", url],
    { silent: true, env: {} },
  );
  undoing.push(() => ended(edge));
  const [message] = await once(edge, "message");
  return {
    origin: {
      asked,
      holdUntil: (release) => {
        held = release;
      },
      setTime: (ms) => {
        wallMs = NOON + ms;
      },
      close: () => app.close(),
    },
    edge: message.url,
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function get(url: string) {
  const response = await fetch(url, { cache: "no-store" });
  return {
    status: response.status,
    cacheStatus: response.headers.get("cache-status") ?? "",
    maxAge: /max-age=(\d+)/.exec(response.headers.get("cache-control") ?? "")?.[1],
    text: await response.text(),
  };
}

const newestIn = (playlist: string) => /(\d+)\.m4s\n$/.exec(playlist)?.[1];

/** Resolves once the appliance answers so many requests at the same time. */
async function untilActive(edge: string, requests: number): Promise<void> {
  for (;;) {
    const status = (await (await fetch(edge + STATUS_PATH)).json()) as ApplianceStatus;
    if (status.report.activeRequests >= requests) return;
  }
}

async function untilFailing(url: string): Promise<void> {
  while ((await get(url)).status < 500) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("a live playlist through an appliance", { timeout: 30_000 }, () => {
  test("is kept while it is the newest, and asked for anew when it is not", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.setTime(0);
    const first = await get(edge + PLAYLIST);
    const second = await get(edge + PLAYLIST);
    assert.equal(first.maxAge, "10");
    assert.equal(newestIn(first.text), "5999");
    assert.match(second.cacheStatus, /; hit; /);
    assert.equal(second.text, first.text);
    assert.equal(origin.asked.length, 1);
  });

  test("moves on in time, revalidated in between", async (t) => {
    const { origin, edge } = await startRig(t);
    const newest: (string | undefined)[] = [];
    for (const ms of [9_500, 9_600, 19_500, 19_600]) {
      origin.setTime(ms);
      newest.push(newestIn((await get(edge + PLAYLIST)).text));
    }
    assert.deepEqual(newest, ["5999", "5999", "6000", "6000"]);
    assert.deepEqual(
      origin.asked.map(
        ({ tag, status }) => `${tag === undefined ? "new" : "conditional"} ${status}`,
      ),
      ["new 200", "conditional 304", "conditional 200", "conditional 304"],
    );
  });

  test("asked for by many at once, reaches the origin once", async (t) => {
    const { origin, edge } = await startRig(t);
    const crowd = () => Array.from({ length: 20 }, () => get(edge + PLAYLIST));
    for (const [ms, newest] of [
      [9_500, "5999"],
      [9_600, "5999"],
      [19_500, "6000"],
    ] as const) {
      const before = origin.asked.length;
      const gate = Promise.withResolvers<void>();
      origin.holdUntil(gate.promise);
      origin.setTime(ms);
      const answers = crowd();
      await untilActive(edge, answers.length);
      gate.resolve();
      for (const { text } of await Promise.all(answers)) assert.equal(newestIn(text), newest);
      assert.equal(origin.asked.length - before, 1, `at ${ms} ms`);
    }
  });

  test("outlives the origin by one segment, and then is an error rather than frozen", async (t) => {
    const { origin, edge } = await startRig(t, 1);
    origin.setTime(500);
    const { text, maxAge } = await get(edge + PLAYLIST);
    assert.equal(maxAge, "0");
    await origin.close();
    const stale = await get(edge + PLAYLIST);
    assert.deepEqual([stale.status, stale.text], [200, text]);
    assert.match(stale.cacheStatus, /detail=stale-if-error/);
    await untilFailing(edge + PLAYLIST);
  });

  test("a segment asked for too early is there as soon as it is shown", async (t) => {
    const { origin, edge } = await startRig(t);
    const segment = `${edge}/live/night/v/6000.m4s`;
    origin.setTime(9_000);
    assert.equal((await get(segment)).status, 404);
    // Half a second before it is listed; less than a second before that, nothing was kept.
    origin.setTime(9_450);
    assert.equal((await get(segment)).status, 404);
    origin.setTime(9_500);
    const shown = await get(segment);
    assert.deepEqual([shown.status, shown.text], [200, "one v 0"]);
    assert.match((await get(segment)).cacheStatus, /; hit; /);
  });
});
