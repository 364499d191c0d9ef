/** Writes the lab's score card for a terminal. */
import type { LabRun } from "../../contract/lab-result.ts";
import { alignedRows } from "../aligned-rows.ts";
import { type LabCard, scoreLab } from "./lab-score.ts";
import { LEGENDS, writeScore, writeSum, writeTerms } from "./write-lab-figures.ts";

export function labTable(runs: readonly LabRun[]): string {
  return scoreLab(runs).map(cardTable).join("\n\n");
}

function cardTable(card: LabCard): string {
  const { players, rows, sums, atStart } = card;
  const cells = [
    ["fault", ...players],
    ...rows.map(({ fault, scores }) => [
      fault,
      ...scores.map((score) => writeScore(score, atStart)),
    ]),
    ["frozen in all", ...sums.map(writeSum)],
  ];
  return [
    `${writeTerms(card)}${atStart ? ", broken when the page opens" : ""}`,
    `  ${atStart ? LEGENDS.atStart : LEGENDS.midplay}`,
    ...alignedRows(cells).map((row) => `  ${row.trimEnd()}`),
  ].join("\n");
}
