/**
 * The layers of `npm test`, each with the time that it may take, and the table at its end.
 *
 * A layer over its budget is marked, not failed: how fast a machine is today says nothing about the
 * change that is tested. The mark is there so that somebody looks before the wait becomes a habit.
 */

export type Layer = {
  readonly name: string;
  readonly budgetMinutes: number;
  /** Scripts of package.json, in order. */
  readonly scripts: readonly string[];
};

export type LayerRun = {
  readonly layer: Layer;
  readonly tookMs: number;
  readonly outcome: "passed" | "failed" | "not run";
};

/** Cheapest first: a typing mistake is found in a minute, not in ten. */
export const LAYERS: readonly Layer[] = [
  { name: "static", budgetMinutes: 1, scripts: ["lint", "types", "unused"] },
  { name: "unit", budgetMinutes: 1, scripts: ["test:unit"] },
  { name: "integration", budgetMinutes: 3, scripts: ["test:integration"] },
  { name: "browser", budgetMinutes: 10, scripts: ["test:e2e"] },
];

const NAME_WIDTH = 14;
const TIME_WIDTH = 12;

export function layerReport(runs: readonly LayerRun[]): string {
  const rows = runs.map(({ layer, tookMs, outcome }) => {
    const isOver = tookMs > layer.budgetMinutes * 60_000;
    return [
      layer.name.padEnd(NAME_WIDTH),
      (outcome === "not run" ? "-" : minutesAndSeconds(tookMs)).padStart(TIME_WIDTH),
      minutesAndSeconds(layer.budgetMinutes * 60_000).padStart(TIME_WIDTH),
      `  ${outcome}${isOver ? ", over its budget" : ""}`,
    ].join("");
  });
  const total = runs.reduce((sum, { tookMs }) => sum + tookMs, 0);
  const head = [
    "layer".padEnd(NAME_WIDTH),
    "took".padStart(TIME_WIDTH),
    "budget".padStart(TIME_WIDTH),
  ];
  const foot = ["together".padEnd(NAME_WIDTH), minutesAndSeconds(total).padStart(TIME_WIDTH)];
  return ["", head.join(""), ...rows, foot.join(""), ""].join("\n");
}

function minutesAndSeconds(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2)} s`;
}
