/** Through the windscreen: the road pours out of the sunset and runs away under the bonnet. */
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
} from "../strokes.ts";

const horizon = 286;
const speed = 15;

export const windscreen: Shot = { name: "windscreen", seconds: 16, prepare };

function prepare() {
  const hills = paintLayer(1160, 540, (brush) => {
    brush.fillStyle = "#a83e62";
    fillRidge(brush, { y: 292, relief: 88, scale: 190, seed: 44, width: 1160 });
    brush.fillStyle = "#702a58";
    fillRidge(brush, { y: 298, relief: 54, scale: 110, seed: 61, width: 1160 });
  });
  const cabin = paintLayer(960, 540, paintCabin);
  return (brush: Brush, seconds: number) => {
    const sway = Math.sin(seconds * 0.42) * 46;
    fillDown(brush, 0, horizon, [
      [0, "#231047"],
      [0.35, "#7e2a6d"],
      [0.68, "#f0604f"],
      [0.9, "#ffab55"],
      [1, "#ffdb8c"],
    ]);
    paintClouds(brush, seconds);
    const sun = { x: 480 + sway * 0.8, y: mix(258, 284, seconds / 16) };
    paintGlow(brush, { ...sun, radius: 330, color: "#ff9a48", alpha: 0.7 });
    brush.fillStyle = "#fff0b4";
    fillDisc(brush, sun.x, sun.y, 42);
    brush.drawImage(hills, -100 + sway * 0.8, 0);
    paintPlain(brush, seconds);
    paintRoad(brush, seconds, sway);
    for (let post = 12; post >= 0; post -= 1) paintPole(brush, post, seconds, sway);
    brush.drawImage(cabin, 0, Math.sin(seconds * 7.3) * 0.8);
    paintCharm(brush, seconds);
  };
}

/** Where a point at `side` (road half-widths) and `depth` (1 is the bonnet) stands in the picture. */
function project(
  side: number,
  depth: number,
  sway: number,
): { x: number; y: number; scale: number } {
  const scale = 1 / depth;
  const bend = sway * (1 - scale) ** 2;
  return { x: 480 + bend * 0.9 + side * 250 * scale, y: horizon + 178 * scale, scale };
}

function paintClouds(brush: Brush, seconds: number): void {
  paintMist(brush, {
    columns: 120,
    rows: 60,
    bottom: horizon,
    shade: (x, y, out, at) => {
      const away = 1 / (1.12 - y);
      const cloud = cloudAt((x - 0.5) * 1.5 * away + 8, away * 2.4 + seconds * 0.06);
      out[at] = 255;
      out[at + 1] = mix(96, 190, y);
      out[at + 2] = mix(116, 110, y);
      out[at + 3] = rise(0.5, 0.8, cloud) * 170;
    },
  });
}

function paintPlain(brush: Brush, seconds: number): void {
  fillDown(brush, horizon, 540, [
    [0, "#d5605a"],
    [0.12, "#93385a"],
    [0.5, "#501d49"],
    [1, "#260d30"],
  ]);
  for (let tuft = 0; tuft < 70; tuft += 1) {
    const depth = 1 + ((((tuft * 7.31 - seconds * speed * 0.42) % 22) + 22) % 22);
    const side = (tuft % 2 === 0 ? 1 : -1) * (1.5 + ((tuft * 13.7) % 9));
    const { x, y, scale } = project(side, depth, 0);
    brush.fillStyle = `rgb(64 20 62 / ${rise(22, 12, depth)})`;
    brush.beginPath();
    brush.ellipse(x, y, 52 * scale, 26 * scale, 0, Math.PI, 0);
    brush.fill();
  }
}

function paintRoad(brush: Brush, seconds: number, sway: number): void {
  const strip = (from: number, to: number, near: number, far: number, color: string) => {
    const left: [number, number][] = [];
    const right: [number, number][] = [];
    for (let step = 0; step <= 14; step += 1) {
      const depth = near * (far / near) ** (step / 14);
      const { x, y } = project(from, depth, sway);
      left.push([x, y]);
      const end = project(to, depth, sway);
      right.unshift([end.x, end.y]);
    }
    brush.fillStyle = color;
    fillPolygon(brush, [...left, ...right]);
  };
  strip(-1.14, 1.14, 0.6, 90, "#7a3352");
  strip(-1, 1, 0.6, 90, "#37193f");
  strip(-0.94, -0.91, 0.6, 60, "#f2b98c");
  strip(0.91, 0.94, 0.6, 60, "#f2b98c");
  for (let dash = 0; dash < 14; dash += 1) {
    const near = dash * 2.4 - ((seconds * speed * 0.42) % 2.4) + 0.55;
    if (near > 0.5) strip(-0.022, 0.022, near, near + 1.1, "#ffcf6a");
  }
}

function paintPole(brush: Brush, post: number, seconds: number, sway: number): void {
  const depth = post * 3.2 - ((seconds * speed * 0.42) % 3.2) + 0.7;
  if (depth < 0.6) return;
  const next = depth + 3.2;
  const { x, y, scale } = project(2.1, depth, sway);
  const tall = 330 * scale;
  brush.globalAlpha = rise(40, 18, depth);
  brush.strokeStyle = "#2a0d33";
  brush.lineWidth = 11 * scale;
  brush.stroke(new Path2D(`M${x} ${y} L${x} ${y - tall}`));
  brush.lineWidth = 8 * scale;
  brush.stroke(
    new Path2D(`M${x - 52 * scale} ${y - tall * 0.92} L${x + 52 * scale} ${y - tall * 0.92}`),
  );
  const far = project(2.1, next, sway);
  for (const aside of [-50, 50]) {
    const [endX, endY] = [far.x + aside * far.scale, far.y - 330 * far.scale * 0.94];
    brush.lineWidth = Math.min(1.6, 2.2 * scale + 0.4);
    brush.stroke(
      new Path2D(
        `M${x + aside * scale} ${y - tall * 0.94} Q${(x + endX) / 2} ${(y - tall * 0.94 + endY) / 2 + 22 * scale} ${endX} ${endY}`,
      ),
    );
  }
  brush.globalAlpha = 1;
}

function paintCabin(brush: Brush): void {
  brush.fillStyle = "#12050f";
  brush.fill(new Path2D("M0 0 L960 0 L960 26 Q480 4 0 26Z"));
  brush.fill(new Path2D("M0 0 L34 0 L0 190Z M960 0 L926 0 L960 190Z"));
  const bonnet = brush.createLinearGradient(0, 410, 0, 500);
  bonnet.addColorStop(0, "#f0a06c");
  bonnet.addColorStop(0.1, "#2c8f92");
  bonnet.addColorStop(1, "#0b2b38");
  brush.fillStyle = bonnet;
  brush.fill(new Path2D("M96 520 Q150 432 330 418 Q480 408 630 418 Q810 432 864 520Z"));
  brush.strokeStyle = "#ffd09a";
  brush.lineWidth = 2;
  brush.globalAlpha = 0.7;
  brush.stroke(new Path2D("M480 412 L480 486 M300 424 Q250 450 232 500 M660 424 Q710 450 728 500"));
  brush.globalAlpha = 1;
  brush.fillStyle = "#12050f";
  brush.fill(new Path2D("M0 470 Q480 452 960 470 L960 540 L0 540Z"));
  brush.strokeStyle = "#0b030a";
  brush.lineWidth = 17;
  brush.beginPath();
  brush.arc(262, 582, 136, Math.PI * 1.08, Math.PI * 1.92);
  brush.stroke();
  brush.strokeStyle = "#ff9a5c";
  brush.lineWidth = 1.6;
  brush.globalAlpha = 0.6;
  brush.beginPath();
  brush.arc(262, 582, 144, Math.PI * 1.2, Math.PI * 1.8);
  brush.stroke();
  brush.stroke(new Path2D("M0 470 Q480 452 960 470"));
  brush.globalAlpha = 1;
  brush.fillStyle = "#12050f";
  brush.beginPath();
  brush.roundRect(430, 18, 150, 42, 14);
  brush.fill();
  brush.fillStyle = "#7b3a63";
  brush.beginPath();
  brush.roundRect(436, 23, 138, 32, 11);
  brush.fill();
  brush.fillStyle = "#2b1243";
  brush.fillRect(440, 30, 130, 6);
}

function paintCharm(brush: Brush, seconds: number): void {
  brush.save();
  brush.translate(505, 60);
  brush.rotate(Math.sin(seconds * 2.1) * 0.16 + (noiseAt(seconds * 2) - 0.5) * 0.12);
  brush.strokeStyle = "#12050f";
  brush.lineWidth = 1.6;
  brush.stroke(new Path2D("M0 0 L0 52"));
  brush.fillStyle = "#12050f";
  brush.fill(new Path2D("M0 48 L7 66 L26 66 L11 77 L17 96 L0 84 L-17 96 L-11 77 L-26 66 L-7 66Z"));
  brush.restore();
}
