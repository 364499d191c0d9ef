/** One result of a load bench on the page: how ours compares, three charts, every figure in a table. */
import type { BenchResult, Limit, Round, Run } from "../contract/bench-result.ts";
import { barChart } from "./bar-chart.ts";
import { escapeHtml } from "./escape-html.ts";
import { figuresTable } from "./figures-table.ts";
import { LIMITS } from "./result-table.ts";
import { claimItems } from "./write-claims.ts";
import { writeFigure, writeUnit } from "./write-figure.ts";

type Measure = {
  readonly title: string;
  readonly unit: string;
  readonly better: "more" | "less";
  readonly read: (figures: Round | Run) => number;
  readonly remark?: (run: Run) => string;
};

const LIMIT_REMARKS: Readonly<Record<Limit, string>> = {
  server: "",
  "load-generator": " limited by the load",
  neither: " not saturated",
};

const MEASURES: readonly Measure[] = [
  {
    title: "Requests a second",
    unit: "",
    better: "more",
    read: (figures) => figures.requestsPerSecond,
    remark: (run) => LIMIT_REMARKS[run.limitedBy],
  },
  {
    title: "CPU per request",
    unit: " µs",
    better: "less",
    read: (figures) => figures.cpuMicrosecondsPerRequest,
  },
  {
    title: "Latency, 99th percentile",
    unit: " ms",
    better: "less",
    read: (figures) => figures.latencyMs.p99,
  },
];

const COLUMNS: readonly (readonly [head: string, cell: (run: Run) => string])[] = [
  ["requests/s", (run) => writeFigure(run.requestsPerSecond)],
  ["MB/s", (run) => writeFigure(run.bytesPerSecond / 1e6)],
  ["CPU µs / request", (run) => writeFigure(run.cpuMicrosecondsPerRequest)],
  ["load CPU µs / request", (run) => writeFigure(run.generatorCpuMicrosecondsPerRequest)],
  ["CPU s / GB", (run) => writeFigure(run.cpuSecondsPerGigabyte)],
  ["p50 ms", (run) => writeFigure(run.latencyMs.p50)],
  ["p99 ms", (run) => writeFigure(run.latencyMs.p99)],
  ["p99.9 ms", (run) => writeFigure(run.latencyMs.p999)],
  ["p99 ms at rate", ({ atRate }) => (atRate ? writeFigure(atRate.latencyMs.p99) : "–")],
  ["RSS MiB", (run) => writeFigure(run.rssMebibytes)],
  ["server CPU", (run) => percent(run.serverCpuShare)],
  ["load CPU", (run) => percent(run.generatorCpuShare)],
  ["limited by", (run) => LIMITS[run.limitedBy]],
];

export function loadArticle(result: BenchResult): string {
  const { runs, unit } = result;
  return `<article>
<h3>${escapeHtml(writeUnit(unit))}</h3>
${verdictsOf(result)}
<div class="charts">
${MEASURES.map((measure) => chartOf(runs, measure)).join("\n")}
${chartAtRate(runs)}
</div>
${figuresTable({
  of: writeUnit(unit),
  heads: COLUMNS.map(([head]) => head),
  rows: runs.map((run) => ({
    system: run.system,
    version: run.version,
    cells: COLUMNS.map(([, cell]) => cell(run)),
  })),
})}
</article>`;
}

function verdictsOf({ ratios, claims = [], missing }: BenchResult): string {
  const items = [
    ...Object.entries(ratios).map(
      ([peer, { throughput, cpu, cpuOfBoth, p99, p99AtRate }]) =>
        `<li>Beside <b>${escapeHtml(peer)}</b>: <b>${throughput.toFixed(2)}×</b> its throughput, <b>${cpu.toFixed(2)}×</b> its CPU per request (<b>${cpuOfBoth.toFixed(2)}×</b> with that of the receiver), <b>${p99.toFixed(2)}×</b> its p99${p99AtRate === undefined ? "" : `, <b>${p99AtRate.toFixed(2)}×</b> at one rate for all`}.</li>`,
    ),
    ...claimItems(claims),
    ...missing.map(
      (peer) =>
        `<li class="missing"><b>${escapeHtml(peer)}</b> is not installed here: no comparison.</li>`,
    ),
  ];
  return items.length === 0 ? "" : `<ul class="verdicts">${items.join("")}</ul>`;
}

function chartOf(runs: readonly Run[], { title, better, read, unit, remark }: Measure): string {
  return barChart({
    title,
    better,
    bars: runs.map((run) => {
      const values = run.rounds.map(read);
      return {
        name: run.system,
        remark: remark?.(run) ?? "",
        value: read(run),
        text: `${writeFigure(read(run))}${unit}`,
        range: { lowest: Math.min(...values), highest: Math.max(...values) },
      };
    }),
  });
}

/** None where nothing was measured at a rate. */
function chartAtRate(runs: readonly Run[]): string {
  const rate = runs[0]?.atRate?.requestsPerSecond;
  if (rate === undefined) return "";
  return barChart({
    title: `p99 at ${writeFigure(rate)} requests/s`,
    better: "less",
    bars: runs.map(({ system, atRate }) => ({
      name: system,
      value: atRate?.latencyMs.p99 ?? 0,
      text: `${writeFigure(atRate?.latencyMs.p99 ?? 0)} ms`,
    })),
  });
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
