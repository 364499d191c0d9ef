/** Rain in three depths: drops fall along a slant and come again at the top. */
import type { Brush } from "../film.ts";

export type Rain = { readonly drops: number; readonly slant: number; readonly alpha: number };

export function paintRain(brush: Brush, seconds: number, { drops, slant, alpha }: Rain): void {
  brush.lineCap = "round";
  for (let depth = 0; depth < 3; depth += 1) {
    brush.strokeStyle = `rgb(190 206 255 / ${alpha * (0.45 + depth * 0.3)})`;
    brush.lineWidth = 0.9 + depth * 0.5;
    const length = 15 + depth * 13;
    const rain = new Path2D();
    for (let drop = 0; drop < drops; drop += 1) {
      const speed = 560 + depth * 260 + (drop % 7) * 24;
      const fallen = (drop * 211.7 + seconds * speed) % 640;
      const x =
        ((drop * 367.3 + depth * 91 + Math.floor((drop * 211.7 + seconds * speed) / 640) * 53.9) %
          1060) -
        60;
      rain.moveTo(x + fallen * slant, fallen - 60);
      rain.lineTo(x + (fallen + length) * slant, fallen - 60 + length);
    }
    brush.stroke(rain);
  }
}

/** Rings where drops meet standing water, flat because the ground is seen from the side. */
export function paintRipples(brush: Brush, seconds: number, top: number, bottom: number): void {
  brush.lineWidth = 1.1;
  for (let ring = 0; ring < 34; ring += 1) {
    const turn = seconds * 1.3 + ring * 0.371;
    const age = turn % 1;
    const place = Math.floor(turn) * 7 + ring * 3;
    const depth = ((place * 0.6180339) % 1) ** 1.3;
    const size = (5 + 20 * depth) * age;
    brush.strokeStyle = `rgb(214 220 255 / ${0.5 * (1 - age)})`;
    brush.beginPath();
    brush.ellipse(
      (place * 151.7) % 960,
      top + (bottom - top) * depth,
      size,
      size * 0.28,
      0,
      0,
      Math.PI * 2,
    );
    brush.stroke();
  }
}
