/** Beside the car at sunset: mesas drift, telegraph poles march, the foreground rushes. */
import { type Random, seededRandom } from "../../../kernel/seeded-random.ts";
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
import { paintCar } from "./car.ts";

const ground = 392;
const road = 446;

export const mesas: Shot = { name: "mesas", seconds: 16, prepare };

function prepare() {
  const sky = paintLayer(960, 540, paintSky);
  const ranges = [
    { drift: 5, layer: paintRange("far mesas", "#c2496a", "#e8727066", 250, 90) },
    { drift: 14, layer: paintRange("middle mesas", "#8c2f5f", "#c9506666", 300, 120) },
    { drift: 30, layer: paintRange("near mesas", "#541f4e", "#8c336099", 356, 80) },
  ];
  return (brush: Brush, seconds: number) => {
    const sun = { x: 668, y: mix(244, 292, seconds / 16) };
    brush.drawImage(sky, 0, 0);
    paintGlow(brush, { ...sun, radius: 380, color: "#ff8a3c", alpha: 0.55 });
    paintSun(brush, sun);
    paintClouds(brush, seconds);
    for (const { drift, layer } of ranges) brush.drawImage(layer, -40 - seconds * drift, 0);
    paintGround(brush, seconds);
    paintPoles(brush, seconds);
    paintCar(brush, {
      x: mix(350, 450, seconds / 16) + Math.sin(seconds * 0.5) * 16,
      y: road + Math.sin(seconds * 9) * 0.5,
      size: 1.05,
      wheelTurn: seconds * 15,
      body: "#2b9a9c",
      shine: "#bff3e4",
    });
    paintDust(brush, seconds);
    paintForeground(brush, seconds);
  };
}

function paintSky(brush: Brush): void {
  fillDown(brush, 0, ground, [
    [0, "#2a1450"],
    [0.24, "#6d2268"],
    [0.5, "#d2445f"],
    [0.74, "#ff8449"],
    [1, "#ffd07a"],
  ]);
}

function paintSun(brush: Brush, { x, y }: { readonly x: number; readonly y: number }): void {
  const disc = brush.createLinearGradient(0, y - 84, 0, y + 84);
  disc.addColorStop(0, "#fff2b8");
  disc.addColorStop(0.6, "#ffc062");
  disc.addColorStop(1, "#ff7a4a");
  brush.fillStyle = disc;
  fillDisc(brush, x, y, 84);
}

function paintClouds(brush: Brush, seconds: number): void {
  paintMist(brush, {
    columns: 140,
    rows: 60,
    bottom: ground,
    shade: (x, y, out, at) => {
      const cloud = cloudAt(x * 2 + seconds * 0.035, y * 13 + 4);
      const under = rise(0.2, 0.75, y);
      out[at] = mix(120, 255, under);
      out[at + 1] = mix(44, 150, under);
      out[at + 2] = mix(120, 96, under);
      out[at + 3] = rise(0.5, 0.76, cloud) * 190 * rise(1, 0.8, y);
    },
  });
}

function paintRange(
  seed: string,
  dark: string,
  lit: string,
  top: number,
  relief: number,
): OffscreenCanvas {
  const random = seededRandom(seed);
  return paintLayer(1520, 540, (brush) => {
    brush.fillStyle = dark;
    fillRidge(brush, { y: ground - 4, relief: relief * 0.42, scale: 170, seed: top, width: 1520 });
    for (let x = -60; x < 1520; x += 190 + random() * 260)
      paintMesa(brush, random, { x, top, relief, dark, lit });
  });
}

type Mesa = {
  readonly x: number;
  readonly top: number;
  readonly relief: number;
  readonly dark: string;
  readonly lit: string;
};

function paintMesa(brush: Brush, random: Random, { x, top, relief, dark, lit }: Mesa): void {
  const width = 70 + random() * 150;
  const peak = top + random() * relief * 0.4;
  const shoulder = peak + relief * 0.42;
  brush.fillStyle = dark;
  fillPolygon(brush, [
    [x - 70, ground + 10],
    [x - 14, shoulder],
    [x, shoulder - 4],
    [x + 5, peak + 4],
    [x + width * 0.4, peak],
    [x + width * 0.45, peak + 7],
    [x + width, peak + 6],
    [x + width + 6, shoulder - 2],
    [x + width + 20, shoulder + 3],
    [x + width + 84, ground + 10],
  ]);
  brush.fillStyle = lit;
  for (let face = 0; face < 4; face += 1) {
    const left = x + 6 + (face + random() * 0.4) * (width / 4);
    fillPolygon(brush, [
      [left, peak + 8],
      [left + width * 0.12, peak + 7],
      [left + width * 0.1, shoulder],
      [left - 4, shoulder + 6],
    ]);
  }
}

function paintGround(brush: Brush, seconds: number): void {
  fillDown(brush, ground - 6, 540, [
    [0, "#b0485a"],
    [0.18, "#7c2c55"],
    [0.5, "#4a1a48"],
    [1, "#240c2e"],
  ]);
  fillDown(brush, road - 22, road + 30, [
    [0, "#3b1c44"],
    [0.4, "#33183e"],
    [1, "#22102f"],
  ]);
  brush.fillStyle = "#ffb37c";
  brush.globalAlpha = 0.5;
  brush.fillRect(0, road - 22, 960, 1.5);
  brush.globalAlpha = 0.95;
  brush.fillStyle = "#ffc27a";
  for (let dash = -1; dash < 7; dash += 1) {
    brush.fillRect(dash * 168 - ((seconds * 420) % 168), road + 11, 74, 4);
  }
  brush.globalAlpha = 1;
  brush.fillStyle = "#5e2450";
  for (let bush = 0; bush < 26; bush += 1) {
    const x = 1040 - ((bush * 157.3 + seconds * 130) % 1140);
    const y = 398 + ((bush * 7) % 22);
    brush.beginPath();
    brush.ellipse(x, y, 11 + (bush % 4) * 3, 4 + (bush % 3) * 1.5, 0, Math.PI, 0);
    brush.fill();
  }
}

function paintPoles(brush: Brush, seconds: number): void {
  brush.strokeStyle = "#2a0f33";
  const spacing = 300;
  const shift = (seconds * 170) % spacing;
  for (let pole = -1; pole < 5; pole += 1) {
    const x = pole * spacing - shift + 60;
    brush.lineWidth = 5;
    brush.stroke(new Path2D(`M${x} 428 L${x} 232`));
    brush.lineWidth = 4;
    brush.stroke(new Path2D(`M${x - 26} 246 L${x + 26} 246 M${x - 19} 262 L${x + 19} 262`));
    brush.lineWidth = 1.3;
    for (const [aside, y] of [
      [-25, 242],
      [25, 242],
      [-18, 258],
    ] as const) {
      brush.stroke(new Path2D(`M${x + aside} ${y} q${spacing / 2} 42 ${spacing} 0`));
    }
  }
}

function paintDust(brush: Brush, seconds: number): void {
  for (let puff = 0; puff < 16; puff += 1) {
    const age = (seconds * 0.9 + puff / 16) % 1;
    paintPuff(brush, {
      x: mix(350, 450, seconds / 16) - 100 - age * 300,
      y: road - 6 - age * 18 + noiseAt(puff * 5, seconds) * 10,
      radius: 10 + age * 40,
      color: "#ffab7d",
      alpha: 0.26 * (1 - age) * rise(0, 0.1, age),
    });
  }
}

function paintForeground(brush: Brush, seconds: number): void {
  brush.fillStyle = "#17061f";
  fillRidge(brush, { y: 530, relief: 12, scale: 90, seed: seconds * 7 });
  for (let plant = 0; plant < 5; plant += 1) {
    const x = 1160 - ((plant * 331 + seconds * 640) % 1660);
    brush.lineWidth = 15;
    brush.lineCap = "round";
    brush.strokeStyle = "#17061f";
    const tall = 90 + (plant % 3) * 42;
    if (plant % 2 === 0) {
      brush.stroke(
        new Path2D(
          `M${x} 545 L${x} ${545 - tall} M${x} ${545 - tall * 0.4} q-32 4 -32 -${tall * 0.35} M${x} ${545 - tall * 0.3} q30 4 30 -${tall * 0.32}`,
        ),
      );
    } else {
      brush.lineWidth = 3;
      for (let blade = -5; blade <= 5; blade += 1)
        brush.stroke(
          new Path2D(
            `M${x} 545 Q${x + blade * 5} 500 ${x + blade * 13 - 10} ${480 + Math.abs(blade) * 5}`,
          ),
        );
    }
  }
}
