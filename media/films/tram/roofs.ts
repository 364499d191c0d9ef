/** After the rain: clouds part over the roofs, a cat watches the last tram cross the viaduct. */
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { Brush, Shot } from "../film.ts";
import { cloudAt, mix, rise } from "../noise.ts";
import {
  fillDisc,
  fillDown,
  fillPolygon,
  paintGlow,
  paintLayer,
  paintMist,
  paintPuff,
  paintStars,
  scatterStars,
} from "../strokes.ts";
import { paintRow } from "./buildings.ts";
import { paintTramCar } from "./tram-car.ts";

const viaduct = 372;

export const roofs: Shot = { name: "roofs", seconds: 16, prepare };

function prepare() {
  const stars = scatterStars(seededRandom("roof stars"), 130, 300);
  const sky = paintLayer(960, 540, (brush) => {
    fillDown(brush, 0, 440, [
      [0, "#0e0b36"],
      [0.45, "#3a2285"],
      [0.75, "#8a49b8"],
      [1, "#f09ab8"],
    ]);
    paintGlow(brush, { x: 300, y: 150, radius: 330, color: "#b99aff", alpha: 0.55 });
    brush.fillStyle = "#fdf1e4";
    fillDisc(brush, 300, 150, 54);
    brush.globalAlpha = 0.28;
    brush.fillStyle = "#b9a2c9";
    for (const [x, y, radius] of [
      [284, 138, 11],
      [316, 160, 15],
      [294, 176, 7],
      [326, 130, 6],
    ] as const)
      fillDisc(brush, x, y, radius);
    brush.globalAlpha = 1;
  });
  const far = paintRow({
    seed: "far roofs",
    width: 1100,
    ground: 470,
    lowest: 100,
    highest: 250,
    wall: "#5a3699",
    haze: "#b86bb4",
    window: 4,
    litShare: 0.3,
  });
  const middle = paintRow({
    seed: "middle roofs",
    width: 1100,
    ground: 500,
    lowest: 60,
    highest: 190,
    wall: "#38207a",
    haze: "#6c3a98",
    window: 6,
    litShare: 0.4,
  });
  const bridge = paintLayer(1100, 540, paintViaduct);
  const near = paintLayer(1100, 540, paintNearRoof);
  return (brush: Brush, seconds: number) => {
    const pan = mix(0, 60, seconds / 16);
    brush.drawImage(sky, 0, 0);
    paintStars(brush, stars, seconds, mix(0.3, 1, seconds / 16));
    paintClouds(brush, seconds);
    brush.drawImage(far, -20 - pan * 0.3, 0);
    brush.drawImage(middle, -30 - pan * 0.6, 0);
    paintTramCar(brush, seconds, { x: mix(-160, 1150, seconds / 16), y: viaduct, size: 0.5 });
    brush.drawImage(bridge, -pan, 0);
    brush.drawImage(near, -pan * 1.5, 0);
    paintChimneys(brush, seconds, pan);
    paintCat(brush, seconds, 668 - pan * 1.5);
  };
}

function paintClouds(brush: Brush, seconds: number): void {
  const parting = mix(0.4, 0.58, seconds / 16);
  paintMist(brush, {
    columns: 120,
    rows: 60,
    bottom: 440,
    shade: (x, y, out, at) => {
      const cloud = cloudAt(x * 2.4 + seconds * 0.06, y * 4.2 + 7);
      const lit = Math.exp(-((x - 0.31) ** 2) * 8 - (y - 0.34) ** 2 * 6);
      out[at] = mix(86, 226, lit);
      out[at + 1] = mix(58, 190, lit);
      out[at + 2] = mix(150, 246, lit);
      out[at + 3] = rise(parting, parting + 0.3, cloud) * 215;
    },
  });
}

function paintViaduct(brush: Brush): void {
  brush.fillStyle = "#1d1150";
  brush.fillRect(0, viaduct, 1100, 16);
  brush.fillStyle = "#2e1c6c";
  brush.fillRect(0, viaduct, 1100, 3);
  brush.fillStyle = "#1d1150";
  const arches = new Path2D();
  arches.rect(0, viaduct + 10, 1100, 180);
  for (let x = 14; x < 1100; x += 116) arches.roundRect(x, viaduct + 30, 92, 200, [46, 46, 0, 0]);
  brush.fill(arches, "evenodd");
  brush.fillStyle = "#150c40";
  for (let x = 0; x < 1100; x += 232) brush.fillRect(x + 118, viaduct - 92, 3, 94);
  brush.fillRect(0, viaduct - 90, 1100, 1.4);
}

function paintNearRoof(brush: Brush): void {
  brush.fillStyle = "#0b0626";
  fillPolygon(brush, [
    [-20, 540],
    [-20, 470],
    [150, 402],
    [330, 476],
    [330, 540],
  ]);
  fillPolygon(brush, [
    [300, 540],
    [340, 494],
    [520, 452],
    [1100, 440],
    [1100, 540],
  ]);
  brush.strokeStyle = "#5b36a0";
  brush.lineWidth = 2.4;
  brush.stroke(new Path2D("M-20 470 L150 402 L330 476 M340 494 L520 452 L1100 440"));
  brush.strokeStyle = "#1d1248";
  brush.lineWidth = 1.6;
  for (let tile = 0; tile < 34; tile += 1)
    brush.stroke(new Path2D(`M${350 + tile * 24} ${490 - Math.min(36, tile * 5)} l-14 60`));
  brush.fillStyle = "#0b0626";
  brush.fillRect(206, 372, 38, 66);
  brush.fillRect(200, 366, 50, 9);
  brush.fillRect(860, 372, 44, 76);
  brush.fillRect(854, 366, 56, 9);
  brush.fillStyle = "#ffc774";
  brush.fillRect(104, 446, 26, 30);
  brush.fillStyle = "#0b0626";
  brush.fillRect(116, 446, 2, 30);
  paintGlow(brush, { x: 117, y: 460, radius: 70, color: "#ffb34a", alpha: 0.4 });
  brush.strokeStyle = "#0b0626";
  brush.lineWidth = 2.6;
  brush.stroke(new Path2D("M1010 446 L1010 330 M984 342 L1036 342 M990 356 L1030 356"));
}

function paintChimneys(brush: Brush, seconds: number, pan: number): void {
  for (const chimney of [225, 882]) {
    for (let puff = 0; puff < 11; puff += 1) {
      const age = (seconds * 0.15 + puff / 11) % 1;
      paintPuff(brush, {
        x: chimney - pan * 1.5 + age * 74 + Math.sin(seconds * 0.8 + puff * 2) * 5,
        y: 362 - age * 140,
        radius: 9 + age * 34,
        color: "#d8bfe8",
        alpha: 0.4 * (1 - age) * rise(0, 0.12, age),
      });
    }
  }
}

function paintCat(brush: Brush, seconds: number, x: number): void {
  brush.save();
  brush.translate(x, 450);
  brush.fillStyle = "#07031a";
  const tail = Math.sin(seconds * 1.7) * 16;
  brush.strokeStyle = "#07031a";
  brush.lineWidth = 9;
  brush.lineCap = "round";
  brush.stroke(
    new Path2D(`M-24 -6 Q-58 -4 ${-62 + tail * 0.4} -34 Q${-66 + tail} -52 ${-54 + tail} -62`),
  );
  brush.fill(new Path2D("M-34 2 Q-36 -46 -4 -62 L18 -62 Q24 -30 26 2Z"));
  brush.translate(10 + Math.sin(seconds * 0.5) * 3, -72);
  fillDisc(brush, 0, 0, 19);
  const twitch = rise(0.93, 1, Math.sin(seconds * 2.3)) * 4;
  fillPolygon(brush, [
    [-18, -4],
    [-17 - twitch, -31],
    [-3, -16],
  ]);
  fillPolygon(brush, [
    [18, -4],
    [17, -31],
    [3, -16],
  ]);
  const open = Math.sin(seconds * 1.1) > -0.93 ? 1 : 0.15;
  brush.fillStyle = "#ffd65c";
  for (const eye of [-7, 8]) {
    brush.beginPath();
    brush.ellipse(eye, -2, 3.6, 3.6 * open, 0, 0, Math.PI * 2);
    brush.fill();
  }
  brush.restore();
}
