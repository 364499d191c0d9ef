/** Writes one result as a table for a terminal, with the ratios in a sentence below it. */
import type { BenchResult, Limit, Run } from "../contract/bench-result.ts";
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
  { head: "RSS MiB", cell: (run) => writeFigure(run.rssMebibytes) },
  { head: "limited by", cell: (run) => LIMITS[run.limitedBy] },
];
const GAP = "  ";

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
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? "").length)),
  );
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join(GAP),
  );
  return [
    `${result.name}: ${writeUnit(result.unit)}`,
    ...[...lines, ...comparisons(result)].map((line) => `  ${line}`),
    "",
  ].join("\n");
}

function comparisons({ ratios, missing }: BenchResult): string[] {
  return [
    ...Object.entries(ratios).map(
      ([peer, { throughput, cpu, p99 }]) =>
        `ours / ${peer}: throughput ${throughput.toFixed(2)}, CPU ${cpu.toFixed(2)}, p99 ${p99.toFixed(2)}`,
    ),
    ...missing.map((peer) => `${peer} is not installed here, so there is no comparison with it`),
  ];
}
