/**
 * Draws figures as bars in plain HTML: a bar's length is the figure, and the thin line below it the
 * range over the rounds, where there were several.
 */
import { OURS } from "../contract/bench-result.ts";
import { escapeHtml } from "./escape-html.ts";

export type Bar = {
  readonly name: string;
  /** What must be known of this bar, where it stands. */
  readonly remark?: string;
  readonly value: number;
  readonly text: string;
  readonly range?: { readonly lowest: number; readonly highest: number };
};

/** The figures stand in the table as well, so a screen reader hears the caption and goes on. */
export function barChart(chart: {
  readonly title: string;
  readonly better: "more" | "less";
  readonly bars: readonly Bar[];
}): string {
  const { title, better, bars } = chart;
  const longest = Math.max(0, ...bars.map(({ value, range }) => range?.highest ?? value));
  const share = (value: number) =>
    `${(longest === 0 ? 0 : (Math.max(0, value) / longest) * 100).toFixed(2)}%`;
  const rows = bars.map(({ name, remark = "", value, text, range }) => {
    const ends = range && `;--lowest:${share(range.lowest)};--highest:${share(range.highest)}`;
    const line = range && '<span class="range"></span>';
    return `<div class="row ${isOurs(name) ? "ours" : "peer"}"><span class="name">${escapeHtml(name)}<small>${escapeHtml(remark)}</small></span><span class="value">${escapeHtml(text)}</span><span class="track" style="--median:${share(value)}${ends ?? ""}"><span class="bar"></span>${line ?? ""}</span></div>`;
  });
  return `<figure><figcaption>${escapeHtml(title)} <span>${better} is better</span></figcaption><div aria-hidden="true">${rows.join("")}</div></figure>`;
}

/** Ours may be measured in several cases, such as `understudy (disk)`. */
export function isOurs(name: string): boolean {
  return name === OURS || name.startsWith(`${OURS} `);
}
