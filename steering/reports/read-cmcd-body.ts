/**
 * Decodes a body of CMCD reports, one in a line, as far as it can be read.
 *
 * A line that is not CMCD is skipped and counted, so that one player's mistake in one report does not
 * silence the others. A line may also be request-mode data as it stands in a query (`CMCD=…`); reports
 * of version 1 are read as of version 2.
 */
import { CMCD_PARAM, decodeCmcd, fromCmcdQuery } from "@svta/cml-cmcd";
import { MAX_CMCD_REPORT_LENGTH } from "../contract/player-reports.ts";

/** Keys as CTA-5004-B names them, and what the player wrote: not one value has been checked. */
export type CmcdReport = Readonly<Record<string, unknown>>;

export type CmcdLines = {
  readonly reports: readonly CmcdReport[];
  readonly malformed: number;
};

/** The lines of a body that have something in them. */
export function splitCmcdBody(body: string): string[] {
  return body
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

export function readCmcdLines(lines: readonly string[]): CmcdLines {
  const reports = lines.map(readCmcdLine).filter((report) => report !== undefined);
  return { reports, malformed: lines.length - reports.length };
}

function readCmcdLine(line: string): CmcdReport | undefined {
  if (line.length > MAX_CMCD_REPORT_LENGTH) return undefined;
  try {
    const latest = { convertToLatest: true } as const;
    const report = line.startsWith(`${CMCD_PARAM}=`)
      ? fromCmcdQuery(line, latest)
      : decodeCmcd(line, latest);
    return Object.keys(report).length === 0 ? undefined : report;
  } catch {
    // Not a dictionary of structured fields (RFC 8941): the caller counts it.
    return undefined;
  }
}
