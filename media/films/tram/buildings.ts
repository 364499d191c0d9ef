/** Rows of city houses with lit and dark windows, painted once as a long layer. */
import { type Random, seededRandom } from "../../../kernel/seeded-random.ts";
import type { Brush } from "../film.ts";
import { blendColors, paintLayer } from "../strokes.ts";

export type Row = {
  readonly seed: string;
  readonly width: number;
  readonly ground: number;
  readonly lowest: number;
  readonly highest: number;
  readonly wall: string;
  readonly haze: string;
  readonly window: number;
  readonly litShare: number;
};

export function paintRow(row: Row): OffscreenCanvas {
  const random = seededRandom(row.seed);
  return paintLayer(row.width, 540, (brush) => {
    for (let x = -30; x < row.width; ) {
      const width = row.window * (6 + Math.floor(random() * 7));
      const height = row.lowest + random() * (row.highest - row.lowest);
      paintHouse(brush, random, row, x, width, row.ground - height);
      x += width + (random() < 0.2 ? row.window : 0);
    }
  });
}

function paintHouse(
  brush: Brush,
  random: Random,
  row: Row,
  x: number,
  width: number,
  top: number,
): void {
  const wall = brush.createLinearGradient(0, top, 0, row.ground);
  const tint = blendColors(row.wall, "#1c1446", random() * 0.5);
  wall.addColorStop(0, tint);
  wall.addColorStop(1, blendColors(tint, row.haze, 0.6));
  brush.fillStyle = wall;
  brush.fillRect(x, top, width, row.ground - top);
  if (random() < 0.5)
    brush.fillRect(x + width * 0.3, top - row.window * 1.6, width * 0.3, row.window * 2);
  if (random() < 0.35) brush.fillRect(x + width * 0.7, top - row.window * 4, 2, row.window * 4);
  const lights = ["#ffcf7a", "#ffb45e", "#ffe3a8", "#8fe3ff", "#ff8fd0"];
  const step = row.window * 2;
  for (let y = top + row.window * 1.6; y < row.ground - row.window * 3; y += step * 1.15) {
    for (let left = x + row.window; left < x + width - row.window * 1.4; left += step) {
      const lit = random() < row.litShare;
      brush.globalAlpha = lit ? 0.5 + random() * 0.45 : 0.35;
      brush.fillStyle = lit
        ? (lights[Math.floor(random() ** 2.4 * lights.length)] ?? "#ffcf7a")
        : "#0a0722";
      brush.fillRect(left, y, row.window, row.window * 1.35);
    }
  }
  brush.globalAlpha = 1;
}
