/** Writes the lab's results as one page that needs nothing else: the score card, then every run to see. */
import type { Circumstances } from "../../contract/circumstances.ts";
import type { LabRun } from "../../contract/lab-result.ts";
import { escapeHtml } from "../escape-html.ts";
import { RESULT_PAGE_STYLE } from "../result-page-style.ts";
import { findLabFault } from "./lab-fault.ts";
import { LAB_PAGE_STYLE } from "./lab-page-style.ts";
import { type LabCard, type LabRow, type LabScore, scoreLab } from "./lab-score.ts";
import { labTimeline } from "./lab-timeline.ts";
import { NEVER, writeSeconds, writeSum, writeTerms } from "./write-lab-figures.ts";

export type LabAbout = {
  readonly commit: string | null;
  readonly machine: Circumstances["machine"];
};

export function labPage(runs: readonly LabRun[], about: LabAbout): string {
  const cards = scoreLab(runs);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Understudy lab: players through faults</title>
<style>${RESULT_PAGE_STYLE}${LAB_PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>When the primary fails</h1>
<p class="lead">Real players in a real browser, with two pathways. A breaks and heals; B is well. What counts is
how long the picture stands still, how soon B is asked, and how soon A serves again.</p>
${runs.length === 0 ? "<p>Nothing was run.</p>" : factsOf(runs, about)}
</header>
<main>
${cards.map(cardSection).join("\n")}
</main>
<footer>
<h2>How to read this</h2>
<p>Frozen: seconds without a moving picture after the first frame, from samples of 250 ms. “B” runs from the
first request that the fault touched, or the byte that did not come, to the first request to B. “Back” runs from
A's recovery to the first segment that A served whole; a player that never left A and waited for it has 0. The
steering server says “A, then B” throughout: it does not know that A is ill. One run each, if it says nothing
else: read differences of a second as noise, and the control beside each as the measure of the machine.</p>
</footer>
</body>
</html>
`;
}

function factsOf(runs: readonly LabRun[], { commit, machine }: LabAbout): string {
  const versions = new Map(runs.map(({ player, playerVersion }) => [player, playerVersion]));
  const [first] = runs.map(({ startedAt }) => startedAt).sort();
  const facts = [
    ["When", `${first?.slice(0, 16).replace("T", " ")} UTC`],
    ["Commit", commit?.slice(0, 10) ?? "not a checkout"],
    ["Players", Array.from(versions, ([name, version]) => `${name} ${version}`).join(" · ")],
    ["Machine", `${machine.processors} × ${machine.processor}`],
    ["Stream", "2 s segments; 0.8, 2 and 4 Mbit/s; sound apart"],
  ];
  const rows = facts.map(
    ([name = "", value = ""]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">${rows.join("")}</dl>`;
}

function cardSection(card: LabCard, index: number): string {
  const title = `${writeTerms(card)}${card.atStart ? ", broken when the page opens" : ""}`;
  return `<section aria-labelledby="card-${index}">
<h2 id="card-${index}">${capital(title)}</h2>
<article>
<div class="scroll card" tabindex="0" role="group" aria-label="Score card: ${escapeHtml(title)}">
<table>
<thead><tr><th scope="col">Fault</th>${card.players.map((player) => `<th scope="col"${classOf(player)}>${escapeHtml(player)}</th>`).join("")}</tr></thead>
<tbody>
${card.rows.map((row) => scoreRow(row, card)).join("\n")}
<tr class="sum"><th scope="row">Frozen in all</th>${card.sums.map((sum, place) => `<td${classOf(card.players[place])}>${writeSum(sum)}</td>`).join("")}</tr>
</tbody>
</table>
</div>
</article>
${LEGEND}
${card.rows.map((row) => faultArticle(row)).join("\n")}
</section>`;
}

function scoreRow({ fault, scores }: LabRow, { players, atStart }: LabCard): string {
  const cells = scores.map((score, place) => scoreCell(score, { player: players[place], atStart }));
  return `<tr><th scope="row">${escapeHtml(fault)}</th>${cells.join("")}</tr>`;
}

/** So many seconds without a picture are as bad as it gets. */
const WORST_SECONDS = 30;
const DARKEST_PERCENT = 42;
const FAINTEST_PERCENT = 8;

function scoreCell(
  score: LabScore | undefined,
  { player, atStart }: { readonly player: string | undefined; readonly atStart: boolean },
): string {
  if (score === undefined) return `<td${classOf(player)}></td>`;
  const { stallSeconds, dead, backupSeconds, failbackSeconds, startupSeconds } = score;
  const main = dead ? "dead" : writeWithUnit(atStart ? startupSeconds : stallSeconds);
  const rest = atStart
    ? `frozen ${writeSeconds(stallSeconds)}`
    : `B ${writeSeconds(backupSeconds)}`;
  const back = `back ${writeSeconds(failbackSeconds)}`;
  const isQuiet = backupSeconds === null && failbackSeconds === null && !atStart;
  const badness = dead
    ? WORST_SECONDS
    : stallSeconds + (atStart ? Math.max(0, (startupSeconds ?? WORST_SECONDS) - 2) : 0);
  const names = [...(isOurs(player) ? ["ours"] : []), ...(badness > 0 ? ["frozen"] : [])];
  const percent =
    Math.round(Math.min(1, badness / WORST_SECONDS) * (DARKEST_PERCENT - FAINTEST_PERCENT)) +
    FAINTEST_PERCENT;
  return `<td class="${names.join(" ")}"${badness > 0 ? ` style="--badness:${percent}%"` : ""}><b>${main}</b>${isQuiet ? "" : `<small>${rest} · ${back}</small>`}</td>`;
}

const LEGEND = `<ul class="legend">
<li><svg viewBox="0 0 28 14" aria-hidden="true"><rect class="on-a" x="2" y="1" width="10" height="5"/><rect class="on-b" x="14" y="8" width="10" height="5"/></svg>video segments, by A above and B below</li>
<li><svg viewBox="0 0 28 14" aria-hidden="true"><rect class="on-a cut" x="4" y="4" width="20" height="6"/></svg>one that did not come whole</li>
<li><svg viewBox="0 0 28 14" aria-hidden="true"><rect class="on-a" x="6" y="5" width="4" height="4"/><rect class="on-a cut" x="16" y="5" width="4" height="4"/></svg>a probe, and one that failed</li>
<li><svg viewBox="0 0 28 14" aria-hidden="true"><path class="in-hand" d="M0 14L0 5L14 3L28 10L28 14Z"/></svg>media in hand, up to 14 s</li>
<li><svg viewBox="0 0 28 14" aria-hidden="true"><rect class="fault-span" width="28" height="14"/></svg>A is broken</li>
<li><svg viewBox="0 0 28 14" aria-hidden="true"><rect class="still" width="28" height="14"/><rect class="still-bar" width="28" height="3"/></svg>picture frozen</li>
</ul>`;

function faultArticle({ fault, scores }: LabRow): string {
  const runs = scores.flatMap((score) => score?.runs ?? []);
  return `<article>
<h3>${escapeHtml(fault)} <small>${escapeHtml(findLabFault(fault)?.about ?? "")}</small></h3>
<div class="runs">
${runs.map(runRow).join("\n")}
</div>
</article>`;
}

function runRow(run: LabRun): string {
  const { player, stallSeconds, dead, bufferAtFaultSeconds, remark } = run;
  const isFrozen = dead || stallSeconds > 0;
  const verdict = dead
    ? "dead: no picture at the end"
    : isFrozen
      ? `frozen for ${writeSeconds(stallSeconds)} s`
      : "never frozen";
  const more = [
    `B ${writeSeconds(run.backupSeconds)}, back ${writeSeconds(run.failbackSeconds)}, first frame ${writeSeconds(run.startupSeconds)}`,
    ...(bufferAtFaultSeconds === null ? [] : [`${writeSeconds(bufferAtFaultSeconds)} s in hand`]),
    ...(remark === undefined ? [] : [remark]),
  ];
  return `<div class="run">
<header><b>${escapeHtml(player)}${run.run > 1 ? ` <small>run ${run.run}</small>` : ""}</b>
<small class="verdict${isFrozen ? " frozen" : ""}">${verdict}</small>
${more.map((line) => `<small>${escapeHtml(line)}</small>`).join("")}</header>
${labTimeline(run)}
</div>`;
}

function writeWithUnit(seconds: number | null): string {
  return seconds === null ? NEVER : `${writeSeconds(seconds)} s`;
}

function isOurs(player: string | undefined): boolean {
  return player?.startsWith("understudy") === true;
}

function classOf(player: string | undefined): string {
  return isOurs(player) ? ' class="ours"' : "";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
