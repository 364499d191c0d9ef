/**
 * The appliance: a Fastify app with its stores, its fills and its lease, built here and started only
 * by main.ts.
 *
 * Whatever happens later happens in `tick`, which one loop calls a few times a second.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { requireBearerToken } from "../chassis/bearer-token.ts";
import { isOverWithin } from "../chassis/is-over-within.ts";
import { newServiceApp } from "../chassis/service-app.ts";
import type { LogLevel } from "../chassis/settings.ts";
import { registerAdminRoutes } from "./admin/admin-routes.ts";
import { registerFillRoutes } from "./admin/fill-routes.ts";
import { Capacity } from "./capacity/capacity.ts";
import { Pacer } from "./capacity/pacer.ts";
import { PlayerHint } from "./capacity/player-hint.ts";
import type { AppliancePolicies } from "./config.ts";
import type { ApplianceReport, ApplianceStatus } from "./contract/appliance-status.ts";
import { type AdmissionPolicyName, newAdmission } from "./core/admission/new-admission.ts";
import { type EvictionPolicyName, newCacheIndex } from "./core/eviction/new-cache-index.ts";
import { objectTraitsOf } from "./core/eviction/object-traits.ts";
import { isMeant } from "./core/purge-target.ts";
import type { StoredMetadata } from "./core/stored-metadata.ts";
import type { Edge } from "./edge/edge.ts";
import { registerEdgeRoutes } from "./edge/edge-routes.ts";
import { newPlainRequestTaker } from "./edge/plain-requests.ts";
import { TrafficMeter } from "./edge/traffic-meter.ts";
import { Fills } from "./fill/fills.ts";
import { RecentChanges } from "./fill/recent-changes.ts";
import { invalidateTarget, storeAnswer } from "./fill/store-answer.ts";
import { calledUpstreams } from "./lease/called-upstreams.ts";
import { newSteeringClient } from "./lease/steering-client.ts";
import { SteeringLease } from "./lease/steering-lease.ts";
import { EdgeServer } from "./listen/edge-server.ts";
import type { TlsMaterial } from "./listen/tls-files.ts";
import { newApplianceMetrics } from "./metrics/appliance-metrics.ts";
import { EvictionCount } from "./metrics/count-evictions.ts";
import { UpstreamMeter } from "./metrics/metered-upstreams.ts";
import { registerMetricsRoute } from "./metrics/metrics-route.ts";
import { Prefetcher } from "./prefetch/prefetcher.ts";
import { registerPurgeRoute } from "./purge/purge-route.ts";
import { Purges } from "./purge/purges.ts";
import { Slices } from "./slices/slices.ts";
import { DiskStore } from "./store/disk-store.ts";
import type { FileSystem } from "./store/file-system.ts";
import { RamStore } from "./store/ram-store.ts";
import { Tiers } from "./store/tiers.ts";
import { ObjectFetcher } from "./title-fill/fetch-object.ts";
import { FillJobs } from "./title-fill/fill-jobs.ts";
import type { Upstreams } from "./upstream/upstream.ts";

export type ApplianceOptions = {
  readonly id: string;
  readonly region: string;
  readonly policies: AppliancePolicies;
  readonly upstream: Upstreams;
  readonly ramBytes: number;
  /** How many segments are fetched ahead of a viewer; none without it. */
  readonly prefetchSegments?: number;
  readonly eviction: EvictionPolicyName;
  readonly admission: AdmissionPolicyName;
  readonly disk:
    | { readonly folder: string; readonly maxBytes: number; readonly fileSystem: FileSystem }
    | undefined;
  /** What it may send: paced at that, with new sessions shed before. No limit without it. */
  readonly capacityBitsPerSecond: number | undefined;
  /** What viewers are answered with over TLS; without it, the appliance speaks in the clear. */
  readonly tls?: TlsMaterial | undefined;
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

export function buildAppliance(options: ApplianceOptions) {
  const { id, region, policies, now, wallNow, random } = options;
  const pacer =
    options.capacityBitsPerSecond === undefined
      ? undefined
      : new Pacer({
          bitsPerSecond: options.capacityBitsPerSecond,
          policy: policies.capacity.pacing,
          now,
          callAfter: (ms, callback) => setTimeout(callback, ms).unref(),
        });
  const listening = new EdgeServer({ policy: policies.listen, tls: options.tls, pacer });
  const app = newServiceApp({
    notFoundCode: "EDGE_NOT_FOUND",
    newServer: (listener) =>
      listening.make((request, response) => {
        if (!takePlainRequest(request, response)) listener(request, response);
      }),
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  });
  app.server.setTimeout(policies.clientIdleMs);
  const startedAtMs = now();
  const via = `1.1 ${id}`;
  let isDraining = false;

  const originMeter = new UpstreamMeter();
  const upstream = originMeter.metered(options.upstream);
  const evictions = { ram: new EvictionCount(), disk: new EvictionCount() };
  const newIndex = newCacheIndex(options.eviction);
  const traitsOf = ({ key, fields }: StoredMetadata) =>
    objectTraitsOf({ key, contentType: fields["content-type"] });
  const changes = new RecentChanges({ policy: policies.changes, now, wallNow });
  const mayKeep = (metadata: StoredMetadata): boolean =>
    purges.mayKeep(metadata) && changes.mayKeep(metadata);
  const ram = new RamStore({
    maxBytes: options.ramBytes,
    newIndex: evictions.ram.counted(newIndex),
    traitsOf,
    now,
    random,
  });
  const disk =
    options.disk &&
    new DiskStore({
      folder: options.disk.folder,
      fileSystem: options.disk.fileSystem,
      policy: { ...policies.disk, maxBytes: options.disk.maxBytes },
      newIndex: evictions.disk.counted(newIndex),
      traitsOf,
      mayKeep,
      now,
      random,
      log: app.log,
    });
  const admission = newAdmission(options.admission)({ random });
  const tiers = new Tiers({ ram, disk, admission, traitsOf, mayKeep });
  const purges = new Purges({
    store: tiers,
    policy: policies.purges,
    wallNow,
    onPurge: (targets) => fills.letGo((metadata) => isMeant(metadata, targets)),
  });
  const meter = new TrafficMeter(now);
  const capacityBitsPerSecond = options.capacityBitsPerSecond ?? policies.nominalBitsPerSecond;
  const capacity =
    pacer &&
    new Capacity({
      bitsPerSecond: capacityBitsPerSecond,
      policy: policies.capacity,
      pacer,
      now,
      random,
      log: app.log,
    });
  const dynamicState = () => ({
    isUnderDuress: isDraining || capacity?.isShedding === true,
    activeRequests: meter.active,
    capacityBitsPerSecond,
  });
  const hint = new PlayerHint(id, dynamicState());
  upstream.watch((change) => app.log.info(change, "upstream"));
  const fills = new Fills({
    upstream,
    policy: policies.fills,
    via,
    now,
    wallNow,
    random,
    store: (metadata, body) => {
      const stored = storeAnswer(tiers, metadata, body, policies.fills);
      prefetcher.onStored(metadata, body);
      return stored;
    },
    hold: (metadata, bytes) => {
      const object = { kind: "memory", metadata, bytes } as const;
      tiers.hold(object);
      return () => tiers.release(object);
    },
    forgottenBytes: () => tiers.forgottenBytes,
    invalidate: (target, toldBy) => {
      changes.remember(target, toldBy);
      fills.letGo((metadata) => isMeant(metadata, [{ kind: "key", key: target }]));
      invalidateTarget(tiers, target);
    },
    refresh: (refreshed, stored) => {
      if (mayKeep(refreshed)) tiers.refresh(refreshed, stored);
    },
    onFailure: (key, { source, kind, reason }) =>
      app.log.debug({ key, source, kind, reason }, "fill failed"),
  });
  const slices = new Slices({
    fills,
    tiers,
    policy: { ...policies.fills, ...policies.slices },
    now,
    onAnotherVersion: (key, reason) => app.log.info({ key, reason }, "slices dropped"),
  });
  const prefetcher = new Prefetcher({
    policy: { ...policies.prefetch, depth: options.prefetchSegments ?? 0 },
    now,
    isOriginIdle: () => fills.isIdle,
    isThere: (key) => tiers.peek(key) !== undefined || fills.isFetching(key),
    fetch: (key) => fills.fetchBehind(key, undefined),
  });
  const fillJobs = new FillJobs({
    policy: policies.titleFill,
    fetcher: new ObjectFetcher({ fills, slices, tiers, wallNow }),
    now,
    wallNow,
    random,
    onUnforeseen: (error) => app.log.error({ err: error }, "unforeseen error"),
  });
  const edge: Edge = {
    id,
    via,
    tiers,
    fills,
    slices,
    prefetcher,
    meter,
    hint,
    policy: policies.edge,
    wallNow,
    onUnforeseen: (error) => app.log.error({ err: error }, "unforeseen error"),
  };

  const eventLoop = monitorEventLoopDelay({ resolution: EVENT_LOOP_SAMPLE_MS });
  eventLoop.enable();

  function report(): ApplianceReport {
    return {
      state: isDraining ? "draining" : "serving",
      activeRequests: meter.active,
      egressBitsPerSecond: capacity?.sentBitsPerSecond ?? meter.bitsPerSecond,
      capacityBitsPerSecond,
      isSheddingSessions: capacity?.isShedding ?? false,
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
            const current = { ...report(), upstreams: calledUpstreams(upstream.states()) };
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
      upstreams: [...upstream.states()],
      uptimeSeconds: (now() - startedAtMs) / 1000,
      report: report(),
      requests: meter.counts(),
      fills: fills.counts(),
      prefetch: prefetcher.counts(),
      ...(disk === undefined ? {} : { diskWork: disk.work }),
      steering: lease?.status ?? { state: "alone" },
    };
  }

  function setDraining(draining: boolean): void {
    if (draining === isDraining) return;
    isDraining = draining;
    listening.setDraining(draining);
    hint.update(dynamicState());
    app.log.info({ to: draining ? "draining" : "serving" }, "appliance");
    lease?.hasten();
  }

  const takePlainRequest = newPlainRequestTaker({
    edge,
    isOpen: () => capacity === undefined && !isDraining,
    maxFields: policies.listen.maxFields,
  });
  registerEdgeRoutes(app, {
    edge,
    capacity,
    isDraining: () => isDraining,
    maxFields: policies.listen.maxFields,
  });
  registerMetricsRoute(
    app,
    newApplianceMetrics({
      status,
      meter,
      connections: () => listening.counts(),
      evictions: () => ({ ram: evictions.ram.evicted, disk: evictions.disk.evicted }),
      originBytes: () => originMeter.receivedBytes,
      purged: () => purges.counts(),
      shedding: () => ({
        refused: capacity?.refused ?? 0,
        isShedding: capacity?.isShedding ?? false,
      }),
      paced: () => pacer?.waiting ?? 0,
    }),
  );
  registerPurgeRoute(app, { purges, onRequest: requireBearerToken(options.token) });
  registerFillRoutes(app, { jobs: fillJobs, onRequest: requireBearerToken(options.token) });
  registerAdminRoutes(app, { token: options.token, status, setDraining });

  function tick(nowMs: number): void {
    meter.tick(nowMs);
    capacity?.tick(nowMs);
    hint.update(dynamicState());
    listening.tick(nowMs);
    purges.tick();
    upstream.tick(nowMs);
    fills.tick(nowMs);
    slices.tick(nowMs);
    prefetcher.tick(nowMs);
    fillJobs.tick(nowMs);
    disk?.tick(nowMs);
    lease?.tick(nowMs);
  }

  /**
   * Tells steering and viewers, and serves on until they have taken notice; then takes no new connections,
   * finishes what is running, and lets go of everything.
   */
  async function close(): Promise<void> {
    const untilMs = now() + policies.drainMs;
    const isExpected = isDraining;
    setDraining(true);
    if (!isExpected && (await lease?.announce())) await passing(policies.noticeMs);
    const left = lease?.close();
    const closed = app.close();
    await isOverWithin(untilMs - now(), meter.idle());
    listening.closeAll();
    fillJobs.close();
    slices.close();
    fills.close();
    pacer?.close();
    await Promise.all([closed, left]);
    eventLoop.disable();
    await disk?.close();
    await ram.close();
    await upstream.close();
  }

  return { app, listening, disk, lease, tick, close, status };
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
