/** One result of a study on the page: what it was to show, its charts, and every figure in a table. */
import type { StudyColumn, StudyResult } from "../contract/study-result.ts";
import { type Bar, barChart } from "./bar-chart.ts";
import { escapeHtml } from "./escape-html.ts";
import { figuresTable } from "./figures-table.ts";
import { writeCell } from "./study-table.ts";
import { claimItems } from "./write-claims.ts";
import { writeUnit } from "./write-figure.ts";

export function studyArticle(result: StudyResult): string {
  const { unit, columns, runs } = result;
  const charts = columns.flatMap((column) => chartOf(result, column) ?? []);
  return `<article>
<h3>${escapeHtml(writeUnit(unit))}</h3>
${claimsOf(result)}
${charts.length === 0 ? "" : `<div class="charts">\n${charts.join("\n")}\n</div>`}
${figuresTable({
  of: writeUnit(unit),
  heads: columns.map(({ title }) => title),
  rows: runs.map((run) => ({
    system: run.system,
    version: String(run["version"] ?? ""),
    cells: columns.map((column) => writeCell(run, column)),
  })),
})}
</article>`;
}

function claimsOf({ claims, missing }: StudyResult): string {
  const items = [
    ...claimItems(claims),
    ...missing.map(
      (peer) =>
        `<li class="missing"><b>${escapeHtml(peer)}</b> is not installed here: no comparison.</li>`,
    ),
  ];
  return items.length === 0 ? "" : `<ul class="verdicts">${items.join("")}</ul>`;
}

/** None for a figure that says nothing of better and worse. */
function chartOf({ runs }: StudyResult, column: StudyColumn): string | undefined {
  if (column.better === undefined) return undefined;
  const bars = runs.flatMap((run): Bar[] => {
    const value = run[column.figure];
    if (typeof value !== "number") return [];
    return [{ name: run.system, value, text: writeCell(run, column) }];
  });
  return barChart({ title: column.title, better: column.better, bars });
}
