/** Writes figures as an HTML table that scrolls by itself where it is too wide. */
import { isOurs } from "./bar-chart.ts";
import { escapeHtml } from "./escape-html.ts";

export type FiguresRow = {
  readonly system: string;
  /** Small, behind the name. */
  readonly version: string;
  readonly cells: readonly string[];
};

export function figuresTable(table: {
  /** For who hears the page: what the table is of. */
  readonly of: string;
  readonly heads: readonly string[];
  readonly rows: readonly FiguresRow[];
}): string {
  const head = table.heads.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const rows = table.rows.map(
    ({ system, version, cells }) =>
      `<tr${isOurs(system) ? ' class="ours"' : ""}><th scope="row">${escapeHtml(system)} <small>${escapeHtml(version)}</small></th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="group" aria-label="Figures, ${escapeHtml(table.of)}"><table>
<thead><tr><th scope="col">system</th>${head}</tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table></div>`;
}
