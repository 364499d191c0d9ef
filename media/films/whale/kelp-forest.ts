/** The kelp forest: a turtle rows through gold and green while everything bends to one swell. */
import type { Brush, Shot } from "../film.ts";
import { mix } from "../noise.ts";
import { fillDisc, fillDown, fillRidge, paintGlow, paintLayer } from "../strokes.ts";
import { paintShoal, paintSpecks, paintSunRays, paintSurface } from "./sea.ts";

export const kelpForest: Shot = { name: "kelp-forest", seconds: 16, prepare };

function prepare() {
  const water = paintLayer(960, 540, (brush) => {
    fillDown(brush, 0, 540, [
      [0, "#d7f5a4"],
      [0.2, "#7fd79a"],
      [0.5, "#2a9c8c"],
      [0.8, "#0f5f6b"],
      [1, "#073442"],
    ]);
    paintGlow(brush, { x: 560, y: 20, radius: 420, color: "#fff6b8", alpha: 0.6 });
  });
  const floor = paintLayer(960, 540, (brush) => {
    brush.fillStyle = "#0c4f57";
    fillRidge(brush, { y: 520, relief: 70, scale: 150, seed: 14 });
    brush.fillStyle = "#06303a";
    fillRidge(brush, { y: 545, relief: 74, scale: 110, seed: 27 });
  });
  return (brush: Brush, seconds: number) => {
    const drift = seconds * 5;
    brush.drawImage(water, 0, 0);
    paintSurface(brush, seconds, 90);
    for (let strand = 0; strand < 11; strand += 1) {
      paintKelp(brush, seconds, {
        x: strand * 104 - 40 - drift * 0.4,
        size: 0.55,
        color: "#3aa583",
        leaf: "#54b98a",
        phase: strand * 1.7,
      });
    }
    paintSunRays(brush, seconds, { color: [250, 255, 190], alpha: 0.6, slant: -0.12 });
    paintShoal(brush, seconds, {
      x: mix(-120, 700, seconds / 16),
      y: 190,
      spread: 60,
      count: 34,
      size: 8,
      color: "#1b7f78",
      heading: 1,
    });
    for (let strand = 0; strand < 7; strand += 1) {
      paintKelp(brush, seconds, {
        x: strand * 168 - 10 - drift,
        size: 0.85,
        color: "#1c7a64",
        leaf: "#2b9670",
        phase: strand * 2.3 + 1,
      });
    }
    brush.drawImage(floor, 0, 0);
    paintTurtle(brush, seconds);
    paintShoal(brush, seconds, {
      x: mix(1100, 160, seconds / 16),
      y: 380,
      spread: 56,
      count: 22,
      size: 12,
      color: "#ff9e4a",
      heading: -1,
    });
    for (const [strand, x] of [40, 860, 1010].entries()) {
      paintKelp(brush, seconds, {
        x: x - drift * 2,
        size: 1.5,
        color: "#05343a",
        leaf: "#07434a",
        phase: strand * 2.9,
      });
    }
    paintSpecks(brush, seconds, "#fbffd6", 40);
  };
}

type Kelp = {
  readonly x: number;
  readonly size: number;
  readonly color: string;
  readonly leaf: string;
  readonly phase: number;
};

function paintKelp(brush: Brush, seconds: number, { x, size, color, leaf, phase }: Kelp): void {
  const at = (up: number) =>
    x +
    Math.sin(seconds * 0.8 + phase - up * 2.2) * 26 * size * up +
    Math.sin(phase + up * 5) * 12 * size;
  brush.strokeStyle = color;
  brush.lineWidth = 4.4 * size;
  brush.beginPath();
  for (let step = 0; step <= 18; step += 1) brush.lineTo(at(step / 18), 548 - (step / 18) * 575);
  brush.stroke();
  brush.fillStyle = leaf;
  const leaves = Math.round(15 / size ** 0.4);
  for (let step = 1; step < leaves; step += 1) {
    const up = step / leaves;
    const side = step % 2 === 0 ? 1 : -1;
    const droop = Math.sin(seconds * 1.3 + phase + step * 0.8) * 0.28;
    brush.save();
    brush.translate(at(up), 548 - up * 575);
    brush.rotate(side * (0.95 + droop) + (side > 0 ? 0 : Math.PI));
    brush.fill(
      new Path2D(
        `M0 0 Q${30 * size} ${-15 * size} ${74 * size} ${2 * size} Q${34 * size} ${14 * size} 0 ${4 * size}Z`,
      ),
    );
    fillDisc(brush, 3 * size, 2 * size, 4.6 * size);
    brush.restore();
  }
}

function paintTurtle(brush: Brush, seconds: number): void {
  const stroke = Math.sin(seconds * 2.2);
  brush.save();
  brush.translate(mix(180, 640, seconds / 16), 296 - mix(0, 60, seconds / 16) + stroke * 5);
  brush.rotate(-0.16 + stroke * 0.03);
  brush.scale(1.25, 1.25);
  brush.fillStyle = "#2f6a4a";
  brush.fill(
    new Path2D(
      `M-46 6 Q-70 ${16 + stroke * 6} -84 ${30 + stroke * 10} Q-58 ${26 + stroke * 4} -38 16Z`,
    ),
  );
  paintFlipper(brush, 34, -6, -0.5 + stroke * 0.55, "#245a44");
  brush.fill(new Path2D("M48 -6 Q66 -20 84 -14 Q96 -8 92 2 Q84 10 66 8 L48 8Z"));
  const shell = brush.createLinearGradient(0, -40, 0, 18);
  shell.addColorStop(0, "#d9b25a");
  shell.addColorStop(0.6, "#8a6a3a");
  shell.addColorStop(1, "#4c4a34");
  brush.fillStyle = shell;
  brush.fill(new Path2D("M-60 8 Q-44 -40 8 -40 Q50 -36 60 2 Q30 20 -14 20 Q-46 20 -60 8Z"));
  brush.strokeStyle = "#5c4526";
  brush.lineWidth = 1.8;
  brush.stroke(
    new Path2D(
      "M-40 -8 L-16 -14 L12 -14 L40 -8 M-16 -14 L-22 -34 M12 -14 L18 -38 M-16 -14 L-22 14 M12 -14 L16 16 M-40 -8 L-50 10 M40 -8 L50 6",
    ),
  );
  brush.fillStyle = "#0b2018";
  fillDisc(brush, 81, -6, 2.4);
  paintFlipper(brush, 26, 8, 0.5 - stroke * 0.7, "#3d8258");
  brush.restore();
}

function paintFlipper(brush: Brush, x: number, y: number, turn: number, color: string): void {
  brush.save();
  brush.translate(x, y);
  brush.rotate(turn);
  brush.fillStyle = color;
  brush.fill(new Path2D("M10 -4 Q2 34 -42 62 Q-54 62 -46 50 Q-24 24 -12 0Z"));
  brush.restore();
}
