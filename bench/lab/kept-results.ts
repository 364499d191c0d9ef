/** What the lab has measured so far, on disk: it is read before, and written after every batch. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { Value } from "typebox/value";
import { type LabRun, LabRuns } from "../contract/lab-result.ts";
import { labMarkdown } from "../core/lab/lab-markdown.ts";
import { labPage } from "../core/lab/lab-page.ts";
import { BenchError } from "../errors.ts";
import { describeCommit, describeMachine } from "../measure/machine.ts";

type Files = { readonly json?: string; readonly html?: string; readonly markdown?: string };

/** Written aside and renamed, so that whoever stops the lab never finds half a file. */
export function keepResults(runs: readonly LabRun[], { json, html, markdown }: Files): void {
  const [flaw] = Value.Errors(LabRuns, runs);
  if (flaw !== undefined) {
    throw new TypeError(`A result breaks its contract at ${flaw.instancePath}: ${flaw.message}`);
  }
  const about = { commit: describeCommit(), machine: describeMachine() };
  if (json !== undefined) writeWhole(json, `${JSON.stringify(runs)}\n`);
  if (html !== undefined) writeWhole(html, labPage(runs, about));
  if (markdown !== undefined) writeWhole(markdown, labMarkdown(runs));
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

/** @throws {BenchError} if what is there is something else. */
export function readEarlier(file: string | undefined): readonly LabRun[] {
  if (file === undefined) return [];
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new BenchError(`${file} cannot be read: ${(error as Error).message}.`);
  }
  try {
    return Value.Parse(LabRuns, JSON.parse(text));
  } catch {
    throw new BenchError(`${file} has no results of the lab. Name another file, or say --fresh.`);
  }
}
