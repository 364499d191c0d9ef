/** Morning: the lamp is out, the sun has the watch, and the ferry comes home among gulls. */
import type { Brush, Shot } from "../film.ts";
import { cloudAt, mix, noiseAt, rise } from "../noise.ts";
import {
  fillDisc,
  fillDown,
  fillPolygon,
  fillRidge,
  paintGlow,
  paintLayer,
  paintMist,
  paintPuff,
} from "../strokes.ts";
import { paintWater } from "../water.ts";
import { paintTower } from "./tower.ts";

const horizon = 318;

export const dawn: Shot = { name: "dawn", seconds: 16, prepare };

function prepare() {
  const sky = paintLayer(960, 540, (brush) => {
    fillDown(brush, 0, horizon + 2, [
      [0, "#2d4a78"],
      [0.32, "#7d7fa6"],
      [0.6, "#dd8c86"],
      [0.84, "#f2ad79"],
      [1, "#f7c88e"],
    ]);
  });
  const land = paintLayer(960, 540, paintLand);
  return (brush: Brush, seconds: number) => {
    const sun = { x: 560, y: mix(314, 262, seconds / 16) };
    brush.drawImage(sky, 0, 0);
    paintGlow(brush, { ...sun, radius: 300, color: "#ff9a55", alpha: 0.5 });
    brush.fillStyle = "#fff4d2";
    fillDisc(brush, sun.x, sun.y, 34);
    paintClouds(brush, seconds);
    paintWater(brush, seconds, {
      horizon,
      far: [222, 158, 128],
      near: [44, 62, 98],
      chop: 1,
      lights: [{ x: sun.x, width: 92, color: [255, 206, 128], strength: 0.95 }],
    });
    brush.drawImage(land, 0, 0);
    paintFerry(brush, seconds);
    for (let gull = 0; gull < 9; gull += 1) paintGull(brush, gull, seconds);
  };
}

function paintClouds(brush: Brush, seconds: number): void {
  paintMist(brush, {
    columns: 120,
    rows: 44,
    bottom: horizon,
    shade: (x, y, out, at) => {
      const cloud = cloudAt(x * 2.6 + seconds * 0.05, y * 9 + 12);
      const warm = Math.exp(-((x - 0.58) ** 2) * 7) * y;
      out[at] = mix(112, 255, warm);
      out[at + 1] = mix(108, 176, warm);
      out[at + 2] = mix(150, 138, warm);
      out[at + 3] = rise(0.48, 0.78, cloud) * 205 * rise(1, 0.7, y);
    },
  });
}

function paintLand(brush: Brush): void {
  brush.save();
  brush.beginPath();
  brush.rect(0, 0, 960, horizon + 1);
  brush.clip();
  brush.fillStyle = "#c48a8c";
  fillRidge(brush, { y: 336, relief: 52, scale: 150, seed: 31 });
  brush.restore();
  brush.fillStyle = "#3a3d5e";
  brush.beginPath();
  brush.moveTo(0, 300);
  brush.bezierCurveTo(70, 266, 130, 274, 190, 282);
  brush.bezierCurveTo(240, 286, 262, 312, 318, 344);
  brush.bezierCurveTo(220, 362, 90, 366, 0, 372);
  brush.fill();
  brush.fillStyle = "#5a506f";
  fillPolygon(brush, [
    [190, 282],
    [248, 302],
    [318, 344],
    [240, 330],
  ]);
  paintTower(brush, {
    x: 158,
    y: 124,
    foot: 282,
    lit: "#52506f",
    shade: "#ffc9a0",
    band: "#b2606a",
    dark: "#24284a",
  });
}

function paintFerry(brush: Brush, seconds: number): void {
  const size = mix(0.72, 1.25, seconds / 16);
  brush.save();
  brush.translate(
    mix(800, 700, seconds / 16),
    mix(352, 398, seconds / 16) + Math.sin(seconds * 1.6) * 2.4,
  );
  brush.rotate(Math.sin(seconds * 1.25) * 0.018);
  brush.scale(size, size);
  paintSmoke(brush, seconds);
  brush.fillStyle = "#27294a";
  brush.fill(new Path2D("M-92 -22 L86 -22 Q80 6 66 12 L-68 12 Q-88 6 -92 -22Z"));
  brush.fillStyle = "#b2574f";
  brush.fill(new Path2D("M-86 2 L79 2 Q72 10 66 12 L-68 12 Q-80 9 -86 2Z"));
  brush.fillStyle = "#e9d3c0";
  brush.fillRect(-64, -44, 124, 22);
  brush.fillRect(-50, -62, 62, 18);
  brush.fillStyle = "#27294a";
  for (let window = 0; window < 11; window += 1) brush.fillRect(-58 + window * 10.6, -38, 6, 8);
  for (let window = 0; window < 5; window += 1) brush.fillRect(-44 + window * 11, -57, 7, 7);
  fillPolygon(brush, [
    [20, -44],
    [38, -44],
    [35, -82],
    [23, -82],
  ]);
  brush.fillStyle = "#f2c25b";
  brush.fillRect(22, -74, 14, 7);
  brush.fillStyle = "#fff6e6";
  for (let wash = 0; wash < 7; wash += 1) {
    brush.globalAlpha = 0.34 * noiseAt(seconds * 2.4 + wash * 3, wash);
    brush.beginPath();
    brush.ellipse(
      -88 + wash * 30 + Math.sin(seconds * 2 + wash) * 8,
      14 + (wash % 2) * 3,
      26,
      3.6,
      0,
      0,
      Math.PI * 2,
    );
    brush.fill();
  }
  brush.restore();
}

function paintSmoke(brush: Brush, seconds: number): void {
  for (let puff = 0; puff < 12; puff += 1) {
    const age = (seconds * 0.14 + puff / 12) % 1;
    paintPuff(brush, {
      x: 30 + age * 150,
      y: -86 - age * 56 + Math.sin(puff * 3 + seconds) * 5,
      radius: 10 + age * 40,
      color: "#5c5474",
      alpha: 0.55 * (1 - age) * rise(0, 0.1, age),
    });
  }
}

function paintGull(brush: Brush, gull: number, seconds: number): void {
  const near = 0.5 + ((gull * 7) % 9) / 9;
  const x = ((gull * 149 + seconds * (22 + near * 26)) % 1120) - 80;
  const y = 96 + ((gull * 53) % 150) + Math.sin(seconds * 0.7 + gull * 2) * 16;
  const flap =
    Math.sin(seconds * (5 + near) + gull * 1.9) * rise(0.2, 0.5, noiseAt(seconds * 0.5 + gull * 7));
  const span = 20 * near;
  brush.strokeStyle = "#2f3157";
  brush.lineWidth = 2.3 * near;
  brush.lineCap = "round";
  brush.beginPath();
  brush.moveTo(x - span, y - flap * span * 0.7 - 2);
  brush.quadraticCurveTo(x - span * 0.42, y - 5 * near - flap * 4, x, y);
  brush.quadraticCurveTo(
    x + span * 0.42,
    y - 5 * near - flap * 4,
    x + span,
    y - flap * span * 0.7 - 2,
  );
  brush.stroke();
}
