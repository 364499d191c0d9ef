/** Writes what `--json` and `--html` ask for, after making sure beforehand that it can be done. */
import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Value } from "typebox/value";
import { BenchResults } from "./contract/bench-result.ts";
import { resultPage } from "./core/result-page.ts";
import { BenchError } from "./errors.ts";

type Files = { readonly json?: string; readonly html?: string; readonly markdown?: string };

/** @throws {BenchError} now, rather than after minutes of measuring. */
export function checkReportFiles({ json, html, markdown }: Files): void {
  for (const [flag, file] of Object.entries({
    "--json": json,
    "--html": html,
    "--markdown": markdown,
  })) {
    if (file === undefined) continue;
    try {
      accessSync(dirname(file), constants.W_OK);
    } catch {
      throw new BenchError(`${flag}: nothing can be written to the folder of ${file}.`);
    }
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
      throw new BenchError(`${flag}: ${file} is a folder.`);
    }
  }
}

export function writeReportFiles(results: BenchResults, { json, html }: Files): void {
  const [flaw] = Value.Errors(BenchResults, results);
  if (flaw !== undefined) {
    throw new TypeError(`A result breaks its contract at ${flaw.instancePath}: ${flaw.message}`);
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
  if (html !== undefined) writeFileSync(html, resultPage(results));
}
