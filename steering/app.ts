/**
 * The steering service: knows which nodes live and how well, ranks them for each viewer, tells players by
 * playlist and steering manifest, and says why. Put together here, started by main.ts.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import cors from "@fastify/cors";
import rateLimit from "@fastify/rate-limit";
import { Agent } from "undici";
import { PUBLIC_CORS } from "../chassis/cross-origin.ts";
import { LatencyBuckets } from "../chassis/latency-buckets.ts";
import { newServiceApp } from "../chassis/service-app.ts";
import type { LogLevel } from "../chassis/settings.ts";
import { keepPathwayFileStanding } from "./cdn/pathway-file-standing.ts";
import type { PathwayFile } from "./cdn/read-pathway-file.ts";
import { HEALTHZ_PATH, ServiceHealth } from "./contract/service-health.ts";
import { DASH_STEERING_PATH, STEERING_MANIFEST_PATH } from "./contract/steering-manifest.ts";
import { DependencyLedger } from "./core/dependencies/dependency-ledger.ts";
import { chooseWarming } from "./core/ranking/choose-warming.ts";
import { explainRanking } from "./core/ranking/explain-ranking.ts";
import { NodeAddresses } from "./core/reports/node-addresses.ts";
import { ReportLedger } from "./core/reports/report-ledger.ts";
import { CLONE_MARK } from "./core/session/clone-mark.ts";
import { noteInboundCalls } from "./dependencies/note-inbound-calls.ts";
import { noteFills, notePlaylistCalls, noteProbes } from "./dependencies/note-outbound-calls.ts";
import { addDocumentation } from "./documentation/add-documentation.ts";
import { describeRoute } from "./documentation/describe-route.ts";
import { TooOften } from "./errors.ts";
import { keepHistoryOfFleet, restoreFleet } from "./fleet/fleet-history.ts";
import { reportOf } from "./fleet/fleet-node.ts";
import { keepFleet } from "./fleet/keep-fleet.ts";
import { knowNetworks } from "./fleet/know-networks.ts";
import { placeViewers } from "./fleet/place-viewers.ts";
import { openRankingBoard } from "./fleet/ranking-board.ts";
import { returnNodes } from "./fleet/return-nodes.ts";
import { countWantedTitles } from "./fleet/wanted-titles.ts";
import { type Audience, watchOrders } from "./fleet/watch-orders.ts";
import type { NewEvent } from "./history/open-history.ts";
import { openHistory } from "./history/open-history.ts";
import { newPlainHeartbeatTaker } from "./lease/plain-heartbeats.ts";
import { inTurns } from "./loop/in-turns.ts";
import type { FailedStep } from "./loop/keep-going.ts";
import { turnLoop } from "./loop/turn-loop.ts";
import { openManifestComposer, type SteeringUri } from "./manifest/compose-manifest.ts";
import { newPlainManifestTaker } from "./manifest/plain-manifests.ts";
import { countNodes } from "./metrics/count-nodes.ts";
import { addMetricsRoute } from "./metrics/metrics-route.ts";
import { newOutcomeCounts } from "./metrics/outcome-counts.ts";
import { newSteeringMetrics } from "./metrics/steering-metrics.ts";
import { openFleetProber } from "./probe/probe-fleet.ts";
import { openProber, type Prober } from "./probe/probe-node.ts";
import type { SteeringPolicy } from "./profiles.ts";
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
import { openTextFetcher, type TextFetcher } from "./source/fetch-text.ts";
import { openLiveWitnesses } from "./source/live-witnesses.ts";
import { openPlaylistSource } from "./source/open-playlist-source.ts";
import { openNodeWarmer } from "./warming/warm-nodes.ts";

export type SteeringOptions = {
  readonly policy: SteeringPolicy;
  /** Name → base URL of the origin. The first one's bytes are what probes are measured by. */
  readonly sources: ReadonlyMap<string, string>;
  /** Where viewers reach this service; asked for with each answer, as port 0 is known only later. */
  readonly advertisedUrl: () => string;
  readonly token: string | undefined;
  /** The first one signs, all are believed. */
  readonly sessionKeys: readonly Buffer[];
  readonly probePath: string;
  /** Addresses and networks of those before us; none is believed without it. */
  readonly trustedProxies?: readonly string[];
  /** Undefined keeps it in memory. */
  readonly historyFile?: string | undefined;
  /** Pathways that are not ours, networks and distances, as they stand in their file at the start. */
  readonly pathwayFile?: PathwayFile | undefined;
  /** Monotonic, for durations. */
  readonly now: () => number;
  /** The time of day, for what leaves the process. */
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly logLevel?: LogLevel;
  readonly prober?: Prober;
  readonly textFetcher?: TextFetcher;
  /** A step of the loop has thrown, which is a mistake of ours; without it, the log is told. */
  readonly onFailedStep?: (failed: FailedStep) => void;
};

export async function buildSteeringApp(options: SteeringOptions) {
  const { policy, now, wallNow, random } = options;
  const [[firstSource, referenceUrl] = []] = options.sources;
  if (firstSource === undefined || referenceUrl === undefined) {
    throw new TypeError("Steering needs at least one source");
  }
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
  boundDearQuestions(app, { token: options.token, now });

  const history = openHistory({
    file: options.historyFile,
    policy: policy.history,
    now,
    wallNow,
    members: () => fleet.storedMembers(),
    onTrouble: (trouble) => app.log.warn(trouble, "the history is not kept as it should be"),
    onReturn: (file) => app.log.info({ file }, "the history is kept in its file again"),
  });
  const counts = newCounts();
  const compilations = new LatencyBuckets();
  const dispatcher = new Agent({ maxResponseSize: MAX_JOB_REPORT_BYTES });
  const prober = options.prober ?? openProber(policy.probe, now);
  const textFetcher = options.textFetcher ?? openTextFetcher();
  const fetchText = notePlaylistCalls(textFetcher.fetchText, {
    ledger: dependencies,
    sources: options.sources,
    now,
  });
  const signer = openSessionSigner({ keys: options.sessionKeys, wallNow, ...policy.session });

  const tell = (event: NewEvent) => {
    history.record(event);
    records.noteChange(event.subject);
    app.log[isForOperators(event) ? "warn" : "info"](event, "fleet event");
  };
  const reports = new ReportLedger({ policy: policy.reports, random });
  const addresses = new NodeAddresses();
  const fleet = keepFleet({
    policy,
    now,
    random,
    tell,
    onChange: (kind) => board.noteChange(kind),
    onStateChange: (node, from) => returning.onStateChange(node, from),
    viewersOn: (id) => placing.viewersOn(id),
    verdicts: (nowMs) => reports.verdicts(nowMs),
    saveMember: history.saveMember,
    forgetMember: history.deleteMember,
    onAddress: (id, url) => addresses.put(id, url),
    onNewLife: (id) => reports.forget(id),
    onForgotten(id) {
      addresses.remove(id);
      reports.forget(id);
      records.forget(id);
    },
  });
  const fileStanding = keepPathwayFileStanding({ tell, now });
  const records = keepHistoryOfFleet({ history, fleet });
  let nodeCounts = countNodes([]);
  const board = openRankingBoard({
    nodes(nowMs) {
      const nodes = fleet.rankedNodes(nowMs);
      nodeCounts = countNodes(nodes);
      return nodes;
    },
    ranking: policy.ranking,
    policy: policy.board,
    now,
    onCompiled: (ms) => compilations.add(ms),
  });
  const placing = placeViewers({ board, policy: ledgerPolicyOf(policy), now });
  const wanted = countWantedTitles(policy.wanted, now);
  const orders = watchOrders({ rank: placing.rank, tell, maxAudiences: policy.maxAudiences });
  const warmer = openNodeWarmer({
    dispatcher,
    token: options.token,
    policy: policy.warming,
    onEnd: (id, outcome) => returning.onWarmed(id, outcome),
  });
  const returning = returnNodes({
    policy: policy.ramp,
    nodes: fleet.nodes,
    warmer,
    choosePaths: (id) =>
      chooseWarming(board.current(), wanted.list(), { node: id, policy: policy.warming }).map(
        (title) => title.slice(title.indexOf("/")),
      ),
    tell,
    onChange: (kind) => board.noteChange(kind),
    now,
  });

  const sources = new Map(
    Array.from(options.sources, ([name, url]) => [
      name,
      openPlaylistSource({
        url,
        fetchText,
        policy: policy.copies,
        now,
        onFallback: (what) =>
          dependencies.noteFallback(
            { caller: "steering", callee: `source:${name}`, purpose: "playlist" },
            what,
            now(),
          ),
      }),
    ]),
  );
  const witnesses = openLiveWitnesses({ fetchText, policy: policy.live, now });
  const networks = knowNetworks({
    board,
    hasNodes: (region) => board.current().membership.regionIndexOf.has(region),
    policy: policy.distances,
  });
  const fills = noteFills(dependencies, options.sources);
  let isClosing = false;
  const isOver = () => isClosing;
  const probeDue = openFleetProber({
    fleet: {
      ...fleet,
      // What is broken off because we go says nothing of who was asked.
      observeProbe(target, findings) {
        if (!isClosing) fleet.observeProbe(target, findings);
      },
    },
    prober,
    witnesses,
    probePath: options.probePath,
    referenceUrl,
    pageOrigin: () => originOf(options.advertisedUrl()),
    policy: policy.probing,
    now,
    random,
    onProbe: noteProbes({ ledger: dependencies, counts: counts.probes, now }),
  });

  restoreFleet({ history, fleet, policy, wallNow, tell });
  usePathwayFile(options.pathwayFile);
  records.forgetAbsent();

  const steeringUri: SteeringUri = (kind, token) => {
    const path = kind === "hls" ? STEERING_MANIFEST_PATH : DASH_STEERING_PATH;
    return `${options.advertisedUrl()}${path}?session=${token}&${CLONE_MARK}`;
  };
  const noteAsked = (audience: Audience) => {
    wanted.noteAsked(`${audience.source}${audience.path}`);
    orders.noteAsked(audience);
  };
  const { regionOfAddress } = networks;
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
      if (isCounted) noteAsked(audience);
      witnesses.notePresentation(
        options.sources.get(audience.source) ?? "",
        audience.path,
        presentation,
      );
    },
  });
  const compose = openManifestComposer({
    ...pathways,
    policy: policy.manifest,
    now,
    random,
    onManifest(audience, isCounted) {
      counts.manifests[audience === undefined ? "anonymous" : "session"] += 1;
      if (audience !== undefined && isCounted) noteAsked(audience);
    },
  });
  addSteerRoute(app, compose);
  const { token } = options;
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
  addOverrideRoutes(app, { fleet, token: options.token, now, wallNow });
  const taker = openReportTaker({
    ledger: reports,
    signer,
    findNode: addresses.find,
    now,
    onFirstByte({ from, node }, ms) {
      const to = fleet.regionOf(node);
      if (to !== undefined && to !== from) networks.noteRoundTrip({ from, to }, ms);
    },
  });
  addReportRoutes(app, { taker });
  addFleetRoutes(app, {
    view: () => ({ ...fleet.view(wallNow()), pathwayFile: fileStanding.view() }),
    history,
    wallNow,
  });
  const events = addEventRoutes(app, { history, policy: policy.events });
  addExplainRoute(app, {
    explain: (viewer) => explainRanking(board.current(), viewer),
    signer,
    firstSource,
    hasSource: (name) => sources.has(name),
    regionOfAddress,
    wallNow,
  });
  addDependencyRoutes(app, { ledger: dependencies, now, wallNow });
  addMetricsRoute(app, {
    registry: newSteeringMetrics({
      states: fleet.countStates,
      nodes() {
        // As the next viewer's ranking would see them.
        board.current();
        return nodeCounts;
      },
      outcomes: { ...counts, reports: taker.counts },
      compilations,
      history: history.stats,
      listeners: events.listeners,
      isFailOpen: fleet.isFailOpen,
      isPreservingItself: fleet.isPreservingItself,
      isPathwayFileBroken: fileStanding.isBroken,
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

  function noteFillsOfAll(nowMs: number): void {
    for (const node of fleet.nodes()) {
      const upstreams = reportOf(node)?.upstreams;
      if (upstreams !== undefined) fills.note(node.id, upstreams, nowMs);
    }
    fills.forget((id) => fleet.node(id) !== undefined);
  }

  function usePathwayFile(file: PathwayFile | undefined): void {
    if (file === undefined) return;
    fleet.usePathways(file.pathways);
    networks.use(file);
    fileStanding.noteUsed();
  }

  app.addHook("preClose", (done) => {
    isClosing = true;
    done();
  });
  app.addHook("onClose", async () => {
    // The history is closed whatever becomes of the others: it holds what is not yet written.
    await Promise.allSettled([prober.close(), textFetcher.close(), dispatcher.destroy()]);
    history.close();
  });

  const { judgeEveryMs } = policy;
  const tick = turnLoop({
    steps: [
      { name: "leases", work: (nowMs) => fleet.settle(nowMs) },
      { name: "ramps", work: (nowMs) => returning.settle(nowMs) },
      {
        name: "judge",
        everyMs: judgeEveryMs,
        work: (nowMs) => inTurns(fleet.judge(nowMs), isOver),
      },
      { name: "distances", everyMs: judgeEveryMs, work: () => networks.settle() },
      { name: "orders", everyMs: judgeEveryMs, work: () => orders.look() },
      { name: "fills", everyMs: judgeEveryMs, work: noteFillsOfAll },
      { name: "ranking", work: () => board.current() },
      { name: "record", work: () => records.keep() },
      { name: "listeners", work: (nowMs) => events.tick(nowMs) },
      { name: "history", work: () => history.flush() },
    ],
    questions: [
      { name: "live", work: (nowMs) => witnesses.tick(nowMs) },
      { name: "probes", work: probeDue },
      { name: "warming", work: (nowMs) => warmer.tick(nowMs) },
    ],
    isOver,
    now,
    onFailure:
      options.onFailedStep ?? ((failed) => app.log.error(failed, "a step of the loop has failed")),
  });

  return {
    app,
    /** A new version of the file has been read. */
    usePathwayFile,
    /** A new version of the file is broken: its problems, by line and field. */
    notePathwayFileBroken: fileStanding.noteBroken,
    /** No pathway of the file may have the id of an appliance. */
    isAppliance: (id: string): boolean => fleet.node(id)?.standing.kind === "appliance",
    /** Called by the loop. Resolves when what it asked has been answered, and never rejects. */
    tick,
  };
}

/** Takes a request that needs no router; false where nothing has been done with it. */
type PlainTaker = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Of an appliance, about a fill. */
const MAX_JOB_REPORT_BYTES = 64 * 1024;
const SERVER_LIMITS = { requestTimeout: 15_000, keepAliveTimeout: 72_000 } as const;

export type Steering = Awaited<ReturnType<typeof buildSteeringApp>>;

function newCounts() {
  return {
    plays: newOutcomeCounts(["played", "refreshed"]),
    manifests: newOutcomeCounts(["session", "anonymous"]),
    registrations: newOutcomeCounts(LEASE_OUTCOMES),
    heartbeats: newOutcomeCounts(LEASE_OUTCOMES),
    probes: newOutcomeCounts(["good", "bad", "refused"]),
  };
}

/** A slip that somebody has to mend: louder in the log than what the fleet does by itself. */
function isForOperators({ kind, to }: NewEvent): boolean {
  return (kind === "warning" && to !== null) || (kind === "pathway-file" && to === "broken");
}

/** Undefined while nobody listens yet, and there is no address. */
function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** As long as the longest time to live: then each viewer counts once. */
function ledgerPolicyOf({ manifest }: SteeringPolicy) {
  const longestMs = manifest.ttlSeconds * (1 + manifest.jitterShare) * 1000;
  return { windowMs: longestMs, buckets: LEDGER_BUCKETS };
}
const LEDGER_BUCKETS = 8;
