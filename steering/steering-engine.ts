/**
 * Steering without its addresses: who lives and how well, who is sent where, and what is told of it. Each
 * part knows only itself; here is who tells whom, and in which order a turn of the loop goes through them.
 */
import type { FastifyBaseLogger } from "fastify";
import { Agent } from "undici";
import { LatencyBuckets } from "../chassis/latency-buckets.ts";
import { keepPathwayFileStanding } from "./cdn/pathway-file-standing.ts";
import type { PathwayFile } from "./cdn/read-pathway-file.ts";
import type { DependencyLedger } from "./core/dependencies/dependency-ledger.ts";
import { chooseWarming } from "./core/ranking/choose-warming.ts";
import { NodeAddresses } from "./core/reports/node-addresses.ts";
import { ReportLedger } from "./core/reports/report-ledger.ts";
import type { Presentation } from "./core/source/presentation.ts";
import { noteFills, notePlaylistCalls, noteProbes } from "./dependencies/note-outbound-calls.ts";
import { keepHistoryOfFleet, restoreFleet } from "./fleet/fleet-history.ts";
import { reportOf } from "./fleet/fleet-node.ts";
import { keepFleet } from "./fleet/keep-fleet.ts";
import { knowNetworks } from "./fleet/know-networks.ts";
import { placeViewers } from "./fleet/place-viewers.ts";
import { openRankingBoard } from "./fleet/ranking-board.ts";
import { returnNodes } from "./fleet/return-nodes.ts";
import { countWantedTitles } from "./fleet/wanted-titles.ts";
import { type Audience, watchOrders } from "./fleet/watch-orders.ts";
import { type NewEvent, openHistory } from "./history/open-history.ts";
import { inTurns } from "./loop/in-turns.ts";
import { type LoopStep, turnLoop } from "./loop/turn-loop.ts";
import { countNodes } from "./metrics/count-nodes.ts";
import { newOutcomeCounts } from "./metrics/outcome-counts.ts";
import { openFleetProber } from "./probe/probe-fleet.ts";
import { openProber } from "./probe/probe-node.ts";
import type { SteeringPolicy } from "./profiles.ts";
import { openTextFetcher } from "./source/fetch-text.ts";
import { openLiveWitnesses } from "./source/live-witnesses.ts";
import { openPlaylistSource } from "./source/open-playlist-source.ts";
import type { SteeringOptions } from "./steering-options.ts";
import { openNodeWarmer } from "./warming/warm-nodes.ts";

type EngineSurroundings = {
  /** Where it is noted whom we call. */
  readonly dependencies: DependencyLedger;
  readonly log: FastifyBaseLogger;
};

/** @throws {TypeError} without a source. */
export function openSteeringEngine(
  options: SteeringOptions,
  { dependencies, log }: EngineSurroundings,
) {
  const { policy, now, wallNow, random } = options;
  const [[firstSource, referenceUrl] = []] = options.sources;
  if (firstSource === undefined || referenceUrl === undefined) {
    throw new TypeError("Steering needs at least one source");
  }
  const history = openHistory({
    file: options.historyFile,
    policy: policy.history,
    now,
    wallNow,
    members: () => fleet.storedMembers(),
    onTrouble: (trouble) => log.warn(trouble, "the history is not kept as it should be"),
    onReturn: (file) => log.info({ file }, "the history is kept in its file again"),
  });
  const probeCounts = newOutcomeCounts(["good", "bad", "refused"]);
  const compilations = new LatencyBuckets();
  const dispatcher = new Agent({ maxResponseSize: MAX_JOB_REPORT_BYTES });
  const prober = options.prober ?? openProber(policy.probe, now);
  const textFetcher = options.textFetcher ?? openTextFetcher();
  const fetchText = notePlaylistCalls(textFetcher.fetchText, {
    ledger: dependencies,
    sources: options.sources,
    now,
  });
  const tell = (event: NewEvent) => {
    history.record(event);
    records.noteChange(event.subject);
    log[isForOperators(event) ? "warn" : "info"](event, "fleet event");
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
    onProbe: noteProbes({ ledger: dependencies, counts: probeCounts, now }),
  });

  restoreFleet({ history, fleet, policy, wallNow, tell });
  usePathwayFile(options.pathwayFile);
  records.forgetAbsent();

  function noteAsked(audience: Audience): void {
    wanted.noteAsked(`${audience.source}${audience.path}`);
    orders.noteAsked(audience);
  }

  function notePresentation({ source, path }: Audience, presentation: Presentation): void {
    witnesses.notePresentation(options.sources.get(source) ?? "", path, presentation);
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

  /**
   * A turn of the loop, called several times a second. Resolves when what it asked has been answered, and
   * never rejects.
   *
   * @param listeners tells whoever listens to events.
   */
  function newTurn(listeners: LoopStep["work"]) {
    const { judgeEveryMs } = policy;
    return turnLoop({
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
        { name: "listeners", work: listeners },
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
        options.onFailedStep ?? ((failed) => log.error(failed, "a step of the loop has failed")),
    });
  }

  /** What is asked from now on is not waited for, and says nothing of who was asked. */
  function beginClosing(): void {
    isClosing = true;
  }

  async function close(): Promise<void> {
    // The history is closed whatever becomes of the others: it holds what is not yet written.
    await Promise.allSettled([prober.close(), textFetcher.close(), dispatcher.destroy()]);
    history.close();
  }

  return {
    firstSource,
    fleet,
    board,
    placing,
    sources,
    networks,
    reports,
    addresses,
    history,
    fileStanding,
    compilations,
    probeCounts,
    /** As the next viewer's ranking would see the nodes. */
    countNodes() {
      board.current();
      return nodeCounts;
    },
    noteAsked,
    notePresentation,
    usePathwayFile,
    newTurn,
    beginClosing,
    close,
  };
}

/** Of an appliance, about a fill. */
const MAX_JOB_REPORT_BYTES = 64 * 1024;

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
