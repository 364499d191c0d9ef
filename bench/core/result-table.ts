/** Writes one result as a table for a terminal, with the ratios in a sentence below it. */
import type { BenchResult, Limit, Run } from "../contract/bench-result.ts";
import { alignedRows } from "./aligned-rows.ts";
import { claimLines } from "./write-claims.ts";
import { writeFigure, writeUnit } from "./write-figure.ts";

type Column = { readonly head: string; readonly cell: (run: Run) => string };

const COLUMNS: readonly Column[] = [
  { head: "requests/s", cell: (run) => writeFigure(run.requestsPerSecond) },
  { head: "MB/s", cell: (run) => writeFigure(run.bytesPerSecond / 1e6) },
  { head: "CPU µs/request", cell: (run) => writeFigure(run.cpuMicrosecondsPerRequest) },
  { head: "CPU s/GB", cell: (run) => writeFigure(run.cpuSecondsPerGigabyte) },
  { head: "p50 ms", cell: (run) => writeFigure(run.latencyMs.p50) },
  { head: "p99 ms", cell: (run) => writeFigure(run.latencyMs.p99) },
  { head: "p99.9 ms", cell: (run) => writeFigure(run.latencyMs.p999) },
  {
    head: "p99 ms at rate",
    cell: ({ atRate }) => (atRate ? writeFigure(atRate.latencyMs.p99) : "–"),
  },
  { head: "RSS MiB", cell: (run) => writeFigure(run.rssMebibytes) },
  { head: "limited by", cell: (run) => LIMITS[run.limitedBy] },
];

export const LIMITS: Readonly<Record<Limit, string>> = {
  server: "server",
  "load-generator": "load generator",
  neither: "neither",
};

export function resultTable(result: BenchResult): string {
  const rows = [
    ["system", ...COLUMNS.map(({ head }) => head)],
    ...result.runs.map((run) => [run.system, ...COLUMNS.map(({ cell }) => cell(run))]),
  ];
  return [
    `${result.name}: ${writeUnit(result.unit)}`,
    ...[...alignedRows(rows), ...comparisons(result)].map((line) => `  ${line}`),
    "",
  ].join("\n");
}

function comparisons({ ratios, claims = [], missing, runs, generator }: BenchResult): string[] {
  const rate = runs[0]?.atRate?.requestsPerSecond;
  return [
    `load by ${generator}${rate === undefined ? "" : `; the rate is ${writeFigure(rate)} requests/s`}`,
    ...Object.entries(ratios).map(
      ([peer, { throughput, cpu, cpuOfBoth, p99, p99AtRate }]) =>
        `ours / ${peer}: throughput ${throughput.toFixed(2)}, CPU ${cpu.toFixed(2)}, CPU of both sides ${cpuOfBoth.toFixed(2)}, p99 ${p99.toFixed(2)}${p99AtRate === undefined ? "" : `, p99 at rate ${p99AtRate.toFixed(2)}`}`,
    ),
    ...claimLines(claims),
    ...missing.map((peer) => `${peer} is not installed here, so there is no comparison with it`),
  ];
}
