/**
 * Writes the results as one HTML file that needs nothing else: bars to see, a table to read.
 *
 * A bar's length is the median and the thin line below it is the range over the rounds: where
 * two ranges overlap there is no difference to speak of.
 */
import type { BenchResults } from "../contract/bench-result.ts";
import type { Circumstances } from "../contract/circumstances.ts";
import { escapeHtml } from "./escape-html.ts";
import { loadArticle } from "./load-article.ts";
import { RESULT_PAGE_STYLE } from "./result-page-style.ts";
import { studyArticle } from "./study-article.ts";
import { writeFigure } from "./write-figure.ts";

export function resultPage(results: BenchResults): string {
  const names = [...new Set(results.map(({ name }) => name))];
  const [first] = results;
  const general = [...new Set(results.flatMap(({ notes }) => notes))].filter((note) =>
    isOfAll(note, results),
  );
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
<p>Each bar is the median of the rounds; the line below it, where there is one, reaches from the lowest
round to the highest. Where the lines of two systems overlap, call them equal. Only the comparison within one run counts:
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

/** Of all load benches: with one of them alone every note is its own. */
function isOfAll(note: string, results: BenchResults): boolean {
  const loads = results.filter(({ kind }) => kind === "load");
  const isSeveral = loads.some(({ name }) => name !== loads[0]?.name);
  return isSeveral && loads.every(({ notes }) => notes.includes(note));
}

function benchSection(results: BenchResults, general: readonly string[]): string {
  const [first] = results;
  if (first === undefined) return "";
  const notes = new Set(results.flatMap((result) => result.notes));
  for (const note of general) notes.delete(note);
  return `<section aria-labelledby="${escapeHtml(first.name)}">
<h2 id="${escapeHtml(first.name)}">${escapeHtml(first.name)}</h2>
<p class="question">${escapeHtml(first.question)}</p>
${results.map((result) => (result.kind === "load" ? loadArticle(result) : studyArticle(result))).join("\n")}
${noteList([...notes])}
</section>`;
}

function noteList(notes: readonly string[]): string {
  if (notes.length === 0) return "";
  return `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ul>`;
}
