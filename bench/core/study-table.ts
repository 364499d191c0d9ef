/** Writes what a study found as a table for a terminal, with its claims in sentences below it. */
import type { StudyColumn, StudyResult, StudyRun } from "../contract/study-result.ts";
import { alignedRows } from "./aligned-rows.ts";
import { claimLines } from "./write-claims.ts";
import { writeFigure, writeUnit } from "./write-figure.ts";

/** What a system cannot tell. */
const NOTHING = "–";

export function studyTable(result: StudyResult): string {
  const { name, unit, columns, runs, claims, missing } = result;
  const rows = [
    ["system", ...columns.map(({ title }) => title)],
    ...runs.map((run) => [run.system, ...columns.map((column) => writeCell(run, column))]),
  ];
  return [
    [name, writeUnit(unit)].filter((part) => part !== "").join(": "),
    ...[
      ...alignedRows(rows),
      ...claimLines(claims),
      ...missing.map((peer) => `${peer} is not installed here, so there is no comparison with it`),
    ].map((line) => `  ${line}`),
    "",
  ].join("\n");
}

export function writeCell(run: StudyRun, { figure, as }: StudyColumn): string {
  const value = run[figure];
  if (value === undefined) return NOTHING;
  if (typeof value === "string") return value;
  switch (as) {
    case "figure":
      return value < 0 ? `-${writeFigure(-value)}` : writeFigure(value);
    case "share":
      return `${(value * 100).toFixed(2)} %`;
    case "count":
      return Math.round(value).toLocaleString("en-US");
  }
}
