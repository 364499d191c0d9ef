/** Night: the light sweeps over the sea, a ferry crosses, a buoy nods in the foreground. */
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { Brush, Shot } from "../film.ts";
import { cloudAt, mix, noiseAt, rise } from "../noise.ts";
import {
  fillDisc,
  fillDown,
  fillPolygon,
  paintBeam,
  paintGlow,
  paintLayer,
  paintMist,
  paintPuff,
  paintStars,
  scatterStars,
} from "../strokes.ts";
import { paintWater } from "../water.ts";
import { paintTower } from "./tower.ts";

const horizon = 338;
const lamp = { x: 716, y: 103 };
const turnsPerSecond = 0.16;

export const headland: Shot = { name: "headland", seconds: 17, prepare };

function prepare() {
  const stars = scatterStars(seededRandom("keeper stars"), 190, horizon - 40);
  const sky = paintLayer(960, 540, paintSky);
  const land = paintLayer(960, 540, paintLand);
  return (brush: Brush, seconds: number) => {
    const angle = seconds * turnsPerSecond * Math.PI * 2;
    const facing = Math.max(0, Math.sin(angle)) ** 8;
    brush.drawImage(sky, 0, 0);
    paintStars(brush, stars, seconds, 0.9);
    paintClouds(brush, seconds);
    paintSweep(brush, angle);
    paintSweep(brush, angle + Math.PI);
    paintWater(brush, seconds, {
      horizon,
      far: [44, 108, 118],
      near: [5, 18, 34],
      chop: 0.85,
      lights: [
        { x: 430, width: 62, color: [176, 208, 214], strength: 0.75 },
        { x: lamp.x - 60, width: 46, color: [255, 196, 92], strength: 0.24 + facing * 0.7 },
        { x: mix(560, 380, seconds / 17), width: 20, color: [255, 186, 96], strength: 0.6 },
      ],
    });
    paintFerry(brush, mix(560, 380, seconds / 17), horizon + 3);
    brush.drawImage(land, 0, 0);
    paintFoam(brush, seconds);
    paintBuoy(brush, seconds);
    paintGlow(brush, {
      ...lamp,
      radius: 70 + facing * 260,
      color: "#ffdf9a",
      alpha: 0.75 + facing * 0.25,
    });
    brush.fillStyle = "#fff6dc";
    fillDisc(brush, lamp.x, lamp.y, 4.5 + facing * 5);
  };
}

function paintSky(brush: Brush): void {
  fillDown(brush, 0, horizon + 2, [
    [0, "#040a1d"],
    [0.4, "#0a2243"],
    [0.75, "#175066"],
    [1, "#3c8788"],
  ]);
  paintGlow(brush, { x: 430, y: 128, radius: 300, color: "#7fb6c4", alpha: 0.5 });
  brush.fillStyle = "#f3f0dc";
  fillDisc(brush, 430, 128, 31);
  brush.fillStyle = "#c9cdc0";
  for (const [x, y, radius] of [
    [420, 121, 6],
    [438, 134, 8],
    [425, 142, 4],
    [443, 117, 4],
  ] as const) {
    brush.globalAlpha = 0.4;
    fillDisc(brush, x, y, radius);
  }
  brush.globalAlpha = 1;
}

function paintClouds(brush: Brush, seconds: number): void {
  paintMist(brush, {
    columns: 120,
    rows: 40,
    bottom: horizon,
    shade: (x, y, out, at) => {
      const cloud = cloudAt(x * 3.2 + seconds * 0.045, y * 6 + 3 + seconds * 0.006);
      const moonlight = Math.exp(-((x - 0.45) ** 2) * 9 - (y - 0.38) ** 2 * 7);
      out[at] = 60 + moonlight * 120;
      out[at + 1] = 104 + moonlight * 110;
      out[at + 2] = 128 + moonlight * 92;
      out[at + 3] = rise(0.5, 0.86, cloud) * (90 + moonlight * 110) * rise(0, 0.25, y);
    },
  });
}

function paintLand(brush: Brush): void {
  brush.save();
  brush.beginPath();
  brush.rect(0, 0, 960, horizon + 1);
  brush.clip();
  brush.fillStyle = "#1b5060";
  brush.fill(new Path2D("M0 312 Q70 300 130 310 T250 322 Q330 330 400 340 L0 340Z"));
  brush.fillStyle = "#123f50";
  brush.fill(new Path2D("M0 328 Q60 318 120 325 T220 331 Q270 334 320 340 L0 340Z"));
  brush.restore();
  brush.globalAlpha = 0.8;
  brush.fillStyle = "#ffcf7d";
  const random = seededRandom("far shore");
  for (let count = 0; count < 26; count += 1)
    fillDisc(brush, random() * 300, 327 + random() * 9, 0.9);
  brush.globalAlpha = 1;

  const cliff = brush.createLinearGradient(0, 280, 0, 470);
  cliff.addColorStop(0, "#123040");
  cliff.addColorStop(0.5, "#0a1e2d");
  cliff.addColorStop(1, "#040d18");
  brush.fillStyle = cliff;
  fillPolygon(brush, [
    [560, 408],
    [578, 388],
    [604, 380],
    [612, 352],
    [634, 342],
    [642, 316],
    [668, 305],
    [700, 298],
    [760, 294],
    [815, 300],
    [868, 284],
    [915, 288],
    [960, 270],
    [960, 470],
    [840, 452],
    [740, 440],
    [640, 424],
  ]);
  brush.strokeStyle = "#3f8190";
  brush.globalAlpha = 0.4;
  brush.lineWidth = 1.6;
  brush.stroke(
    new Path2D(
      "M578 388 L604 380 L612 352 L634 342 L642 316 L668 305 L700 298 L760 294 L815 300 L868 284 L915 288 L960 270",
    ),
  );
  brush.globalAlpha = 0.5;
  brush.fillStyle = "#17394a";
  fillPolygon(brush, [
    [612, 352],
    [634, 342],
    [660, 380],
    [650, 418],
    [618, 412],
  ]);
  fillPolygon(brush, [
    [700, 298],
    [742, 296],
    [770, 360],
    [744, 430],
    [716, 380],
  ]);
  fillPolygon(brush, [
    [868, 284],
    [905, 288],
    [890, 350],
    [912, 440],
    [866, 380],
  ]);
  brush.globalAlpha = 1;
  paintTower(brush, {
    ...lamp,
    foot: 300,
    lit: "#e9ecdf",
    shade: "#4a7180",
    band: "#a8403c",
    dark: "#0a1a28",
  });
  paintCottage(brush);
}

function paintCottage(brush: Brush): void {
  brush.fillStyle = "#0d2230";
  fillPolygon(brush, [
    [770, 299],
    [770, 272],
    [798, 254],
    [836, 254],
    [858, 272],
    [858, 297],
  ]);
  brush.fillStyle = "#3c6c7a";
  fillPolygon(brush, [
    [762, 274],
    [797, 251],
    [838, 251],
    [866, 273],
    [845, 271],
    [784, 271],
  ]);
  brush.fillStyle = "#0d2230";
  brush.fillRect(842, 244, 8, 16);
  brush.fillStyle = "#ffc765";
  brush.fillRect(785, 278, 10, 11);
  brush.fillRect(815, 278, 10, 11);
  paintGlow(brush, { x: 804, y: 284, radius: 46, color: "#ffb44a", alpha: 0.4 });
}

/** The lamp turns about the vertical: seen from here a beam shortens, swells and flares. */
function paintSweep(brush: Brush, angle: number): void {
  const aside = Math.cos(angle);
  const towards = Math.sin(angle);
  paintBeam(brush, {
    from: [lamp.x, lamp.y],
    to: [lamp.x + aside * 1150, lamp.y + towards * 60],
    startWidth: 4,
    endWidth: 96 + towards * 50,
    color: "#ffdc96",
    alpha: 0.9 * Math.abs(aside) ** 0.6 * (0.62 + towards * 0.38),
  });
}

function paintFerry(brush: Brush, x: number, y: number): void {
  brush.fillStyle = "#061420";
  fillPolygon(brush, [
    [x - 34, y - 9],
    [x + 33, y - 9],
    [x + 27, y + 1],
    [x - 27, y + 1],
  ]);
  brush.fillRect(x - 22, y - 17, 42, 9);
  brush.fillRect(x - 12, y - 23, 22, 7);
  brush.fillRect(x + 2, y - 32, 6, 10);
  brush.fillStyle = "#ffd88c";
  for (let window = 0; window < 9; window += 1)
    brush.fillRect(x - 19 + window * 4.3, y - 14.5, 2.4, 3);
  for (let window = 0; window < 4; window += 1)
    brush.fillRect(x - 9 + window * 4.3, y - 21, 2.4, 2.6);
  paintGlow(brush, { x, y: y - 14, radius: 52, color: "#ffb550", alpha: 0.42 });
}

function paintFoam(brush: Brush, seconds: number): void {
  for (let patch = 0; patch < 64; patch += 1) {
    const along = patch / 63;
    const push = Math.sin(seconds * 1.1 - along * 5) * 5;
    paintPuff(brush, {
      x: 556 + along * 410 - push,
      y: 407 + along * 63 + push * 0.5 + (noiseAt(patch * 3.3) - 0.5) * 7,
      radius: 8 + noiseAt(patch * 1.7, seconds * 0.8) * 15,
      color: "#bfe4e2",
      alpha: 0.1 + 0.42 * rise(0.35, 0.8, noiseAt(patch * 0.9 - seconds * 0.5, seconds * 0.4)),
    });
  }
}

function paintBuoy(brush: Brush, seconds: number): void {
  const y = 462 + Math.sin(seconds * 1.5) * 5;
  brush.save();
  brush.translate(520, y);
  brush.rotate(Math.sin(seconds * 1.2 + 1) * 0.16);
  brush.fillStyle = "#08131f";
  fillPolygon(brush, [
    [-15, 10],
    [15, 10],
    [9, -2],
    [-9, -2],
  ]);
  brush.strokeStyle = "#08131f";
  brush.lineWidth = 2.4;
  brush.stroke(new Path2D("M-8 -2 L-2.5 -30 M8 -2 L2.5 -30 M-6 -14 L6 -14"));
  const lit = rise(0.55, 0.75, Math.sin(seconds * 2.6));
  brush.fillStyle = lit > 0.3 ? "#ff6a5a" : "#5a1f22";
  fillDisc(brush, 0, -32, 3.4);
  paintGlow(brush, { x: 0, y: -32, radius: 60, color: "#ff5144", alpha: lit * 0.8 });
  brush.restore();
}
