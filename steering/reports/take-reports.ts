/**
 * Takes what players report: believes only whom steering knows, and puts it into the ledger.
 *
 * A report is worth the session that signs for it, and that session speaks only of the pathways that
 * it was given. All else is counted, not answered with an error: a player has no use for one.
 */
import { MAX_CMCD_REPORTS } from "../contract/player-reports.ts";
import type { NodeFinder } from "../core/reports/find-node.ts";
import { readPlayerReport } from "../core/reports/read-player-report.ts";
import type { Noted, ReportLedger } from "../core/reports/report-ledger.ts";
import type { SessionSigner } from "../session/session-signer.ts";
import { readCmcdLines, splitCmcdBody } from "./read-cmcd-body.ts";

export type ReportTakerOptions = {
  readonly ledger: ReportLedger;
  readonly signer: Pick<SessionSigner, "read">;
  /** Asked with each body, because nodes come and go. */
  readonly findNode: NodeFinder;
  readonly now: () => number;
};

/** What has become of reports, since the start. */
export type ReportFate = Noted | "malformed" | "not-believed" | "too-many";

export type ReportTaker = {
  take(token: string | undefined, body: string): "taken" | "unreadable";
  readonly counts: ReadonlyMap<ReportFate, number>;
};

export function openReportTaker({
  ledger,
  signer,
  findNode,
  now,
}: ReportTakerOptions): ReportTaker {
  const counts = new Map<ReportFate, number>();
  const count = (fate: ReportFate, by: number) => {
    if (by > 0) counts.set(fate, (counts.get(fate) ?? 0) + by);
  };

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
        count(ledger.note(session.id, saying, nowMs), 1);
      }
      return admitted > 0 && malformed === admitted ? "unreadable" : "taken";
    },
  };
}
