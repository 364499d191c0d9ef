/**
 * Takes what players report: believes only whom steering knows, and puts it into the ledger.
 *
 * A report is worth the session that signs for it, and that session speaks only of the pathways that
 * it was given. All else is counted, not answered with an error: a player has no use for one.
 */
import { LRUCache } from "lru-cache";
import { MAX_CMCD_REPORTS } from "../contract/player-reports.ts";
import type { NodeFinder } from "../core/reports/node-addresses.ts";
import { type PlayerReport, readPlayerReport } from "../core/reports/read-player-report.ts";
import type { Noted, ReportLedger } from "../core/reports/report-ledger.ts";
import type { PlaySession } from "../core/session/viewer-session.ts";
import { newOutcomeCounts, type OutcomeCounts } from "../metrics/outcome-counts.ts";
import type { SessionSigner } from "../session/session-signer.ts";
import { readCmcdLines, splitCmcdBody } from "./read-cmcd-body.ts";

export type ReportTakerOptions = {
  readonly ledger: ReportLedger;
  readonly signer: Pick<SessionSigner, "read">;
  readonly findNode: NodeFinder;
  readonly now: () => number;
  /** How long a first byte took from a node to a viewer of a region: at most once a minute of each session. */
  readonly onFirstByte?: (
    way: { readonly from: string; readonly node: string },
    ms: number,
  ) => void;
};

/** What has become of reports, since the start. */
export type ReportFate = Noted | "malformed" | "not-believed" | "too-many";

export type ReportTaker = {
  take(token: string | undefined, body: string): "taken" | "unreadable";
  readonly counts: OutcomeCounts<ReportFate>;
};

const SAMPLE_EVERY_MS = 60_000;
const MAX_SAMPLED = 20_000;
const FATES: readonly ReportFate[] = [
  "noted",
  "repeated",
  "says-nothing",
  "unknown-node",
  "foreign-node",
  "not-heard",
  "malformed",
  "not-believed",
  "too-many",
];

export function openReportTaker({
  ledger,
  signer,
  findNode,
  now,
  onFirstByte,
}: ReportTakerOptions): ReportTaker {
  const sampled = new LRUCache<string, true>({ max: MAX_SAMPLED });
  const counts = newOutcomeCounts(FATES);
  const count = (fate: ReportFate, by: number) => {
    counts[fate] += Math.max(0, by);
  };

  /** A session that reports a thousand times has one say about the way, like everybody else. */
  function noteFirstByte(
    { id, region }: PlaySession,
    { report, node }: { readonly report: PlayerReport; readonly node: string | undefined },
    nowMs: number,
  ): void {
    const { firstByteMs, request } = report;
    if (onFirstByte === undefined || region === undefined || node === undefined) return;
    if (firstByteMs === undefined || request !== "answered") return;
    const key = `${id} ${node} ${Math.floor(nowMs / SAMPLE_EVERY_MS)}`;
    if (sampled.has(key)) return;
    sampled.set(key, true);
    onFirstByte({ from: region, node }, firstByteMs);
  }

  return {
    counts,

    take(token, body) {
      const nowMs = now();
      const lines = splitCmcdBody(body);
      if (lines.length === 0) return "unreadable";
      const { session } = signer.read(token);
      // Before they are decoded, which is what costs.
      if (session.kind === "anonymous") {
        count("not-believed", lines.length);
        return "taken";
      }
      const admitted = ledger.admit(session.id, Math.min(lines.length, MAX_CMCD_REPORTS), nowMs);
      count("too-many", lines.length - admitted);
      const { reports, malformed } = readCmcdLines(lines.slice(0, admitted));
      count("malformed", malformed);
      const maySpeakOf = (id: string) => session.pathways.some((pathway) => pathway.id === id);
      for (const data of reports) {
        const report = readPlayerReport(data);
        const saying = { report, node: findNode(report), maySpeakOf };
        const noted = ledger.note(session.id, saying, nowMs);
        count(noted, 1);
        if (noted === "noted") noteFirstByte(session, saying, nowMs);
      }
      return admitted > 0 && malformed === admitted ? "unreadable" : "taken";
    },
  };
}
