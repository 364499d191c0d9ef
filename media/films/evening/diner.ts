/** A stop at the blue hour: the sign hums and blinks, cars pass, the windmill turns. */
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { Brush, Shot } from "../film.ts";
import { mix, noiseAt, rise } from "../noise.ts";
import {
  fillDisc,
  fillDown,
  fillPolygon,
  fillRidge,
  paintGlow,
  paintLayer,
  paintMirror,
  paintStars,
  scatterStars,
} from "../strokes.ts";
import { paintCar } from "./car.ts";

const ground = 418;

export const diner: Shot = { name: "diner", seconds: 16, prepare };

function prepare() {
  const stars = scatterStars(seededRandom("diner stars"), 150, 300);
  const back = paintLayer(960, 540, (brush) => {
    fillDown(brush, 0, ground, [
      [0, "#12123c"],
      [0.45, "#3c2a6a"],
      [0.75, "#a8486f"],
      [1, "#f58a5c"],
    ]);
    brush.fillStyle = "#52234f";
    fillRidge(brush, { y: 420, relief: 84, scale: 240, seed: 91 });
  });
  const house = paintLayer(960, 540, paintHouse);
  return (brush: Brush, seconds: number) => {
    const zoom = mix(1, 1.07, seconds / 16);
    brush.save();
    brush.translate(480, 300);
    brush.scale(zoom, zoom);
    brush.translate(-480, -300);
    brush.drawImage(back, 0, 0);
    paintStars(brush, stars, seconds, mix(0.35, 1, seconds / 16));
    paintWindmill(brush, seconds);
    brush.drawImage(house, 0, 0);
    paintGuests(brush, seconds);
    paintSign(brush, seconds);
    brush.restore();
    paintForecourt(brush, seconds);
  };
}

function paintHouse(brush: Brush): void {
  brush.fillStyle = "#1a0e2c";
  brush.fillRect(300, 306, 460, 114);
  brush.beginPath();
  brush.roundRect(284, 284, 492, 26, 13);
  brush.fill();
  const inside = brush.createLinearGradient(0, 322, 0, 392);
  inside.addColorStop(0, "#ffe2a0");
  inside.addColorStop(1, "#ff9c52");
  brush.fillStyle = inside;
  brush.fillRect(322, 322, 318, 66);
  brush.fillRect(668, 322, 54, 96);
  brush.fillStyle = "#c8584d";
  brush.fillRect(322, 374, 318, 14);
  brush.fillStyle = "#1a0e2c";
  for (const x of [398, 478, 558]) brush.fillRect(x, 320, 6, 70);
  brush.fillRect(692, 322, 5, 96);
  brush.fillStyle = "#7a2f52";
  for (const x of [352, 440, 520, 600])
    fillPolygon(brush, [
      [x - 12, 322],
      [x + 12, 322],
      [x + 7, 334],
      [x - 7, 334],
    ]);
  paintGlow(brush, { x: 480, y: 360, radius: 260, color: "#ff9440", alpha: 0.45 });
  brush.fillStyle = "#1a0e2c";
  brush.fillRect(150, 330, 34, 90);
  brush.beginPath();
  brush.roundRect(152, 300, 30, 40, 12);
  brush.fill();
  brush.fillStyle = "#ffd795";
  fillDisc(brush, 167, 316, 10);
  paintGlow(brush, { x: 167, y: 316, radius: 60, color: "#ffc060", alpha: 0.5 });
  brush.fillStyle = "#1a0e2c";
  brush.fillRect(826, 130, 10, 290);
}

function paintGuests(brush: Brush, seconds: number): void {
  brush.fillStyle = "#3a1430";
  for (const [x, phase] of [
    [350, 0],
    [378, 2],
    [446, 4],
    [530, 1],
    [606, 3],
  ] as const) {
    const nod = Math.sin(seconds * 1.3 + phase * 1.7) * 1.6;
    fillDisc(brush, x + nod, 352 + Math.sin(seconds * 2 + phase) * 0.8, 8);
    brush.beginPath();
    brush.ellipse(x, 376, 13, 16, 0, Math.PI, 0);
    brush.fill();
  }
  const waiter = 330 + ((seconds * 24) % 300);
  fillDisc(brush, waiter, 343 + Math.sin(seconds * 8), 7.5);
  brush.fillRect(waiter - 8, 350, 16, 26);
}

function paintSign(brush: Brush, seconds: number): void {
  const hum = 0.82 + 0.18 * noiseAt(seconds * 9, 3);
  const dying = noiseAt(seconds * 5, 77) > 0.34 ? 1 : 0.2;
  brush.fillStyle = "#20103a";
  brush.beginPath();
  brush.roundRect(668, 66, 236, 120, 18);
  brush.fill();
  const tube = (text: string, x: number, y: number, size: number, color: string, on: number) => {
    brush.font = `${size}px Yellowtail`;
    brush.shadowColor = color;
    brush.shadowBlur = 18 * on;
    brush.fillStyle = color;
    brush.globalAlpha = 0.25 + 0.75 * on;
    brush.fillText(text, x, y);
    brush.shadowBlur = 0;
    brush.fillStyle = "#fff";
    brush.globalAlpha = 0.55 * on;
    brush.fillText(text, x, y);
    brush.globalAlpha = 1;
  };
  tube("Marigold", 694, 126, 50, "#ff5d73", hum);
  tube("Diner", 720, 170, 40, "#4fe3d8", dying);
  tube("open all evening", 345, 303, 19, "#ffb347", hum);
  for (let bulb = 0; bulb < 44; bulb += 1) {
    const around = bulb / 44;
    const { x, y } = onFrame(around);
    const on = (bulb + Math.floor(seconds * 8)) % 4 === 0;
    brush.fillStyle = on ? "#fff0b0" : "#6e3a3e";
    fillDisc(brush, x, y, on ? 3 : 2.3);
  }
  paintGlow(brush, { x: 786, y: 124, radius: 200, color: "#ff4d6a", alpha: 0.3 * hum });
}

/** Walks around the edge of the sign: share of the way round → place. */
function onFrame(around: number): { x: number; y: number } {
  const [left, top, width, height] = [668, 66, 236, 120];
  const walk = around * 2 * (width + height);
  if (walk < width) return { x: left + walk, y: top };
  if (walk < width + height) return { x: left + width, y: top + walk - width };
  if (walk < width * 2 + height)
    return { x: left + width - (walk - width - height), y: top + height };
  return { x: left, y: top + height - (walk - width * 2 - height) };
}

function paintWindmill(brush: Brush, seconds: number): void {
  brush.strokeStyle = "#231236";
  brush.lineWidth = 3;
  brush.stroke(
    new Path2D("M70 424 L94 236 L118 424 M78 370 L112 326 M112 370 L80 326 M84 320 L106 280"),
  );
  brush.save();
  brush.translate(94, 232);
  brush.fillStyle = "#231236";
  fillPolygon(brush, [
    [0, -2],
    [52, -14],
    [52, 14],
    [0, 2],
  ]);
  brush.rotate(seconds * 1.5);
  for (let blade = 0; blade < 12; blade += 1) {
    brush.rotate(Math.PI / 6);
    fillPolygon(brush, [
      [-2, -7],
      [2, -7],
      [8, -44],
      [-6, -44],
    ]);
  }
  brush.restore();
}

function paintForecourt(brush: Brush, seconds: number): void {
  fillDown(brush, ground + 4, 540, [
    [0, "#4b2350"],
    [0.4, "#2a1440"],
    [1, "#120824"],
  ]);
  paintMirror(brush, seconds * 0.4, {
    y: ground + 6,
    bottom: 520,
    ripple: 5,
    squeeze: 1.9,
    alpha: 0.34,
  });
  brush.fillStyle = "#1b0d2a90";
  brush.fillRect(0, 472, 960, 68);
  brush.fillStyle = "#ffbf6a";
  brush.globalAlpha = 0.6;
  for (let dash = 0; dash < 7; dash += 1) brush.fillRect(dash * 160 - 30, 506, 80, 4);
  brush.globalAlpha = 1;
  paintCar(brush, { x: 404, y: 446, size: 0.72, wheelTurn: 0, body: "#2b9a9c", shine: "#ffc58a" });
  const passing = rise(0, 1, ((seconds + 1) % 8) / 8) * 1900 - 460;
  paintCar(brush, {
    x: passing,
    y: 524,
    size: 1.3,
    wheelTurn: seconds * 14,
    body: seconds < 7 ? "#7a2a3c" : "#c98a3a",
    shine: "#ffb48a",
  });
}
