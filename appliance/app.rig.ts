/**
 * An appliance before a real origin that counts what it is asked, for tests: both listen on port 0,
 * both clocks stand still until the test moves them, and all is gone when the test ends.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as nodeFileSystem from "node:fs/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { TestContext } from "node:test";
import { Agent, type Dispatcher, request } from "undici";
import { seededRandom } from "../kernel/seeded-random.ts";
import { type Appliance, buildAppliance } from "./app.ts";
import { type AppliancePolicies, policiesOf } from "./config.ts";
import type { TlsMaterial } from "./listen/tls-files.ts";
import type { FileSystem } from "./store/file-system.ts";
import { openUpstreams } from "./upstream/upstreams.ts";

export const TOKEN = "the-fleet-token";

export type OriginHandler = (request: IncomingMessage, response: ServerResponse) => void;

export type OriginRig = {
  readonly url: string;
  /** What it was asked, as `GET /path`. */
  readonly asked: readonly string[];
  /** Answers requests for `path` from now on. */
  on(path: string, handler: OriginHandler): void;
  /** Resolves when so many requests have come in all. */
  askedTimes(count: number): Promise<void>;
};

export type Answer = {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData["headers"];
  readonly bytes: Buffer;
};

export type ApplianceRig = {
  readonly url: string;
  readonly port: number;
  readonly appliance: Appliance;
  readonly clock: Clock;
  /** Lets so much time go by, and what falls due in it be done. */
  pass(ms: number): void;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** The code of the problem with which a request is answered. */
  problem(path: string, headers?: Record<string, string>): Promise<string>;
  /** An answer whose body is read piece by piece. */
  open(path: string, headers?: Record<string, string>): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
};

/** Moves both clocks at once. */
export class Clock {
  #nowMs = 1;
  readonly now = () => this.#nowMs;
  readonly wallNow = () => 1_800_000_000_000 + this.#nowMs;
  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

export type RigOptions = {
  readonly id?: string;
  /** Several are separated by commas. */
  readonly origin: string;
  readonly shields?: readonly string[];
  readonly clock?: Clock;
  readonly folder?: string;
  readonly fileSystem?: FileSystem;
  readonly ramBytes?: number;
  readonly prefetchSegments?: number;
  readonly diskBytes?: number;
  readonly steeringUrl?: string;
  readonly capacityBitsPerSecond?: number;
  readonly tls?: TlsMaterial;
  /** Where viewers reach it, if not where it listens. */
  readonly advertise?: string;
  readonly policies?: Partial<AppliancePolicies>;
};

const undoing = new WeakMap<TestContext, (() => Promise<unknown> | unknown)[]>();

/** Runs `undo` when the test ends, the last one first; node:test runs its own hooks first to last. */
export function atEnd(t: TestContext, undo: () => Promise<unknown> | unknown): void {
  const stack = undoing.get(t) ?? [];
  stack.push(undo);
  if (undoing.has(t)) return;
  undoing.set(t, stack);
  t.after(async () => {
    for (const last of stack.toReversed()) await last();
  });
}

export async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "appliance-"));
  atEnd(t, () => rm(folder, { recursive: true }));
  return folder;
}

/** What has come of a body so far, and the rest when it has come. */
export class ReceivedBody {
  readonly #pieces: Buffer[] = [];
  #total = 0;
  #onPiece: (() => void) | undefined;
  /** The whole; rejects where the connection broke before. */
  readonly whole: Promise<Buffer>;

  constructor(body: Readable) {
    body.on("data", (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#total += piece.length;
      this.#onPiece?.();
    });
    this.whole = new Promise((resolve, reject) => {
      body.on("end", () => resolve(Buffer.concat(this.#pieces)));
      body.on("error", reject);
    });
    // It is for the test to ask; a body that the test itself breaks off is no fault.
    this.whole.catch(() => undefined);
  }

  async first(count: number): Promise<Buffer> {
    while (this.#total < count) {
      await new Promise<void>((resolve) => {
        this.#onPiece = resolve;
      });
    }
    return Buffer.concat(this.#pieces).subarray(0, count);
  }
}

/** Bytes that tell where they stand, so that a wrong range is noticed. */
export function bodyOf(path: string, sizeBytes: number): Buffer {
  const body = Buffer.alloc(sizeBytes);
  const random = seededRandom(path);
  for (let at = 0; at + 4 <= sizeBytes; at += 4) body.writeUInt32LE(random() * 2 ** 32, at);
  return body;
}

/** Answers with `bodyOf` the path, fresh for a minute. */
export function wholeBody(sizeBytes: number, fields: Record<string, string> = {}): OriginHandler {
  return (request, response) => {
    const body = bodyOf(request.url ?? "", sizeBytes);
    response.writeHead(200, {
      "cache-control": "max-age=60",
      etag: '"v1"',
      "content-length": body.length,
      ...fields,
    });
    response.end(body);
  };
}

export async function startOrigin(t: TestContext): Promise<OriginRig> {
  const asked: string[] = [];
  const handlers = new Map<string, OriginHandler>();
  const watchers = new Set<() => void>();
  const server = createServer((request, response) => {
    // The appliance's wall clock is the test's, so the real time would make every answer look old.
    response.sendDate = false;
    asked.push(`${request.method} ${request.url}`);
    for (const watch of watchers) watch();
    const path = request.url?.split("?")[0] ?? "";
    (handlers.get(path) ?? wholeBody(10_000))(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, () => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    on: (path, handler) => handlers.set(path, handler),
    askedTimes: (count) =>
      new Promise((resolve) => {
        const watch = () => {
          if (asked.length < count) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
  };
}

export async function startAppliance(t: TestContext, options: RigOptions): Promise<ApplianceRig> {
  const clock = options.clock ?? new Clock();
  const policies = { ...policiesOf("demo"), ...options.policies };
  let url = "";
  const appliance = buildAppliance({
    id: options.id ?? "east-1",
    region: "east",
    policies,
    upstream: openUpstreams({
      origins: options.origin.split(",").map((url) => new URL(url)),
      shields: (options.shields ?? []).map((url) => new URL(url)),
      policy: policies.upstream,
      now: clock.now,
      random: seededRandom("upstream"),
    }),
    prefetchSegments: options.prefetchSegments ?? 0,
    ramBytes: options.ramBytes ?? 64 * 1024 * 1024,
    eviction: "lru",
    admission: "always",
    disk:
      options.folder === undefined
        ? undefined
        : {
            folder: options.folder,
            maxBytes: options.diskBytes ?? 64 * 1024 * 1024,
            fileSystem: options.fileSystem ?? nodeFileSystem,
          },
    capacityBitsPerSecond: options.capacityBitsPerSecond,
    tls: options.tls,
    steeringUrl: options.steeringUrl,
    token: TOKEN,
    url: () => options.advertise ?? url,
    now: clock.now,
    wallNow: clock.wallNow,
    random: seededRandom("rig"),
  });
  url = await appliance.app.listen({ host: "127.0.0.1", port: 0 });
  if (options.tls !== undefined) url = url.replace(/^http:/, "https:");
  await appliance.disk?.settled();
  const client = new Agent({ keepAliveTimeout: 1_000 });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= appliance.close();
    return closed;
  };
  atEnd(t, async () => {
    await client.destroy();
    await close();
  });

  const open: ApplianceRig["open"] = (path, headers = {}) =>
    request(url + path, { headers, dispatcher: client });
  const get: ApplianceRig["get"] = async (path, headers) => {
    const { statusCode, headers: fields, body } = await open(path, headers);
    return { status: statusCode, headers: fields, bytes: Buffer.from(await body.arrayBuffer()) };
  };
  return {
    url,
    port: Number(new URL(url).port),
    appliance,
    clock,
    pass: (ms) => {
      clock.advance(ms);
      appliance.tick(clock.now());
    },
    open,
    get,
    problem: async (path, headers) => {
      const answer = await get(path, headers);
      assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
      return `${answer.status} ${JSON.parse(answer.bytes.toString()).code}`;
    },
    close,
  };
}

export type Rig = { readonly origin: OriginRig; readonly edge: ApplianceRig };

export async function startRig(t: TestContext, options: Partial<RigOptions> = {}): Promise<Rig> {
  const origin = await startOrigin(t);
  return { origin, edge: await startAppliance(t, { origin: origin.url, ...options }) };
}

/** An origin's answer that waits for the test. The promise resolves when the request has come. */
export function heldBody(
  origin: OriginRig,
  path: string,
  fields: Record<string, string | number> = {},
): Promise<ServerResponse> {
  let arrive: (response: ServerResponse) => void;
  const held = new Promise<ServerResponse>((resolve) => {
    arrive = resolve;
  });
  origin.on(path, (_, response) => {
    response.writeHead(200, { "cache-control": "max-age=60", etag: '"v1"', ...fields });
    response.flushHeaders();
    arrive(response);
  });
  return held;
}

export function cacheStatus(answer: { readonly headers: Record<string, unknown> }): string {
  return String(answer.headers["cache-status"]);
}

/** Waits for a condition that no event announces, giving way to everything else in between. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

/** Sends a request exactly as written, which a client would normalise, and reads until the end. */
export async function rawRequest(port: number, head: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("latin1");
  let answer = "";
  socket.on("data", (text: string) => {
    answer += text;
  });
  socket.write(`${head}connection: close\r\n\r\n`);
  await once(socket, "end");
  return answer;
}
