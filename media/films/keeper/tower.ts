/** The lighthouse itself, drawn around its lamp so that every shot can put the light where it needs it. */
import type { Brush } from "../film.ts";
import { fillPolygon } from "../strokes.ts";

export type Tower = {
  /** Where the lamp is, and the height of the ground. */
  readonly x: number;
  readonly y: number;
  readonly foot: number;
  readonly lit: string;
  readonly shade: string;
  readonly band: string;
  readonly dark: string;
};

export function paintTower(brush: Brush, { x, y, foot, lit, shade, band, dark }: Tower): void {
  const unit = (foot - y) / 200;
  const top = y + 22 * unit;
  const halfAt = (at: number) => (14 + (12 * (at - top)) / (foot - top)) * unit;
  const across = brush.createLinearGradient(x - 26 * unit, 0, x + 26 * unit, 0);
  across.addColorStop(0, lit);
  across.addColorStop(0.35, lit);
  across.addColorStop(1, shade);
  brush.fillStyle = across;
  fillPolygon(brush, [
    [x - halfAt(top), top],
    [x + halfAt(top), top],
    [x + halfAt(foot), foot],
    [x - halfAt(foot), foot],
  ]);
  brush.fillStyle = band;
  brush.globalCompositeOperation = "multiply";
  for (const [from, to] of [
    [0.2, 0.42],
    [0.64, 0.86],
  ] as const) {
    const [upper, lower] = [top + (foot - top) * from, top + (foot - top) * to];
    fillPolygon(brush, [
      [x - halfAt(upper), upper],
      [x + halfAt(upper), upper],
      [x + halfAt(lower), lower],
      [x - halfAt(lower), lower],
    ]);
  }
  brush.globalCompositeOperation = "source-over";
  brush.fillStyle = dark;
  brush.fillRect(x - 21 * unit, y + 17 * unit, 42 * unit, 6 * unit);
  brush.fillRect(x - 11 * unit, y - 15 * unit, 22 * unit, 3 * unit);
  fillPolygon(brush, [
    [x - 13 * unit, y - 14 * unit],
    [x, y - 31 * unit],
    [x + 13 * unit, y - 14 * unit],
  ]);
  brush.fillRect(x - 0.8 * unit, y - 44 * unit, 1.6 * unit, 14 * unit);
  for (const aside of [-20, -13, -7, 0, 7, 13, 20])
    brush.fillRect(x + aside * unit - 0.6, y + 8 * unit, 1.2, 10 * unit);
  brush.fillRect(x - 21 * unit, y + 7.4 * unit, 42 * unit, 1.3);
  for (const aside of [-10.5, 9])
    brush.fillRect(x + aside * unit, y - 14 * unit, 1.5 * unit, 32 * unit);
  for (const share of [0.3, 0.53, 0.78])
    brush.fillRect(x - 3 * unit, top + (foot - top) * share, 5 * unit, 9 * unit);
}
