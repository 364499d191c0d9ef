/**
 * The appliance: a Fastify app with its stores, its fills and its lease, built here and started only
 * by main.ts.
 *
 * Whatever happens later happens in `tick`, which one loop calls a few times a second.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { PUBLIC_CORS } from "../chassis/cross-origin.ts";
import { newServiceApp } from "../chassis/service-app.ts";
import type { LogLevel } from "../chassis/settings.ts";
import { readRequestPath } from "../kernel/request-path.ts";
import { registerAdminRoutes } from "./admin/admin-routes.ts";
import type { AppliancePolicies } from "./config.ts";
import {
  APPLIANCE_PREFIX,
  type ApplianceReport,
  type ApplianceStatus,
} from "./contract/appliance-status.ts";
import { cacheKeyOf } from "./core/cache-key.ts";
import { PUBLIC_FIELDS } from "./edge/answer-head.ts";
import type { Edge } from "./edge/edge.ts";
import { serveRequest } from "./edge/serve-request.ts";
import { TrafficMeter } from "./edge/traffic-meter.ts";
import { Loop, MethodNotAllowed } from "./errors.ts";
import { Fills } from "./fill/fills.ts";
import { newSteeringClient } from "./lease/steering-client.ts";
import { SteeringLease } from "./lease/steering-lease.ts";
import { DiskStore } from "./store/disk-store.ts";
import type { FileSystem } from "./store/file-system.ts";
import { RamStore } from "./store/ram-store.ts";
import { Tiers } from "./store/tiers.ts";
import type { Upstream } from "./upstream/upstream.ts";

export type ApplianceOptions = {
  readonly id: string;
  readonly region: string;
  readonly policies: AppliancePolicies;
  readonly upstream: Upstream;
  readonly ramBytes: number;
  readonly disk:
    | { readonly folder: string; readonly maxBytes: number; readonly fileSystem: FileSystem }
    | undefined;
  readonly capacityBitsPerSecond: number;
  readonly steeringUrl: string | undefined;
  readonly token: string | undefined;
  /** Where viewers reach it; known for certain only once it listens. */
  readonly url: () => string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970, for HTTP dates and what outlives the process. */
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly logLevel?: LogLevel;
};

export type Appliance = ReturnType<typeof buildAppliance>;

const NO_FOLDER = { state: "unavailable", reason: "no cache folder is configured" } as const;
const EMPTY_TIER = { objects: 0, usedBytes: 0, limitBytes: 0 };
const EVENT_LOOP_SAMPLE_MS = 10;
const PREFLIGHT_FIELDS = {
  "access-control-allow-methods": PUBLIC_CORS.methods.join(", "),
  "access-control-allow-headers": "*, Authorization",
  "access-control-max-age": String(PUBLIC_CORS.maxAge),
};

export function buildAppliance(options: ApplianceOptions) {
  const { id, region, policies, upstream, now, wallNow, random } = options;
  const app = newServiceApp({
    notFoundCode: "EDGE_NOT_FOUND",
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  });
  app.server.setTimeout(policies.clientIdleMs);
  const startedAtMs = now();
  const via = `1.1 ${id}`;
  let isDraining = false;

  const ram = new RamStore({ maxBytes: options.ramBytes, now });
  const disk =
    options.disk &&
    new DiskStore({
      folder: options.disk.folder,
      fileSystem: options.disk.fileSystem,
      policy: { ...policies.disk, maxBytes: options.disk.maxBytes },
      now,
      random,
      log: app.log,
    });
  const tiers = new Tiers({ ram, disk });
  const meter = new TrafficMeter();
  const fills = new Fills({
    upstream,
    policy: policies.fills,
    via,
    now,
    wallNow,
    store: (metadata, body) => tiers.write(metadata, body),
    refresh: (refreshed, stored) => tiers.refresh(refreshed, stored),
    onFailure: (key, { source, kind, reason }) =>
      app.log.debug({ key, source, kind, reason }, "fill failed"),
  });
  const edge: Edge = {
    id,
    via,
    tiers,
    fills,
    meter,
    policy: policies.edge,
    wallNow,
    onUnforeseen: (error) => app.log.error({ error }, "unforeseen error"),
  };

  const eventLoop = monitorEventLoopDelay({ resolution: EVENT_LOOP_SAMPLE_MS });
  eventLoop.enable();

  function report(): ApplianceReport {
    return {
      state: isDraining ? "draining" : "serving",
      activeRequests: meter.active,
      egressBitsPerSecond: meter.bitsPerSecond,
      capacityBitsPerSecond: options.capacityBitsPerSecond,
      // What is measured is the distance of two samples, which is no delay in itself.
      eventLoopDelayMs: Math.max(0, eventLoop.percentile(99) / 1e6 - EVENT_LOOP_SAMPLE_MS),
      ram: ram.usage(),
      disk: { ...(disk?.usage() ?? EMPTY_TIER), health: disk?.health ?? NO_FOLDER },
    };
  }

  const lease =
    options.steeringUrl === undefined
      ? undefined
      : new SteeringLease({
          client: newSteeringClient({
            url: options.steeringUrl,
            token: options.token ?? "",
            timeoutMs: policies.lease.timeoutMs,
          }),
          identity: () => ({ id, region, url: options.url() }),
          report: () => {
            const current = report();
            // The delay is that since the last report.
            eventLoop.reset();
            return current;
          },
          retry: policies.lease.retry,
          now,
          random,
          log: app.log,
        });

  function status(): ApplianceStatus {
    return {
      id,
      region,
      url: options.url(),
      origin: upstream.url,
      uptimeSeconds: (now() - startedAtMs) / 1000,
      report: report(),
      requests: meter.counts(),
      fills: fills.counts(),
      steering: lease?.status ?? { state: "alone" },
    };
  }

  function setDraining(draining: boolean): void {
    if (draining === isDraining) return;
    isDraining = draining;
    app.log.info({ to: draining ? "draining" : "serving" }, "appliance");
    lease?.hasten();
  }

  // Hooks without promises, and nothing in them for what the edge answers by itself.
  app.addHook("onRequest", (request, reply, done) => {
    const isOurs = request.url.startsWith(`${APPLIANCE_PREFIX}/`);
    if (isOurs || PUBLIC_CORS.methods.includes(request.method)) return done();
    reply.header("allow", PUBLIC_CORS.methods.join(", "));
    done(new MethodNotAllowed(request.method));
  });
  app.addHook("onSend", (_, reply, __, done) => {
    reply.headers(PUBLIC_FIELDS);
    done();
  });
  registerAdminRoutes(app, { token: options.token, status, setDraining });
  app.options("/*", (_, reply) => reply.code(204).headers(PREFLIGHT_FIELDS).send());
  app.route({
    method: ["GET", "HEAD"],
    url: "/*",
    exposeHeadRoute: false,
    handler: (request, reply) => {
      // An origin that leads back here would be asked for ever (RFC 9110 §7.6.3).
      if (hasPassedBy(request.headers.via, via)) throw new Loop();
      const target = readRequestPath(request.originalUrl);
      if (!target.ok) throw new RangeError(`A guarded path is refused: ${target.reason}`);
      reply.hijack();
      const key = cacheKeyOf(target.path, target.query);
      serveRequest(edge, { request: request.raw, response: reply.raw, key });
    },
  });

  function tick(nowMs: number): void {
    meter.tick(nowMs);
    fills.tick(nowMs);
    disk?.tick(nowMs);
    lease?.tick(nowMs);
  }

  /** Takes no new connections, finishes what is running, then lets go of everything. */
  async function close(): Promise<void> {
    setDraining(true);
    const left = lease?.close();
    const closed = app.close();
    await withinMs(policies.drainMs, meter.idle());
    app.server.closeAllConnections();
    fills.close();
    await Promise.all([closed, left]);
    eventLoop.disable();
    await disk?.close();
    await ram.close();
    await upstream.close();
  }

  return { app, disk, lease, tick, close, status };
}

function hasPassedBy(via: string | undefined, own: string): boolean {
  return via?.split(",").some((hop) => hop.trim() === own) ?? false;
}

/** Waits for `work`, but no longer than `limitMs`. */
async function withinMs(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
