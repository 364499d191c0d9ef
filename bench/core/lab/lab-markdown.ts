/**
 * Writes the lab's scores as Markdown, for a README: a table for what breaks in play and one for what is
 * broken at the start, live and on demand, and whoever played under other terms in a column beside.
 */
import type { LabRun } from "../../contract/lab-result.ts";
import { markdownTable } from "../markdown-table.ts";
import { type LabCard, type LabSum, scoreLab } from "./lab-score.ts";
import { LEGENDS, writeScore, writeSum } from "./write-lab-figures.ts";

type Column = { readonly title: string; readonly cells: Map<string, string>; readonly sum: LabSum };

export function labMarkdown(runs: readonly LabRun[]): string {
  const groups = Map.groupBy(scoreLab(runs), ({ mode, atStart }) => `${mode} ${atStart}`);
  return [...groups.values()].map(tableOf).join("\n");
}

/** @param cards of one mode, of what breaks at one time. */
function tableOf(cards: readonly LabCard[]): string {
  const [{ mode, atStart }] = cards as readonly [LabCard, ...LabCard[]];
  const columns = cards.flatMap(columnsOf);
  const faults = new Set(cards.flatMap(({ rows }) => rows.map(({ fault }) => fault)));
  const rows = [
    ["fault", ...columns.map(({ title }) => title)],
    ...Array.from(faults, (fault) => [
      `\`${fault}\``,
      ...columns.map(({ cells }) => cells.get(fault) ?? ""),
    ]),
    ["**frozen in all**", ...columns.map(({ sum }) => `**${writeSum(sum)}**`)],
  ];
  const what = `${mode === "live" ? "Live" : "On demand"}${atStart ? ", broken when the page opens" : ""}`;
  const legend = atStart ? LEGENDS.atStart : LEGENDS.midplay;
  return `${what}: ${legend}.\n\n${markdownTable(rows)}\n`;
}

function columnsOf({ players, rows, sums, link, steering, atStart }: LabCard): Column[] {
  const terms = [
    ...(link === "open" ? [] : ["20 Mbit/s"]),
    ...(steering === "up" ? [] : ["steering down"]),
  ];
  return players.map((player, index) => ({
    title: [player, ...terms].join(", "),
    cells: new Map(
      rows.map(({ fault, scores }) => [fault, writeScore(scores[index], atStart)] as const),
    ),
    sum: sums[index] as LabSum,
  }));
}
