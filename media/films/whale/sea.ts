/** What all the underwater shots share: light from above, drifting specks, bubbles and shoals. */
import type { Brush } from "../film.ts";
import { noiseAt, rise } from "../noise.ts";
import { fillDisc, fillPolygon, paintMist, type Rgb } from "../strokes.ts";

export type SunRays = { readonly color: Rgb; readonly alpha: number; readonly slant: number };

export function paintSunRays(
  brush: Brush,
  seconds: number,
  { color, alpha, slant }: SunRays,
): void {
  brush.globalCompositeOperation = "screen";
  paintMist(brush, {
    columns: 160,
    rows: 60,
    shade: (x, y, out, at) => {
      const fan = (x - 0.42) / (1 + y * 0.55) - y * slant;
      const shafts =
        noiseAt(fan * 11 + seconds * 0.18, seconds * 0.32) * 0.6 +
        noiseAt(fan * 23 - seconds * 0.25, 9 + seconds * 0.4) * 0.4;
      out[at] = color[0];
      out[at + 1] = color[1];
      out[at + 2] = color[2];
      out[at + 3] = 255 * alpha * rise(0.42, 0.85, shafts) * (1 - y) ** 1.25;
    },
  });
  brush.globalCompositeOperation = "source-over";
}

/** The surface from below: a moving net of light that fades with depth. */
export function paintSurface(brush: Brush, seconds: number, bottom: number): void {
  brush.globalCompositeOperation = "screen";
  paintMist(brush, {
    columns: 240,
    rows: 40,
    bottom,
    shade: (x, y, out, at) => {
      const away = 1 / (1.08 - y * 0.9);
      const net = Math.abs(
        noiseAt(((x - 0.5) * 9) / away + seconds * 0.3, away * 5 - seconds * 0.5) -
          noiseAt(((x - 0.5) * 11) / away + 40, away * 6 + seconds * 0.4),
      );
      out[at] = 210;
      out[at + 1] = 255;
      out[at + 2] = 240;
      out[at + 3] = 190 * rise(0.2, 0, net) * (1 - y) ** 1.3;
    },
  });
  brush.globalCompositeOperation = "source-over";
}

export function paintSpecks(brush: Brush, seconds: number, color: string, count: number): void {
  brush.fillStyle = color;
  for (let speck = 0; speck < count; speck += 1) {
    const depth = 0.4 + (speck % 5) * 0.22;
    const x =
      ((speck * 173.9 + seconds * 9 * depth) % 1000) - 20 + Math.sin(seconds * 0.6 + speck) * 8;
    const y = (((speck * 97.3 - seconds * 7 * depth) % 560) + 560) % 560;
    brush.globalAlpha = 0.16 + 0.4 * noiseAt(speck, seconds * 0.7);
    fillDisc(brush, x, y, 0.8 + depth);
  }
  brush.globalAlpha = 1;
}

export function paintBubbles(brush: Brush, seconds: number, x: number, bottom: number): void {
  brush.strokeStyle = "#e6fffa";
  for (let bubble = 0; bubble < 18; bubble += 1) {
    const age = (seconds * 0.22 + bubble * 0.0771) % 1;
    const size = (2 + (bubble % 5) * 1.4) * (0.6 + age);
    brush.globalAlpha = 0.6 * rise(0, 0.1, age) * rise(1, 0.8, age);
    brush.lineWidth = 1.2;
    brush.beginPath();
    brush.arc(
      x + ((bubble * 37) % 50) - 25 + Math.sin(seconds * 3 + bubble) * 6,
      bottom - age * (bottom + 20),
      size,
      0,
      Math.PI * 2,
    );
    brush.stroke();
  }
  brush.globalAlpha = 1;
}

export type Shoal = {
  readonly x: number;
  readonly y: number;
  readonly spread: number;
  readonly count: number;
  readonly size: number;
  readonly color: string;
  readonly heading: 1 | -1;
};

export function paintShoal(brush: Brush, seconds: number, shoal: Shoal): void {
  brush.fillStyle = shoal.color;
  for (let fish = 0; fish < shoal.count; fish += 1) {
    const angle = fish * 2.39996;
    const out = Math.sqrt(fish / shoal.count) * shoal.spread;
    const x = shoal.x + Math.cos(angle) * out * 1.8 + Math.sin(seconds * 0.9 + fish) * 7;
    const y = shoal.y + Math.sin(angle) * out * 0.7 + Math.sin(seconds * 1.2 + fish * 1.7) * 5;
    const size = shoal.size * (0.75 + ((fish * 13) % 10) / 20);
    const wag = Math.sin(seconds * 9 + fish * 2.1) * size * 0.25;
    brush.save();
    brush.translate(x, y);
    brush.scale(shoal.heading, 1);
    brush.beginPath();
    brush.ellipse(0, 0, size, size * 0.4, 0, 0, Math.PI * 2);
    brush.fill();
    fillPolygon(brush, [
      [-size * 0.8, 0],
      [-size * 1.6, -size * 0.42 + wag],
      [-size * 1.35, wag],
      [-size * 1.6, size * 0.42 + wag],
    ]);
    brush.restore();
  }
}
