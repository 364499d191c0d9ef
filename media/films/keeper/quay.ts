/** The town under the light: windows come on one after another and tremble in the harbour. */
import { type Random, seededRandom } from "../../../kernel/seeded-random.ts";
import type { Brush, Shot } from "../film.ts";
import { mix, noiseAt, rise } from "../noise.ts";
import {
  blendColors,
  fillDisc,
  fillDown,
  fillPolygon,
  fillRidge,
  paintBeam,
  paintGlow,
  paintLayer,
  paintMirror,
  paintPuff,
  paintStars,
  scatterStars,
} from "../strokes.ts";

const waterLine = 348;
const townWidth = 1240;

type Window = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly litAt: number;
  readonly warmth: number;
};

export const quay: Shot = { name: "quay", seconds: 15, prepare };

function prepare() {
  const random = seededRandom("keeper town");
  const windows: Window[] = [];
  const town = paintLayer(townWidth, 540, (brush) => paintTown(brush, random, windows));
  const sky = paintLayer(960, 540, (brush) => {
    fillDown(brush, 0, 360, [
      [0, "#071026"],
      [0.55, "#123555"],
      [1, "#3f7b86"],
    ]);
  });
  const stars = scatterStars(seededRandom("quay stars"), 120, 180);
  return (brush: Brush, seconds: number) => {
    const pan = mix(20, 210, seconds / 15);
    brush.drawImage(sky, 0, 0);
    paintStars(brush, stars, seconds, 0.8);
    paintPassingBeam(brush, seconds);
    brush.save();
    brush.translate(-pan, 0);
    brush.drawImage(town, 0, 0);
    for (const window of windows) paintWindow(brush, window, seconds);
    paintSmoke(brush, seconds);
    brush.restore();
    paintMirror(brush, seconds, { y: waterLine, bottom: 540, ripple: 9, squeeze: 1.25, alpha: 1 });
    fillDown(brush, waterLine, 540, [
      [0, "#0b2b4266"],
      [0.3, "#07203677"],
      [1, "#030c1ae0"],
    ]);
    for (const [x, y, size, phase] of [
      [250, 410, 1, 0],
      [560, 388, 0.72, 2],
      [770, 452, 1.35, 4],
      [1010, 396, 0.8, 1],
    ] as const) {
      paintBoat(brush, x - pan * (0.7 + size * 0.5) + 80, y, size, seconds + phase);
    }
  };
}

function paintPassingBeam(brush: Brush, seconds: number): void {
  const sweep = Math.sin(seconds + 0.6);
  paintBeam(brush, {
    from: [990, 58],
    to: [480 + sweep * 980, 90 - sweep * 30],
    startWidth: 3,
    endWidth: 70,
    color: "#ffe0a0",
    alpha: 0.75,
  });
}

function paintTown(brush: Brush, random: Random, windows: Window[]): void {
  brush.fillStyle = "#1a4459";
  fillRidge(brush, { y: 268, relief: 150, scale: 330, seed: 21, width: townWidth });
  for (const [base, size, light] of [
    [262, 0.5, 0.3],
    [300, 0.68, 0.55],
  ] as const) {
    for (let x = -20; x < townWidth; x += (34 + random() * 30) * size * 1.3) {
      paintHouse(brush, random, windows, {
        x,
        base: base + random() * 16,
        width: (44 + random() * 24) * size,
        height: (52 + random() * 46) * size,
        depth: light,
      });
    }
  }
  paintChurch(brush, windows);
  for (let x = -10; x < townWidth; ) {
    const width = 58 + random() * 34;
    paintHouse(brush, random, windows, {
      x,
      base: waterLine - 8,
      width,
      height: 84 + random() * 62,
      depth: 1,
    });
    x += width + (random() < 0.25 ? 12 : 0);
  }
  brush.fillStyle = "#081722";
  brush.fillRect(0, waterLine - 9, townWidth, 12);
  brush.fillStyle = "#1d3a48";
  brush.fillRect(0, waterLine - 10, townWidth, 2);
}

type House = {
  readonly x: number;
  readonly base: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
};

function paintHouse(
  brush: Brush,
  random: Random,
  windows: Window[],
  { x, base, width, height, depth }: House,
): void {
  const hues = ["#2c4a5e", "#4a3f52", "#35505a", "#533f45", "#28435c", "#3e4c4e"];
  const wall = blendColors("#245468", hues[Math.floor(random() * hues.length)] ?? "#2c4a5e", depth);
  const top = base - height;
  const roof = width * (0.34 + random() * 0.2);
  brush.fillStyle = blendColors(wall, "#06121d", 0.42);
  brush.fillRect(x, top, width, height + 40);
  brush.fillStyle = blendColors(wall, "#06121d", 0.66);
  fillPolygon(brush, [
    [x - 3, top + 1],
    [x + width / 2, top - roof],
    [x + width + 3, top + 1],
  ]);
  brush.fillRect(x + width * 0.68, top - roof * 0.85, width * 0.1, roof * 0.8);
  const columns = Math.max(2, Math.round(width / (depth === 1 ? 24 : 15)));
  const rows = Math.max(1, Math.floor(height / (depth === 1 ? 34 : 24)));
  const [windowWidth, windowHeight] = depth === 1 ? [10, 15] : [5, 7];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const left = x + (width * (column + 0.5)) / columns - windowWidth / 2;
      const upper = top + 9 + (row * (height - 12)) / rows;
      brush.fillStyle = "#05101a";
      brush.fillRect(left, upper, windowWidth, windowHeight);
      if (random() < 0.62) {
        windows.push({
          x: left,
          y: upper,
          width: windowWidth,
          height: windowHeight,
          litAt: random() * 15 - 6,
          warmth: random(),
        });
      }
    }
  }
}

function paintChurch(brush: Brush, windows: Window[]): void {
  brush.fillStyle = "#0a2030";
  brush.fillRect(600, 176, 40, 140);
  fillPolygon(brush, [
    [596, 178],
    [620, 84],
    [644, 178],
  ]);
  brush.fillRect(619, 66, 2.4, 22);
  brush.fillRect(614, 72, 12, 2.4);
  brush.fillStyle = "#ffe3a4";
  fillDisc(brush, 620, 200, 9);
  windows.push({ x: 615, y: 232, width: 10, height: 22, litAt: -3, warmth: 0.5 });
}

function paintWindow(brush: Brush, window: Window, seconds: number): void {
  const lit = rise(window.litAt, window.litAt + 0.5, seconds);
  if (lit === 0) return;
  const flicker = 0.88 + 0.12 * noiseAt(seconds * 3, window.warmth * 100);
  brush.globalAlpha = lit * flicker;
  brush.fillStyle = blendColors("#ffb347", "#ffe1a0", window.warmth);
  brush.fillRect(window.x, window.y, window.width, window.height);
  if (window.width > 8) {
    brush.fillStyle = "#3b2410";
    brush.fillRect(window.x + window.width / 2 - 0.6, window.y, 1.2, window.height);
    brush.fillRect(window.x, window.y + window.height * 0.42, window.width, 1.2);
    const [x, y] = [window.x + window.width / 2, window.y + window.height / 2];
    paintGlow(brush, { x, y, radius: 26, color: "#ffa63d", alpha: 0.42 });
  }
  brush.globalAlpha = 1;
}

function paintSmoke(brush: Brush, seconds: number): void {
  for (const chimney of [180, 455, 860]) {
    for (let puff = 0; puff < 9; puff += 1) {
      const age = (seconds * 0.16 + puff / 9) % 1;
      const sway = (noiseAt(puff * 7 + chimney, seconds * 0.3) - 0.5) * 20;
      paintPuff(brush, {
        x: chimney + age * 66 + sway * age,
        y: 214 - age * 118,
        radius: 8 + age * 34,
        color: "#96b8c4",
        alpha: 0.34 * (1 - age) * rise(0, 0.15, age),
      });
    }
  }
}

function paintBoat(brush: Brush, x: number, y: number, size: number, seconds: number): void {
  brush.save();
  brush.translate(x, y + Math.sin(seconds * 1.4) * 3 * size);
  brush.rotate(Math.sin(seconds * 1.1) * 0.035);
  brush.scale(size, size);
  brush.fillStyle = "#02080f88";
  fillPolygon(brush, [
    [-60, 16],
    [60, 16],
    [44, 30],
    [-44, 30],
  ]);
  brush.fillStyle = "#060f18";
  brush.fill(new Path2D("M-66 -6 Q0 8 70 -14 Q60 18 46 20 L-50 20 Q-62 14 -66 -6Z"));
  brush.strokeStyle = "#b8493f";
  brush.lineWidth = 2.4;
  brush.stroke(new Path2D("M-65 -3 Q0 11 68 -11"));
  brush.fillStyle = "#0e2231";
  brush.fillRect(-34, -28, 34, 26);
  brush.fillRect(-38, -32, 42, 5);
  brush.fillStyle = "#ffc96c";
  brush.fillRect(-28, -24, 9, 10);
  brush.fillRect(-14, -24, 9, 10);
  brush.strokeStyle = "#060f18";
  brush.lineWidth = 2.6;
  brush.stroke(new Path2D("M14 2 L14 -92 M14 -80 L-34 -32"));
  brush.lineWidth = 0.9;
  brush.stroke(new Path2D("M14 -88 L68 -12 M14 -88 L-62 -4"));
  brush.fillStyle = "#fff0c4";
  fillDisc(brush, 14, -93, 2.6);
  paintGlow(brush, { x: 14, y: -93, radius: 46, color: "#ffca6a", alpha: 0.7 });
  paintGlow(brush, { x: -16, y: -18, radius: 60, color: "#ffad42", alpha: 0.45 });
  brush.restore();
}
