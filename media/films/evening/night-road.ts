/** After the sun: the Milky Way wheels over the ridge, and one pair of headlights crosses it. */
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { Brush, Shot } from "../film.ts";
import { cloudAt, mix, noiseAt, rise } from "../noise.ts";
import { fillDisc, fillDown, fillPolygon, fillRidge, paintGlow, paintLayer } from "../strokes.ts";
import { paintCar } from "./car.ts";

const pole = { x: 640, y: 330 };

export const nightRoad: Shot = { name: "night-road", seconds: 16, prepare };

function prepare() {
  const heaven = paintLayer(1500, 1500, paintHeaven);
  const land = paintLayer(960, 540, paintLand);
  return (brush: Brush, seconds: number) => {
    fillDown(brush, 0, 540, [
      [0, "#080a26"],
      [0.4, "#1a1a4c"],
      [0.68, "#5a2f6e"],
      [0.82, "#c2566a"],
      [1, "#ff9a62"],
    ]);
    brush.save();
    brush.translate(pole.x, pole.y);
    brush.rotate(-0.5 - seconds * 0.017);
    brush.globalCompositeOperation = "lighter";
    brush.drawImage(heaven, -750, -750);
    brush.restore();
    for (const [start, x, y] of [
      [2, 260, 60],
      [7.2, 620, 40],
      [11.4, 130, 120],
    ] as const) {
      paintMeteor(brush, seconds - start, x, y);
    }
    paintGlow(brush, { x: 480, y: 430, radius: 420, color: "#ff7a50", alpha: 0.4 });
    brush.drawImage(land, 0, 0);
    const x = mix(60, 800, seconds / 16);
    paintCar(brush, {
      x,
      y: ridgeAt(x),
      size: 0.34,
      wheelTurn: seconds * 12,
      body: "#0d0718",
      shine: "#ff9a62",
    });
    brush.fillStyle = "#05030d";
    fillRidge(brush, { y: 522, relief: 66, scale: 210, seed: 12 });
    paintFire(brush, seconds);
  };
}

function ridgeAt(x: number): number {
  return 428 - Math.sin(x / 250 + 0.6) * 17 - Math.sin(x / 90) * 3;
}

function paintHeaven(brush: Brush): void {
  const random = seededRandom("milky way");
  const pixels = brush.createImageData(1500, 1500);
  for (let y = 0; y < 1500; y += 1) {
    for (let x = 0; x < 1500; x += 1) {
      const across = (x - y * 0.35 - 300) / 210;
      const cloud = cloudAt(x / 120, y / 120);
      const lane = rise(0.36, 0.66, cloudAt(x / 60 + 40, y / 95 + 9));
      const band = Math.exp(-across * across) * (0.25 + cloud) * (0.35 + lane * 0.65);
      const at = (y * 1500 + x) * 4;
      pixels.data[at] = 96 * band;
      pixels.data[at + 1] = 92 * band;
      pixels.data[at + 2] = 150 * band;
      pixels.data[at + 3] = 255;
    }
  }
  brush.putImageData(pixels, 0, 0);
  const tints = ["#ffffff", "#cfe0ff", "#ffe9cf", "#e7d6ff"];
  for (let star = 0; star < 1500; star += 1) {
    const y = random() * 1500;
    const inBand = random() < 0.5;
    const x = inBand ? 300 + y * 0.35 + (random() + random() - 1) * 300 : random() * 1500;
    brush.fillStyle = tints[star % tints.length] ?? "#ffffff";
    brush.globalAlpha = 0.35 + random() * 0.6;
    fillDisc(brush, x, y, 0.5 + random() ** 6 * 1.7);
  }
}

function paintMeteor(brush: Brush, age: number, x: number, y: number): void {
  if (age < 0 || age > 1.1) return;
  const head = { x: x + age * 260, y: y + age * 120 };
  const trail = brush.createLinearGradient(head.x, head.y, head.x - 130, head.y - 60);
  trail.addColorStop(0, `rgb(255 246 226 / ${rise(1.1, 0.4, age)})`);
  trail.addColorStop(1, "rgb(255 246 226 / 0)");
  brush.strokeStyle = trail;
  brush.lineWidth = 2.2;
  brush.stroke(new Path2D(`M${head.x} ${head.y} l-130 -60`));
}

function paintLand(brush: Brush): void {
  brush.fillStyle = "#43234f";
  brush.globalAlpha = 0.85;
  fillRidge(brush, { y: 436, relief: 70, scale: 260, seed: 3 });
  brush.globalAlpha = 1;
  brush.fillStyle = "#150b24";
  brush.beginPath();
  brush.moveTo(0, 540);
  for (let x = 0; x <= 960; x += 6) brush.lineTo(x, ridgeAt(x));
  brush.lineTo(960, 540);
  brush.fill();
  for (const x of [118, 300, 560, 742, 905]) {
    const y = ridgeAt(x) + 2;
    brush.fillStyle = "#150b24";
    brush.fillRect(x, y - 62, 2.6, 64);
    brush.fillRect(x - 11, y - 58, 25, 2.2);
  }
}

function paintFire(brush: Brush, seconds: number): void {
  const [x, y] = [176, 486];
  const flicker = 0.75 + 0.5 * noiseAt(seconds * 7, 2);
  paintGlow(brush, { x, y: y - 8, radius: 130, color: "#ff8a3a", alpha: 0.55 * flicker });
  brush.fillStyle = "#0a0410";
  for (const aside of [-38, 40]) {
    fillDisc(brush, x + aside, y - 26 + Math.sin(seconds * 1.1 + aside), 8);
    fillPolygon(brush, [
      [x + aside - 14, y + 8],
      [x + aside - 9, y - 18],
      [x + aside + 9, y - 18],
      [x + aside + 16, y + 8],
    ]);
  }
  for (let tongue = 0; tongue < 5; tongue += 1) {
    const tall = 16 + 22 * noiseAt(seconds * 5 + tongue * 9, tongue);
    const left = x - 12 + tongue * 5;
    brush.fillStyle = tongue % 2 === 0 ? "#ffb340" : "#ff6f2e";
    brush.fill(
      new Path2D(
        `M${left} ${y + 4} Q${left - 4} ${y - tall * 0.5} ${left + 3} ${y - tall} Q${left + 8} ${y - tall * 0.4} ${left + 7} ${y + 4}Z`,
      ),
    );
  }
  for (let spark = 0; spark < 12; spark += 1) {
    const age = (seconds * 0.5 + spark / 12) % 1;
    brush.fillStyle = `rgb(255 190 90 / ${1 - age})`;
    fillDisc(
      brush,
      x + (noiseAt(spark * 9, seconds * 0.6) - 0.5) * 50 * age,
      y - 12 - age * 110,
      1.4,
    );
  }
}
