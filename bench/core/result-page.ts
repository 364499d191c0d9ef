/**
 * Writes the results as one HTML file that needs nothing else: bars to see, a table to read.
 *
 * A bar's length is the median and the thin line below it is the range over the rounds: where
 * two ranges overlap there is no difference to speak of.
 */
import type {
  BenchResult,
  BenchResults,
  Circumstances,
  Limit,
  Round,
  Run,
} from "../contract/bench-result.ts";
import { OURS } from "../contract/bench-result.ts";
import { escapeHtml } from "./escape-html.ts";
import { RESULT_PAGE_STYLE } from "./result-page-style.ts";
import { LIMITS } from "./result-table.ts";
import { writeFigure, writeUnit } from "./write-figure.ts";

type Measure = {
  readonly title: string;
  readonly unit: string;
  readonly better: "more is better" | "less is better";
  readonly read: (figures: Round | Run) => number;
  /** What must be known of one system's bar, where it stands. */
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
    better: "more is better",
    read: (figures) => figures.requestsPerSecond,
    remark: (run) => LIMIT_REMARKS[run.limitedBy],
  },
  {
    title: "CPU per request",
    unit: "µs",
    better: "less is better",
    read: (figures) => figures.cpuMicrosecondsPerRequest,
  },
  {
    title: "Latency, 99th percentile",
    unit: "ms",
    better: "less is better",
    read: (figures) => figures.latencyMs.p99,
  },
];

export function resultPage(results: BenchResults): string {
  const names = [...new Set(results.map(({ name }) => name))];
  const [first] = results;
  const general = (first?.notes ?? []).filter((note) => isOfAll(note, results));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Understudy benches: ${escapeHtml(names.join(", "))}</title>
<style>${RESULT_PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>Benches</h1>
${first === undefined ? "<p>Nothing was measured.</p>" : circumstancesOf(first.circumstances)}
</header>
<main>
${names
  .map((name) =>
    benchSection(
      results.filter((result) => result.name === name),
      general,
    ),
  )
  .join("\n")}
</main>
<footer>
<h2>How to read this</h2>
<p>Each bar is the median of the rounds; the line below it reaches from the lowest round to the highest.
Where the lines of two systems overlap, call them equal. Only the comparison within one run counts:
absolute figures change with the machine and with what else it is doing.</p>
${noteList(general)}
</footer>
</body>
</html>
`;
}

function circumstancesOf(circumstances: Circumstances): string {
  const { machine, pinning, commit } = circumstances;
  const facts = [
    ["When", `${circumstances.startedAt.slice(0, 16).replace("T", " ")} UTC`],
    ["Commit", commit?.slice(0, 10) ?? "not a checkout"],
    ["Machine", `${machine.processors} × ${machine.processor}, ${machine.system}`],
    ["Node", circumstances.node],
    ["Load", `${circumstances.loadGenerator}, on the same machine`],
    [
      "Processors",
      pinning.kind === "pinned"
        ? `server on ${pinning.server}, load on ${pinning.load}`
        : "shared by server and load: expect wide ranges",
    ],
    [
      "Rounds",
      `${circumstances.rounds} × ${writeFigure(circumstances.secondsPerRound)} s, interleaved`,
    ],
  ];
  const rows = facts.map(
    ([name = "", value = ""]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">${rows.join("")}</dl>`;
}

/** With one bench alone every note is its own. */
function isOfAll(note: string, results: BenchResults): boolean {
  const isSeveral = results.some(({ name }) => name !== results[0]?.name);
  return isSeveral && results.every(({ notes }) => notes.includes(note));
}

function benchSection(results: readonly BenchResult[], general: readonly string[]): string {
  const [first] = results;
  if (first === undefined) return "";
  const notes = new Set(results.flatMap((result) => result.notes));
  for (const note of general) notes.delete(note);
  return `<section aria-labelledby="${escapeHtml(first.name)}">
<h2 id="${escapeHtml(first.name)}">${escapeHtml(first.name)}</h2>
<p class="question">${escapeHtml(first.question)}</p>
${results.map(resultArticle).join("\n")}
${noteList([...notes])}
</section>`;
}

function noteList(notes: readonly string[]): string {
  if (notes.length === 0) return "";
  return `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ul>`;
}

function resultArticle(result: BenchResult): string {
  return `<article>
<h3>${escapeHtml(writeUnit(result.unit))}</h3>
${verdictsOf(result)}
<div class="charts">
${MEASURES.map((measure) => chart(result, measure)).join("\n")}
</div>
${figuresTable(result)}
</article>`;
}

function verdictsOf({ ratios, missing }: BenchResult): string {
  const items = [
    ...Object.entries(ratios).map(
      ([peer, { throughput, cpu, p99 }]) =>
        `<li>Beside <b>${escapeHtml(peer)}</b>: <b>${throughput.toFixed(2)}×</b> its throughput, <b>${cpu.toFixed(2)}×</b> its CPU per request, <b>${p99.toFixed(2)}×</b> its p99.</li>`,
    ),
    ...missing.map(
      (peer) =>
        `<li class="missing"><b>${escapeHtml(peer)}</b> is not installed here: no comparison.</li>`,
    ),
  ];
  return items.length === 0 ? "" : `<ul class="verdicts">${items.join("")}</ul>`;
}

/** The figures stand in the table as well, so a screen reader hears the caption and goes on. */
function chart({ runs }: BenchResult, measure: Measure): string {
  const longest = Math.max(...runs.flatMap((run) => [run, ...run.rounds].map(measure.read)));
  const share = (value: number) => `${((value / longest) * 100).toFixed(2)}%`;
  const bars = runs.map((run) => {
    const values = run.rounds.map(measure.read);
    const [lowest, highest] = [Math.min(...values), Math.max(...values)];
    const style = `--median:${share(measure.read(run))};--lowest:${share(lowest)};--highest:${share(highest)}`;
    const kind = run.system === OURS ? "ours" : "peer";
    return `<div class="row ${kind}"><span class="name">${escapeHtml(run.system)}<small>${measure.remark?.(run) ?? ""}</small></span><span class="value">${writeFigure(measure.read(run))}${measure.unit === "" ? "" : ` ${measure.unit}`}</span><span class="track" style="${style}"><span class="bar"></span><span class="range"></span></span></div>`;
  });
  return `<figure><figcaption>${measure.title} <span>${measure.better}</span></figcaption><div aria-hidden="true">${bars.join("")}</div></figure>`;
}

const COLUMNS: readonly (readonly [head: string, cell: (run: Run) => string])[] = [
  ["requests/s", (run) => writeFigure(run.requestsPerSecond)],
  ["MB/s", (run) => writeFigure(run.bytesPerSecond / 1e6)],
  ["CPU µs / request", (run) => writeFigure(run.cpuMicrosecondsPerRequest)],
  ["load CPU µs / request", (run) => writeFigure(run.generatorCpuMicrosecondsPerRequest)],
  ["CPU s / GB", (run) => writeFigure(run.cpuSecondsPerGigabyte)],
  ["p50 ms", (run) => writeFigure(run.latencyMs.p50)],
  ["p99 ms", (run) => writeFigure(run.latencyMs.p99)],
  ["p99.9 ms", (run) => writeFigure(run.latencyMs.p999)],
  ["RSS MiB", (run) => writeFigure(run.rssMebibytes)],
  ["server CPU", (run) => percent(run.serverCpuShare)],
  ["load CPU", (run) => percent(run.generatorCpuShare)],
  ["limited by", (run) => LIMITS[run.limitedBy]],
];

function figuresTable({ runs, unit }: BenchResult): string {
  const head = COLUMNS.map(([name]) => `<th scope="col">${name}</th>`).join("");
  const rows = runs.map(
    (run) =>
      `<tr${run.system === OURS ? ' class="ours"' : ""}><th scope="row">${escapeHtml(run.system)} <small>${escapeHtml(run.version)}</small></th>${COLUMNS.map(([, cell]) => `<td>${cell(run)}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="group" aria-label="Figures, ${escapeHtml(writeUnit(unit))}"><table>
<thead><tr><th scope="col">system</th>${head}</tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table></div>`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
