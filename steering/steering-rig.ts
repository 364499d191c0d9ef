/**
 * For tests: a steering service on a clock of its own, an origin and appliances that are real small
 * servers on free ports, and the few verbs that stories about them need.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { ApplianceReport } from "../appliance/contract/appliance-status.ts";
import { buildSteeringApp } from "./app.ts";
import { APPLIANCES_PATH, appliancePath, heartbeatPath } from "./contract/appliance-lease.ts";
import type { FleetView } from "./contract/fleet-view.ts";
import { FLEET_PATH } from "./contract/fleet-view.ts";
import { playPath } from "./contract/play.ts";
import type { SteeringManifest } from "./contract/steering-manifest.ts";
import { STEERING_MANIFEST_PATH } from "./contract/steering-manifest.ts";
import { PROFILES } from "./profiles.ts";
import type { SteeringOptions } from "./steering-options.ts";

const TOKEN = "a-token-of-the-fleet";
export const PATH = "/vod/film/master.m3u8";
/** As long as a path may be. */
export const LONG_PATH = `/${"p".repeat(1_018)}.m3u8`;
export const PROBE_PATH = "/synthetic/65536/probe";
const TICK_MS = 1_000;

const PLAYLIST = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",DEFAULT=YES,AUTOSELECT=YES,STABLE-RENDITION-ID="en",URI="audio/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=100000,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=426x240,AUDIO="sound",STABLE-VARIANT-ID="low"
low/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=960x540,AUDIO="sound",STABLE-VARIANT-ID="high"
high/index.m3u8
`;

/** What a server does with every request. */
export type Behaviour =
  | "serve"
  | "fail-503"
  | "gone-404"
  | "wrong-bytes"
  | "cut-short"
  | "silent"
  /** A few bytes at once, and no more. */
  | "drip"
  /** As usual, and no page of another origin may read it. */
  | "no-cors"
  | "redirect";

export type ContentServer = {
  readonly url: string;
  readonly requests: string[];
  /** Of the pages that asked, by their own word. */
  readonly origins: Set<string>;
  behaviour: Behaviour;
  playlist: string;
  /** Texts at other paths. */
  readonly lists: Map<string, string>;
  /** Resolves with the next request. */
  untilAsked(): Promise<unknown>;
  stop(): Promise<void>;
};

export async function openContentServer(t: TestContext): Promise<ContentServer> {
  const requests: string[] = [];
  const origins = new Set<string>();
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    if (request.headers.origin !== undefined) origins.add(request.headers.origin);
    if (content.behaviour !== "no-cors") response.setHeader("access-control-allow-origin", "*");
    switch (content.behaviour) {
      case "silent":
        return;
      case "fail-503":
        response.writeHead(503).end();
        return;
      case "gone-404":
        response.writeHead(404).end();
        return;
      case "redirect":
        response.writeHead(302, { location: "http://127.0.0.1:9/elsewhere" }).end();
        return;
      default:
    }
    if (request.url === PATH || request.url === LONG_PATH) {
      response.writeHead(200, { "cache-control": "max-age=2" }).end(content.playlist);
    } else if (request.url === PROBE_PATH) {
      const body = Buffer.alloc(65_536, content.behaviour === "wrong-bytes" ? "x" : "o");
      const right = createHash("sha256").update(Buffer.alloc(65_536, "o")).digest("base64");
      response.writeHead(206, {
        "content-range": "bytes 0-65535/65536",
        "content-length": 65_536,
        etag: `"${right}"`,
      });
      if (content.behaviour === "cut-short")
        response.write(body.subarray(0, 9), () => response.destroy());
      else if (content.behaviour === "drip") response.write(body.subarray(0, 9));
      else response.end(body);
    } else if (content.lists.has(request.url ?? "")) {
      response.writeHead(200).end(content.lists.get(request.url ?? ""));
    } else {
      response.writeHead(404).end();
    }
  });
  const url = await listen(server);
  const content: ContentServer = {
    url,
    requests,
    origins,
    behaviour: "serve",
    playlist: PLAYLIST,
    lists: new Map(),
    untilAsked: () => once(server, "request"),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  t.after(() => content.stop());
  return content;
}

export const REPORT: ApplianceReport = {
  state: "serving",
  activeRequests: 0,
  egressBitsPerSecond: 0,
  capacityBitsPerSecond: 1_000_000_000,
  eventLoopDelayMs: 1,
  ram: { objects: 0, usedBytes: 0, limitBytes: 1 },
  disk: { objects: 0, usedBytes: 0, limitBytes: 1, health: { state: "ok" } },
};

export type SteeringRig = Awaited<ReturnType<typeof openSteeringRig>>;

export async function openSteeringRig(t: TestContext, overrides: Partial<SteeringOptions> = {}) {
  const origin = await openContentServer(t);
  let nowMs = 1;
  const { app, tick, usePathwayFile, notePathwayFileBroken } = await buildSteeringApp({
    policy: PROFILES.demo,
    sources: new Map([["demo", origin.url]]),
    advertisedUrl: () => "http://steering.test",
    token: TOKEN,
    sessionKeys: [Buffer.from("a-session-key-for-tests")],
    probePath: PROBE_PATH,
    now: () => nowMs,
    wallNow: () => 1_700_000_000_000 + nowMs,
    random: () => 0.5,
    onFailedStep: ({ step, error }) => {
      throw new Error(`The step "${step}" of the loop has failed`, { cause: error });
    },
    ...overrides,
  });
  t.after(() => app.close());
  const beating = new Map<string, { incarnation: string; report: ApplianceReport }>();
  let sequence = 0;

  const authorised = { authorization: `Bearer ${TOKEN}` };
  const register = (body: unknown, headers: Record<string, string> = authorised) =>
    app.inject({ method: "POST", url: APPLIANCES_PATH, headers, payload: body as object });
  const heartbeat = (id: string, body: unknown, headers: Record<string, string> = authorised) =>
    app.inject({ method: "PUT", url: heartbeatPath(id), headers, payload: body as object });

  return {
    app,
    origin,
    register,
    heartbeat,
    usePathwayFile,
    notePathwayFileBroken,
    /** Of the last heartbeat that was sent. */
    sequence: () => sequence,
    async beat(id: string, incarnation: string, number: number) {
      const { statusCode } = await heartbeat(id, { incarnation, sequence: number, report: REPORT });
      return { status: statusCode };
    },
    /** Registers once, and no more than that. */
    joinAs: (id: string, region: string, url: string, incarnation = "1") =>
      register({ id, region, url, incarnation, report: REPORT }),
    cancel: (id: string, query = "") =>
      app.inject({ method: "DELETE", url: `${appliancePath(id)}${query}`, headers: authorised }),

    /** As the operator. */
    act: (method: "PUT" | "DELETE", url: string, body?: object) =>
      app.inject({ method, url, headers: authorised, ...(body && { payload: body }) }),

    /** From now on the appliance registers, and sends a heartbeat before every tick. */
    async join(id: string, region: string, url: string, incarnation = "1"): Promise<void> {
      beating.set(id, { incarnation, report: REPORT });
      await register({ id, region, url, incarnation, report: REPORT });
    },
    /** Its heartbeats stop. */
    fallSilent: (id: string) => void beating.delete(id),
    reports(id: string, report: Partial<ApplianceReport>): void {
      const before = beating.get(id);
      if (before !== undefined) beating.set(id, { ...before, report: { ...REPORT, ...report } });
    },

    /** Seconds go by, with heartbeats and one tick each. */
    async pass(seconds: number): Promise<void> {
      for (let second = 0; second < seconds; second += 1) {
        nowMs += TICK_MS;
        for (const [id, { incarnation, report }] of beating) {
          sequence += 1;
          await heartbeat(id, { incarnation, sequence, report });
        }
        await tick(nowMs);
      }
    },
    /** Time goes by, and nothing else. */
    sleep(ms: number): void {
      nowMs += ms;
    },

    play: (region?: string, path = PATH) => app.inject(playPath("demo", path, region)),
    async steeringUri(region = "east", path = PATH): Promise<string> {
      const { payload } = await app.inject(playPath("demo", path, region));
      const uri = /SERVER-URI="http:\/\/steering\.test([^"]+)"/.exec(payload)?.[1];
      if (uri === undefined) throw new Error(`No steering URI in ${payload}`);
      return uri;
    },
    async manifest(uri = STEERING_MANIFEST_PATH): Promise<SteeringManifest> {
      return (await app.inject(uri)).json<SteeringManifest>();
    },
    async states(): Promise<Record<string, string>> {
      const { appliances } = (await app.inject(FLEET_PATH)).json<FleetView>();
      return Object.fromEntries(appliances.map(({ id, health }) => [id, health.state]));
    },
    view: async () => (await app.inject(FLEET_PATH)).json<FleetView>(),
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}
