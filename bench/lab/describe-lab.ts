/** What the lab says to the person at the terminal: what there is, what it will do, how each fared. */
import type { LabCourse, LabRun } from "../contract/lab-result.ts";
import { FAULT_GROUPS, LAB_FAULTS } from "../core/lab/lab-fault.ts";
import { type LabBatch, type LabCase, secondsOf } from "../core/lab/lab-plan.ts";
import { LAB_PLAYERS } from "../core/lab/lab-player.ts";
import { scoreLab } from "../core/lab/lab-score.ts";
import { writeLength, writeScore, writeTerms } from "../core/lab/write-lab-figures.ts";

export function openingOf(batches: readonly LabBatch[], course: LabCourse, kept: number): string {
  const runs = batches.flat().length;
  const before = kept === 0 ? "" : `, beside ${kept} that are there already`;
  if (runs === 0)
    return `Nothing is left to run: all of it is there already (--fresh runs it anew).`;
  const turns = batches.length === 1 ? "one turn" : `${batches.length} turns`;
  return `${runs} runs in ${turns}${before}: ${writeLength(secondsOf(batches, course))}.`;
}

export function titleOf({ player, fault, run, ...terms }: LabCase): string {
  return `${player.name} through ${fault.name}, ${writeTerms(terms)}${run === 1 ? "" : `, run ${run}`}`;
}

export function briefOf(run: LabRun): string {
  const [card] = scoreLab([run]);
  const score = writeScore(card?.rows[0]?.scores[0], card?.atStart === true);
  return `${run.player} ${run.fault}: ${score}`;
}

export function describeLab(): string {
  const rows = (each: readonly { readonly name: string; readonly about: string }[]) =>
    each.map(({ name, about }) => `  ${name.padEnd(26)} ${about}`).join("\n");
  const midplay = LAB_FAULTS.filter(({ atStart }) => !atStart);
  const startup = LAB_FAULTS.filter(({ atStart }) => atStart).map(({ name }) => name);
  return [
    `Players:\n${rows(LAB_PLAYERS)}`,
    `Faults:\n${rows(midplay)}`,
    `There when the page opens:\n  ${startup.join(" ")}`,
    `Groups:\n  ${Object.keys(FAULT_GROUPS).join(" ")}\n`,
  ].join("\n\n");
}
