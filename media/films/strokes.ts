/**
 * The strokes that all films share: skies, glows, ridges, stars, mirrors and per-pixel mists.
 */
import type { Random } from "../../kernel/seeded-random.ts";
import { type Brush, frameHeight, frameWidth } from "./film.ts";
import { cloudAt, mix } from "./noise.ts";

export type Rgb = readonly [red: number, green: number, blue: number];
export type ColorStop = readonly [offset: number, color: string];
export type Point = readonly [x: number, y: number];

/** A picture that is painted once and then laid on many frames. */
export function paintLayer(
  width: number,
  height: number,
  paint: (brush: Brush) => void,
): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  paint(brushOf(canvas));
  return canvas;
}

export function brushOf(canvas: OffscreenCanvas): Brush {
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  if (brush === null) throw new TypeError("This browser has no 2D canvas");
  brush.imageSmoothingQuality = "high";
  return brush;
}

export function withAlpha(color: string, alpha: number): string {
  const byte = Math.round(Math.min(1, Math.max(0, alpha)) * 255);
  return color + byte.toString(16).padStart(2, "0");
}

export function rgbOf(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function blendColors(from: string, to: string, share: number): string {
  const [red, green, blue] = rgbOf(from);
  const [toRed, toGreen, toBlue] = rgbOf(to);
  const channels = [mix(red, toRed, share), mix(green, toGreen, share), mix(blue, toBlue, share)];
  return `#${channels.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
}

/** Fills the frame's full width from `top` to `bottom` with colours from above to below. */
export function fillDown(brush: Brush, top: number, bottom: number, stops: readonly ColorStop[]) {
  const gradient = brush.createLinearGradient(0, top, 0, bottom);
  for (const [offset, color] of stops) gradient.addColorStop(offset, color);
  brush.fillStyle = gradient;
  brush.fillRect(0, top, frameWidth, bottom - top);
}

export type Glow = {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly color: string;
  readonly alpha: number;
};

/** Light in air: brightest in the middle and gone, without an edge, at the radius. */
export function paintGlow(brush: Brush, { x, y, radius, color, alpha }: Glow): void {
  if (alpha <= 0.004) return;
  const gradient = brush.createRadialGradient(x, y, 0, x, y, radius);
  for (const offset of [0, 0.12, 0.3, 0.5, 0.75, 1]) {
    gradient.addColorStop(offset, withAlpha(color, alpha * (1 - offset) ** 2.4));
  }
  const before = brush.globalCompositeOperation;
  brush.globalCompositeOperation = "lighter";
  brush.fillStyle = gradient;
  brush.fillRect(x - radius, y - radius, radius * 2, radius * 2);
  brush.globalCompositeOperation = before;
}

/** Smoke, steam, dust: like a glow, but it covers what is behind instead of brightening it. */
export function paintPuff(brush: Brush, { x, y, radius, color, alpha }: Glow): void {
  if (alpha <= 0.004) return;
  const gradient = brush.createRadialGradient(x, y, 0, x, y, radius);
  gradient.addColorStop(0, withAlpha(color, alpha));
  gradient.addColorStop(0.5, withAlpha(color, alpha * 0.5));
  gradient.addColorStop(1, withAlpha(color, 0));
  brush.fillStyle = gradient;
  brush.fillRect(x - radius, y - radius, radius * 2, radius * 2);
}

export type Beam = {
  readonly from: Point;
  readonly to: Point;
  /** Half the width at the source and at the far end. */
  readonly startWidth: number;
  readonly endWidth: number;
  readonly color: string;
  readonly alpha: number;
};

/** A shaft of light with soft edges, fading along its way. */
export function paintBeam(
  brush: Brush,
  { from, to, startWidth, endWidth, color, alpha }: Beam,
): void {
  const [x, y] = from;
  const [across, down] = [to[0] - x, to[1] - y];
  const length = Math.hypot(across, down);
  if (length < 2) return;
  brush.save();
  brush.globalCompositeOperation = "lighter";
  brush.globalAlpha = Math.min(1, alpha);
  brush.translate(x, y);
  brush.rotate(Math.atan2(down, across));
  const shaft = shaftOf(color, Math.round((startWidth / endWidth) * 16) / 16);
  brush.drawImage(shaft, 0, -endWidth, length, endWidth * 2);
  brush.restore();
}

const shafts = new Map<string, OffscreenCanvas>();

/** Cones drawn on top of each other would show their edges: a shaft is computed pixel by pixel. */
function shaftOf(color: string, opening: number): OffscreenCanvas {
  const key = `${color} ${opening}`;
  const known = shafts.get(key);
  if (known !== undefined) return known;
  const [columns, rows] = [320, 160];
  const [red, green, blue] = rgbOf(color);
  const shaft = paintLayer(columns, rows, (brush) => {
    const pixels = brush.createImageData(columns, rows);
    for (let at = 0; at < columns * rows; at += 1) {
      const along = (at % columns) / columns;
      const aside = (Math.floor(at / columns) + 0.5) / (rows / 2) - 1;
      const edge = 1 - Math.min(1, Math.abs(aside) / mix(opening, 1, along) / 0.98);
      const light = (1 - along) ** 1.3 * edge;
      pixels.data.set([red, green, blue, 255 * light], at * 4);
    }
    brush.putImageData(pixels, 0, 0);
  });
  shafts.set(key, shaft);
  return shaft;
}

export function fillDisc(brush: Brush, x: number, y: number, radius: number): void {
  brush.beginPath();
  brush.arc(x, y, radius, 0, Math.PI * 2);
  brush.fill();
}

export function fillPolygon(brush: Brush, points: readonly Point[]): void {
  brush.beginPath();
  for (const [x, y] of points) brush.lineTo(x, y);
  brush.closePath();
  brush.fill();
}

export type Ridge = {
  /** Where the ridge stands without relief, and how far it rises above that. */
  readonly y: number;
  readonly relief: number;
  /** Pixels per feature, and which part of the noise. */
  readonly scale: number;
  readonly seed: number;
  readonly width?: number;
};

/** A silhouette of hills from its crest to the bottom of the canvas, in the current fill. */
export function fillRidge(brush: Brush, { y, relief, scale, seed, width = frameWidth }: Ridge) {
  brush.beginPath();
  brush.moveTo(0, brush.canvas.height);
  for (let x = 0; x <= width; x += 2) {
    brush.lineTo(x, y - relief * cloudAt(x / scale + seed, seed * 3.7));
  }
  brush.lineTo(width, brush.canvas.height);
  brush.fill();
}

export type Star = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly phase: number;
};

export function scatterStars(random: Random, count: number, bottom: number): Star[] {
  return Array.from({ length: count }, () => ({
    x: random() * frameWidth,
    y: random() ** 1.3 * bottom,
    size: 0.5 + random() ** 4 * 1.3,
    phase: random() * 40,
  }));
}

export function paintStars(brush: Brush, stars: readonly Star[], seconds: number, alpha = 1): void {
  brush.fillStyle = "#eaf2ff";
  for (const star of stars) {
    const twinkle = 0.6 + 0.4 * Math.sin(seconds * (0.8 + (star.phase % 1.7)) + star.phase);
    brush.globalAlpha = alpha * twinkle * Math.min(1, star.size * 0.75);
    fillDisc(brush, star.x, star.y, star.size);
  }
  brush.globalAlpha = 1;
}

export type Mirror = {
  /** The water line: what stands above it is mirrored below it. */
  readonly y: number;
  readonly bottom: number;
  /** How many pixels the widest ripple pushes the nearest row aside. */
  readonly ripple: number;
  /** Above 1 the mirrored picture is squeezed, as water seen from a height does. */
  readonly squeeze: number;
  readonly alpha: number;
};

/** Mirrors what is already on the canvas, row by row, each row pushed aside by a passing wave. */
export function paintMirror(brush: Brush, seconds: number, mirror: Mirror): void {
  const { y, bottom, ripple, squeeze, alpha } = mirror;
  brush.globalAlpha = alpha;
  for (let row = y; row < bottom; row += 2) {
    const near = (row - y) / (bottom - y);
    const wave =
      Math.sin(row * (0.36 - near * 0.24) - seconds * 2.3) * 0.6 +
      Math.sin(row * (0.83 - near * 0.6) + seconds * 3.1 + 2) * 0.4;
    const source = y - (row - y) * squeeze - 2 + wave * near * 3;
    if (source < 0) break;
    brush.drawImage(
      brush.canvas,
      0,
      source,
      frameWidth,
      2,
      wave * ripple * (0.15 + near),
      row,
      frameWidth,
      2.5,
    );
  }
  brush.globalAlpha = 1;
}

export type Mist = {
  readonly columns: number;
  readonly rows: number;
  readonly top?: number;
  readonly bottom?: number;
  /** Writes red, green, blue and alpha (0 to 255) of one cell; `x` and `y` run from 0 to 1. */
  readonly shade: (x: number, y: number, out: Uint8ClampedArray, at: number) => void;
};

/** A small picture computed pixel by pixel and laid softly over the frame: clouds, water, aurora. */
export function paintMist(
  brush: Brush,
  { columns, rows, shade, top = 0, bottom = frameHeight }: Mist,
) {
  const canvas = new OffscreenCanvas(columns, rows);
  const small = brushOf(canvas);
  const pixels = small.createImageData(columns, rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      shade(
        (column + 0.5) / columns,
        (row + 0.5) / rows,
        pixels.data,
        (row * columns + column) * 4,
      );
    }
  }
  small.putImageData(pixels, 0, 0);
  brush.drawImage(canvas, 0, top, frameWidth, bottom - top);
}
