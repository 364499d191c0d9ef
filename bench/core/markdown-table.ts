/** Sets rows of cells as a Markdown table with even columns, as a formatter would leave it. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) =>
    Math.max(LEAST_DASHES, ...rows.map((cells) => (cells[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  const [first = "", ...others] = rows.map(line);
  return [first, rule, ...others].join("\n");
}

const LEAST_DASHES = 3;
