/**
 * The steering service: knows which nodes live and how well, ranks them for each viewer, tells players by
 * playlist and steering manifest, and says why. Here its addresses are put before its engine; main.ts
 * starts it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import cors from "@fastify/cors";
import rateLimit from "@fastify/rate-limit";
import { PUBLIC_CORS } from "../chassis/cross-origin.ts";
import { newServiceApp } from "../chassis/service-app.ts";
import { HEALTHZ_PATH, ServiceHealth } from "./contract/service-health.ts";
import { DASH_STEERING_PATH, STEERING_MANIFEST_PATH } from "./contract/steering-manifest.ts";
import { DependencyLedger } from "./core/dependencies/dependency-ledger.ts";
import { explainRanking } from "./core/ranking/explain-ranking.ts";
import { CLONE_MARK } from "./core/session/clone-mark.ts";
import { noteInboundCalls } from "./dependencies/note-inbound-calls.ts";
import { addDocumentation } from "./documentation/add-documentation.ts";
import { describeRoute } from "./documentation/describe-route.ts";
import { TooOften } from "./errors.ts";
import { newPlainHeartbeatTaker } from "./lease/plain-heartbeats.ts";
import { openManifestComposer, type SteeringUri } from "./manifest/compose-manifest.ts";
import { newPlainManifestTaker } from "./manifest/plain-manifests.ts";
import { addMetricsRoute } from "./metrics/metrics-route.ts";
import { newOutcomeCounts } from "./metrics/outcome-counts.ts";
import { newSteeringMetrics } from "./metrics/steering-metrics.ts";
import { openReportTaker } from "./reports/take-reports.ts";
import {
  addApplianceRoutes,
  LEASE_OUTCOMES,
  newHeartbeatHearing,
} from "./routes/appliance-routes.ts";
import { boundDearQuestions } from "./routes/dear-questions.ts";
import { addDependencyRoutes } from "./routes/dependency-routes.ts";
import { addEventRoutes } from "./routes/event-routes.ts";
import { addExplainRoute } from "./routes/explain-route.ts";
import { addFleetRoutes } from "./routes/fleet-routes.ts";
import { addOverrideRoutes } from "./routes/override-routes.ts";
import { addPlayRoute } from "./routes/play-route.ts";
import { addReportRoutes } from "./routes/report-routes.ts";
import { addSteerRoute } from "./routes/steer-route.ts";
import { openSessionSigner } from "./session/session-signer.ts";
import { openSteeringEngine } from "./steering-engine.ts";
import type { SteeringOptions } from "./steering-options.ts";

export async function buildSteeringApp(options: SteeringOptions) {
  const { policy, token, now, wallNow, random } = options;
  /** Once there is one: nobody is listened to before. */
  let takers: readonly PlainTaker[] = [];
  const app = newServiceApp({
    notFoundCode: "STEER_UNKNOWN_PATH",
    newServer: (listener) =>
      createServer(SERVER_LIMITS, (request, response) => {
        for (const take of takers) if (take(request, response)) return;
        listener(request, response);
      }),
    trustedProxies: options.trustedProxies ?? [],
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  });
  await app.register(cors, PUBLIC_CORS);
  await addDocumentation(app);
  await app.register(rateLimit, { global: false, errorResponseBuilder: () => new TooOften() });
  const dependencies = new DependencyLedger(policy.dependencies, now());
  noteInboundCalls(app, { ledger: dependencies, now });
  boundDearQuestions(app, { token, now });

  const engine = openSteeringEngine(options, { dependencies, log: app.log });
  const { fleet, board, placing, sources, networks, history } = engine;
  const { regionOfAddress } = networks;
  const counts = newCounts();
  const signer = openSessionSigner({ keys: options.sessionKeys, wallNow, ...policy.session });
  const steeringUri: SteeringUri = (kind, session) => {
    const path = kind === "hls" ? STEERING_MANIFEST_PATH : DASH_STEERING_PATH;
    return `${options.advertisedUrl()}${path}?session=${session}&${CLONE_MARK}`;
  };

  const pathways = {
    fleet,
    placing,
    sources,
    signer,
    maxPathways: policy.maxPathways,
    steeringUri,
  };
  addPlayRoute(app, {
    ...pathways,
    advertisedUrl: options.advertisedUrl,
    ttlSeconds: policy.manifest.ttlSeconds,
    regionOfAddress,
    onPlay({ outcome, audience, presentation, isCounted }) {
      counts.plays[outcome] += 1;
      if (isCounted) engine.noteAsked(audience);
      engine.notePresentation(audience, presentation);
    },
  });
  const compose = openManifestComposer({
    ...pathways,
    policy: policy.manifest,
    now,
    random,
    onManifest(audience, isCounted) {
      counts.manifests[audience === undefined ? "anonymous" : "session"] += 1;
      if (audience !== undefined && isCounted) engine.noteAsked(audience);
    },
  });
  addSteerRoute(app, compose);
  const taker = openReportTaker({
    ledger: engine.reports,
    signer,
    findNode: engine.addresses.find,
    now,
    onFirstByte({ from, node }, ms) {
      const to = fleet.regionOf(node);
      if (to !== undefined && to !== from) networks.noteRoundTrip({ from, to }, ms);
    },
  });
  addReportRoutes(app, { taker });

  const lease = {
    leaseSeconds: policy.registry.leaseMs / 1000,
    heartbeatSeconds: policy.registry.heartbeatMs / 1000,
  };
  const hear = newHeartbeatHearing(fleet, counts.heartbeats);
  addApplianceRoutes(app, { fleet, token, lease, hear, wallNow, counts: counts.registrations });
  const shared = { ledger: dependencies, now };
  takers = [
    newPlainManifestTaker({ compose, ...shared }),
    newPlainHeartbeatTaker({ hear, token, lease, ...shared }),
  ];

  addOverrideRoutes(app, { fleet, token, now, wallNow });
  addFleetRoutes(app, {
    view: () => ({ ...fleet.view(wallNow()), pathwayFile: engine.fileStanding.view() }),
    history,
    wallNow,
  });
  const events = addEventRoutes(app, { history, policy: policy.events });
  addExplainRoute(app, {
    explain: (viewer) => explainRanking(board.current(), viewer),
    signer,
    firstSource: engine.firstSource,
    hasSource: (name) => sources.has(name),
    regionOfAddress,
    wallNow,
  });
  addDependencyRoutes(app, { ledger: dependencies, now, wallNow });
  addMetricsRoute(app, {
    registry: newSteeringMetrics({
      states: fleet.countStates,
      nodes: engine.countNodes,
      outcomes: { ...counts, probes: engine.probeCounts, reports: taker.counts },
      compilations: engine.compilations,
      history: history.stats,
      listeners: events.listeners,
      isFailOpen: fleet.isFailOpen,
      isPreservingItself: fleet.isPreservingItself,
      isPathwayFileBroken: engine.fileStanding.isBroken,
    }),
    now,
  });
  addHealthz();

  function addHealthz(): void {
    const schema = {
      ...describeRoute({
        caller: "monitoring",
        purpose: "healthz",
        summary: "Whether steering answers, and how many nodes it would send a viewer to",
      }),
      response: { 200: ServiceHealth },
    };
    app.get(HEALTHZ_PATH, { schema }, (_, reply): ServiceHealth => {
      reply.header("cache-control", "no-store");
      return { status: "ok", appliances: fleet.size, usable: fleet.countUsable() };
    });
  }

  app.addHook("preClose", (done) => {
    engine.beginClosing();
    done();
  });
  app.addHook("onClose", engine.close);

  return {
    app,
    /** A new version of the file has been read. */
    usePathwayFile: engine.usePathwayFile,
    /** A new version of the file is broken: its problems, by line and field. */
    notePathwayFileBroken: engine.fileStanding.noteBroken,
    /** No pathway of the file may have the id of an appliance. */
    isAppliance: (id: string): boolean => fleet.node(id)?.standing.kind === "appliance",
    /** Called by the loop. Resolves when what it asked has been answered, and never rejects. */
    tick: engine.newTurn((nowMs) => events.tick(nowMs)),
  };
}

/** Takes a request that needs no router; false where nothing has been done with it. */
type PlainTaker = (request: IncomingMessage, response: ServerResponse) => boolean;

const SERVER_LIMITS = { requestTimeout: 15_000, keepAliveTimeout: 72_000 } as const;

export type Steering = Awaited<ReturnType<typeof buildSteeringApp>>;

function newCounts() {
  return {
    plays: newOutcomeCounts(["played", "refreshed"]),
    manifests: newOutcomeCounts(["session", "anonymous"]),
    registrations: newOutcomeCounts(LEASE_OUTCOMES),
    heartbeats: newOutcomeCounts(LEASE_OUTCOMES),
  };
}
