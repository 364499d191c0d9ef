/** Inside the lantern: the great lens turns around its lamp, the keeper stands at the window. */
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { Brush, Shot } from "../film.ts";
import { mix, noiseAt } from "../noise.ts";
import {
  fillDisc,
  fillDown,
  fillPolygon,
  paintBeam,
  paintGlow,
  paintLayer,
  paintStars,
  scatterStars,
} from "../strokes.ts";

const middle = { x: 560, y: 262 };
const panels = 8;

export const lanternRoom: Shot = { name: "lantern-room", seconds: 16, prepare };

function prepare() {
  const stars = scatterStars(seededRandom("lantern stars"), 110, 330);
  const outside = paintLayer(960, 540, (brush) => {
    fillDown(brush, 0, 400, [
      [0, "#050b1f"],
      [0.6, "#0f2f50"],
      [1, "#2e6b7c"],
    ]);
    fillDown(brush, 400, 540, [
      [0, "#1b4d61"],
      [1, "#061525"],
    ]);
  });
  const frame = paintLayer(960, 540, paintFrame);
  return (brush: Brush, seconds: number) => {
    const turn = seconds * 0.5;
    brush.drawImage(outside, 0, 0);
    paintStars(brush, stars, seconds, 0.9);
    paintSeaGlints(brush, seconds);
    for (let panel = 0; panel < panels; panel += 2)
      paintRay(brush, turn + (panel * Math.PI * 2) / panels);
    brush.drawImage(frame, 0, 0);
    paintLens(brush, turn);
    paintKeeper(brush, seconds);
    paintDust(brush, seconds);
  };
}

function paintSeaGlints(brush: Brush, seconds: number): void {
  brush.fillStyle = "#9cc8cc";
  for (let glint = 0; glint < 60; glint += 1) {
    const depth = ((glint * 37) % 60) / 60;
    const x = ((glint * 173.3) % 960) + Math.sin(seconds * 0.6 + glint) * 6;
    brush.globalAlpha = 0.4 * Math.max(0, Math.sin(seconds * 1.6 + glint * 2.4));
    brush.fillRect(x, 404 + depth * 120, 8 + depth * 26, 1 + depth * 1.6);
  }
  brush.globalAlpha = 1;
}

function paintRay(brush: Brush, angle: number): void {
  const aside = Math.cos(angle);
  const towards = Math.sin(angle);
  paintBeam(brush, {
    from: [middle.x, middle.y],
    to: [middle.x + aside * 1100, middle.y + towards * 130],
    startWidth: 70,
    endWidth: 190 + towards * 80,
    color: "#ffce7d",
    alpha: 0.75 * Math.abs(aside),
  });
}

function paintFrame(brush: Brush): void {
  brush.strokeStyle = "#050b12";
  brush.lineWidth = 11;
  for (const x of [60, 232, 440, 680, 888]) {
    const lean = (x - 480) * 0.06;
    brush.beginPath();
    brush.moveTo(x + lean, -5);
    brush.lineTo(x - lean, 470);
    brush.stroke();
  }
  brush.lineWidth = 7;
  for (const y of [120, 330]) {
    brush.beginPath();
    brush.moveTo(0, y - 12);
    brush.quadraticCurveTo(480, y + 16, 960, y - 12);
    brush.stroke();
  }
  brush.fillStyle = "#050b12";
  brush.beginPath();
  brush.moveTo(0, 452);
  brush.quadraticCurveTo(480, 492, 960, 452);
  brush.lineTo(960, 540);
  brush.lineTo(0, 540);
  brush.fill();
  brush.beginPath();
  brush.moveTo(0, 34);
  brush.quadraticCurveTo(480, -12, 960, 34);
  brush.lineTo(960, 0);
  brush.lineTo(0, 0);
  brush.fill();
  brush.strokeStyle = "#6b4a22";
  brush.lineWidth = 2;
  brush.beginPath();
  brush.moveTo(0, 453);
  brush.quadraticCurveTo(480, 493, 960, 453);
  brush.stroke();
}

/** A barrel of prisms: each panel is placed by its angle, and brightens as it comes to face us. */
function paintLens(brush: Brush, turn: number): void {
  const { x, y } = middle;
  brush.fillStyle = "#0a0d10";
  fillPolygon(brush, [
    [x - 66, 428],
    [x + 66, 428],
    [x + 92, 520],
    [x - 92, 520],
  ]);
  brush.fillStyle = "#7b5526";
  brush.fillRect(x - 122, 416, 244, 14);
  brush.fillRect(x - 106, 92, 212, 12);
  fillPolygon(brush, [
    [x - 96, 92],
    [x, 40],
    [x + 96, 92],
  ]);
  paintGlow(brush, { x, y, radius: 300, color: "#ff9d2e", alpha: 0.6 });
  const order = Array.from(
    { length: panels },
    (_, panel) => turn + (panel * Math.PI * 2) / panels,
  ).sort((a, b) => Math.sin(a) - Math.sin(b));
  for (const angle of order) paintPanel(brush, angle);
  paintGlow(brush, { x, y, radius: 90, color: "#fff2cc", alpha: 0.75 });
}

function paintPanel(brush: Brush, angle: number): void {
  const step = Math.PI / panels;
  const facing = Math.sin(angle);
  const left = middle.x + Math.cos(angle + step) * 116;
  const right = middle.x + Math.cos(angle - step) * 116;
  const center = (left + right) / 2;
  const half = (right - left) / 2;
  const bright = Math.max(0, facing) ** 3;
  for (let ring = 6; ring >= 0; ring -= 1) {
    const size = (ring + 1) / 7;
    const shade = ring % 2 === 0 ? 1 : 0.62;
    const warm = mix(0.32, 1, bright) * shade;
    brush.fillStyle = `rgb(${255 * warm} ${mix(176, 236, bright) * warm} ${mix(80, 190, bright) * warm} / ${facing < 0 ? 0.3 : 0.62})`;
    brush.beginPath();
    brush.ellipse(
      center,
      middle.y,
      Math.abs(half) * size * 0.98,
      152 * size ** 0.9,
      0,
      0,
      Math.PI * 2,
    );
    brush.fill();
  }
  brush.strokeStyle = facing < 0 ? "#3a260fa0" : "#5b3d18";
  brush.lineWidth = 2.4;
  brush.strokeRect(center - Math.abs(half), 104, Math.abs(half) * 2, 314);
  paintGlow(brush, {
    x: center,
    y: middle.y,
    radius: 190 * bright + 1,
    color: "#ffe9b0",
    alpha: bright ** 4 * 0.7,
  });
}

function paintKeeper(brush: Brush, seconds: number): void {
  const breath = Math.sin(seconds * 1.3) * 1.2;
  const turn = noiseAt(seconds * 0.25, 5) * 6;
  brush.save();
  brush.translate(236, 196 + breath);
  brush.fillStyle = "#04090f";
  brush.fill(
    new Path2D(
      "M-50 330 L-42 190 Q-52 150 -46 110 Q-42 84 -18 76 L-6 66 L20 66 L32 76 Q54 84 58 108 L92 168 L128 176 L128 188 L84 186 L54 142 Q52 168 58 200 L64 330Z",
    ),
  );
  brush.translate(turn, 0);
  brush.fill(
    new Path2D(
      "M-16 40 Q-18 16 8 14 Q32 16 32 40 L36 50 L31 52 L30 60 Q22 72 4 70 L-8 68 Q-16 56 -16 40Z",
    ),
  );
  brush.fill(new Path2D("M-24 30 Q-24 -2 8 -4 Q34 -2 34 24 L48 30 L-24 34Z"));
  brush.fill(new Path2D("M-14 36 Q-36 44 -30 66 Q-22 78 -10 66Z"));
  brush.strokeStyle = "#ffbf62";
  brush.globalAlpha = 0.5 + 0.4 * Math.sin(seconds * 4) ** 4;
  brush.lineWidth = 2.4;
  brush.stroke(new Path2D("M33 24 L47 30 M33 38 L36 50 L31 52 L30 60"));
  brush.translate(-turn, 0);
  brush.stroke(new Path2D("M34 78 Q54 84 58 108 L92 168 L127 176 M55 150 Q52 170 58 200 L64 320"));
  brush.restore();
}

function paintDust(brush: Brush, seconds: number): void {
  brush.fillStyle = "#ffe2a8";
  for (let mote = 0; mote < 46; mote += 1) {
    const x = 280 + ((mote * 97.7 + seconds * (6 + (mote % 5) * 3)) % 640);
    const y = 60 + ((mote * 61.3 + seconds * (mote % 7) * 2.4) % 400);
    brush.globalAlpha = 0.4 * noiseAt(seconds * 0.9 + mote * 5, mote);
    fillDisc(brush, x, y + Math.sin(seconds * 0.7 + mote) * 12, 1.1 + (mote % 3) * 0.5);
  }
  brush.globalAlpha = 1;
}
