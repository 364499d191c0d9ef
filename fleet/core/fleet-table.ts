/** Writes the processes of a fleet as a table for a terminal. */

export type TableRow = {
  readonly name: string;
  readonly role: string;
  readonly region: string | null;
  readonly url: string;
};

const HEAD = ["name", "role", "region", "address"];
const GAP = "   ";

export function fleetTable(processes: readonly TableRow[]): string {
  const rows = [
    HEAD,
    ...processes.map(({ name, role, region, url }) => [name, role, region ?? "-", url]),
  ];
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? "").length)),
  );
  return rows
    .map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(GAP))
    .map((line) => `  ${line.trimEnd()}\n`)
    .join("");
}
