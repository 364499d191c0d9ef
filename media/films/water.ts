/**
 * Open water seen across its surface: waves that close up towards the horizon, and lights on them.
 */
import { type Brush, frameHeight } from "./film.ts";
import { mix, noiseAt, rise } from "./noise.ts";
import { paintMist, type Rgb } from "./strokes.ts";

export type Water = {
  readonly horizon: number;
  /** Colour where it meets the sky, and colour at the viewer's feet. */
  readonly far: Rgb;
  readonly near: Rgb;
  /** How strongly the waves show: 0 is a mirror, 1 a rough sea. */
  readonly chop: number;
  readonly lights: readonly WaterLight[];
};

/** A light above the horizon that draws a broken column towards the viewer. */
export type WaterLight = {
  readonly x: number;
  readonly width: number;
  readonly color: Rgb;
  readonly strength: number;
};

export function paintWater(brush: Brush, seconds: number, water: Water): void {
  const { horizon, far, near, chop, lights } = water;
  const time = seconds * 0.55;
  paintMist(brush, {
    columns: 300,
    rows: 150,
    top: horizon,
    bottom: frameHeight,
    shade: (x, y, out, at) => {
      const closeness = 1 / (y + 0.07);
      const across = (x - 0.5) * closeness;
      const wave =
        noiseAt(across * 3.1 + time * 0.5, closeness * 4.2 + time * 1.7) * 0.55 +
        noiseAt(across * 8.3 - time * 0.7, closeness * 9.1 + time * 2.6 + 40) * 0.45;
      const swell = (wave - 0.5) * chop * (0.35 + y);
      const nearness = y ** 0.6;
      let red = mix(far[0], near[0], nearness) * (1 + swell * 1.4);
      let green = mix(far[1], near[1], nearness) * (1 + swell * 1.4);
      let blue = mix(far[2], near[2], nearness) * (1 + swell * 1.3);
      const facet = rise(0.44, 0.74, wave + 0.12 * (1 - y));
      for (const light of lights) {
        const aside = (x * 960 - light.x) / (light.width * (0.35 + 1.5 * y));
        const shine = facet * light.strength * Math.exp(-aside * aside) * (1 - y * 0.45);
        red += light.color[0] * shine;
        green += light.color[1] * shine;
        blue += light.color[2] * shine;
      }
      out[at] = red;
      out[at + 1] = green;
      out[at + 2] = blue;
      out[at + 3] = 255;
    },
  });
}
