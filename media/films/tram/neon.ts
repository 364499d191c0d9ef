/** A neon sign: text or a line drawing in glass, humming, sometimes failing. */
import type { Brush } from "../film.ts";
import { noiseAt } from "../noise.ts";
import { paintGlow } from "../strokes.ts";

export type Neon = {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly color: string;
  /** Set downwards, letter under letter. */
  readonly upright?: true;
  /** How often it fails, from 0 (never) to 1. */
  readonly worn: number;
};

export function paintNeon(
  brush: Brush,
  seconds: number,
  { text, x, y, size, color, upright, worn }: Neon,
): void {
  const on = noiseAt(seconds * 6, x) < worn * 0.5 ? 0.18 : 0.86 + 0.14 * noiseAt(seconds * 13, y);
  const letters = upright ? [...text] : [text];
  const length = letters.length * size * (upright ? 0.95 : 0.28 * text.length);
  paintGlow(brush, {
    x: upright ? x : x + length,
    y: upright ? y + length / 2 : y - size * 0.3,
    radius: Math.max(70, length * (upright ? 0.8 : 1.5)),
    color,
    alpha: 0.34 * on,
  });
  brush.font = `${size}px "Tilt Neon"`;
  brush.fillStyle = "#0a0524e6";
  brush.beginPath();
  if (upright) brush.roundRect(x - size * 0.56, y - size, size * 1.12, length + size * 0.34, 7);
  else brush.roundRect(x - 11, y - size, brush.measureText(text).width + 22, size * 1.42, 7);
  brush.fill();
  brush.textAlign = upright ? "center" : "left";
  for (const [index, letter] of letters.entries()) {
    const bottom = y + index * size * 0.95;
    brush.shadowColor = color;
    brush.shadowBlur = 12 * on;
    brush.globalAlpha = 0.22 + 0.78 * on;
    brush.fillStyle = color;
    brush.fillText(letter, x, bottom);
    brush.shadowBlur = 0;
    brush.globalAlpha = 0.55 * on;
    brush.fillStyle = "#ffffff";
    brush.fillText(letter, x, bottom);
  }
  brush.globalAlpha = 1;
  brush.textAlign = "left";
}
