/** Tuesday night: northern lights above, one lantern on the water, and the whale coming up to it. */
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { Brush, Shot } from "../film.ts";
import { cloudAt, mix, noiseAt, rise } from "../noise.ts";
import {
  fillDisc,
  fillDown,
  fillRidge,
  paintBeam,
  paintGlow,
  paintLayer,
  paintMist,
  paintStars,
  scatterStars,
} from "../strokes.ts";
import { paintHumpback } from "./humpback.ts";
import { paintBubbles, paintShoal, paintSpecks } from "./sea.ts";

const surface = 236;
const boatX = 612;

export const lanternBoat: Shot = { name: "lantern-boat", seconds: 16, prepare };

function prepare() {
  const stars = scatterStars(seededRandom("whale stars"), 170, surface);
  const shore = paintLayer(960, 540, (brush) => {
    brush.fillStyle = "#0d4a5c";
    fillRidge(brush, { y: 240, relief: 74, scale: 170, seed: 8 });
    brush.fillStyle = "#083848";
    fillRidge(brush, { y: 246, relief: 44, scale: 90, seed: 19 });
  });
  const deep = paintLayer(960, 540, (brush) => {
    fillDown(brush, surface - 12, 540, [
      [0, "#2bb3a5"],
      [0.22, "#12808c"],
      [0.6, "#084a66"],
      [1, "#03203c"],
    ]);
  });
  return (brush: Brush, seconds: number) => {
    fillDown(brush, 0, surface + 20, [
      [0, "#04122e"],
      [0.6, "#0a3a55"],
      [1, "#1d7f83"],
    ]);
    paintStars(brush, stars, seconds);
    paintAurora(brush, seconds);
    brush.drawImage(shore, 0, 0);
    paintBoat(brush, seconds);
    brush.save();
    clipBelowSurface(brush, seconds);
    brush.drawImage(deep, 0, 0);
    paintLanternLight(brush, seconds);
    paintHumpback(brush, {
      x: mix(510, 700, seconds / 16),
      y: mix(470, 372, rise(0, 16, seconds)) + Math.sin(seconds * 0.7) * 8,
      size: 1.04,
      tilt: -0.2 + seconds * 0.008,
      beat: seconds * 1.6,
      back: "#0a3550",
      flank: "#2a8f9c",
      belly: "#bdeee0",
    });
    paintShoal(brush, seconds, {
      x: mix(900, 60, seconds / 16),
      y: 318,
      spread: 44,
      count: 26,
      size: 6,
      color: "#0a5a70",
      heading: -1,
    });
    paintBubbles(brush, seconds, mix(650, 860, seconds / 16), 400);
    paintSpecks(brush, seconds, "#c8fff0", 46);
    brush.restore();
    paintWaterLine(brush, seconds);
  };
}

function surfaceAt(x: number, seconds: number): number {
  return surface + Math.sin(x / 74 + seconds * 1.3) * 5 + Math.sin(x / 31 - seconds * 1.9) * 2.2;
}

function clipBelowSurface(brush: Brush, seconds: number): void {
  brush.beginPath();
  brush.moveTo(0, 540);
  for (let x = 0; x <= 960; x += 8) brush.lineTo(x, surfaceAt(x, seconds));
  brush.lineTo(960, 540);
  brush.clip();
}

/** Curtains hang from a wandering line: bright at the hem, fading upwards in streaks. */
function paintAurora(brush: Brush, seconds: number): void {
  brush.globalCompositeOperation = "screen";
  paintMist(brush, {
    columns: 200,
    rows: 70,
    bottom: surface,
    shade: (x, y, out, at) => {
      let green = 0;
      let violet = 0;
      for (const curtain of [0, 1, 2]) {
        const hem =
          0.42 +
          curtain * 0.16 +
          (noiseAt(x * 2.6 + curtain * 9 + seconds * 0.07, seconds * 0.09) - 0.5) * 0.62;
        const above = hem - y;
        const streak = 0.45 + 0.55 * cloudAt(x * 17 + seconds * 0.3 + curtain * 31, seconds * 0.25);
        const light = above > 0 ? Math.exp(-above * 4.2) : Math.exp(above * 26);
        green += light * streak * (0.8 - curtain * 0.18);
        violet += rise(0.12, 0.5, above) * light * streak;
      }
      out[at] = 60 * green + 190 * violet;
      out[at + 1] = 235 * green + 60 * violet;
      out[at + 2] = 165 * green + 210 * violet;
      out[at + 3] = 225;
    },
  });
  brush.globalCompositeOperation = "source-over";
}

function paintBoat(brush: Brush, seconds: number): void {
  const y = surfaceAt(boatX, seconds);
  brush.save();
  brush.translate(boatX, y);
  brush.rotate((surfaceAt(boatX + 40, seconds) - surfaceAt(boatX - 40, seconds)) / 80);
  brush.fillStyle = "#061722";
  brush.fill(new Path2D("M-82 -20 Q0 -8 86 -24 Q72 16 46 20 L-46 20 Q-72 14 -82 -20Z"));
  brush.strokeStyle = "#e2a44c";
  brush.lineWidth = 2.2;
  brush.stroke(new Path2D("M-81 -18 Q0 -6 85 -22"));
  brush.fillStyle = "#061722";
  brush.fill(new Path2D("M-44 -12 Q-46 -50 -24 -58 Q-2 -52 2 -12Z"));
  fillDisc(brush, -20 + Math.sin(seconds * 0.5) * 2, -70, 12);
  brush.fill(
    new Path2D(
      "M-42 -73 Q-36 -80 -33 -80 Q-31 -96 -19 -96 Q-7 -96 -6 -80 Q0 -79 4 -71 Q-20 -76 -42 -73Z",
    ),
  );
  brush.fill(new Path2D("M-26 -62 Q-8 -66 -7 -60 Q-6 -48 -14 -44 Q-26 -48 -26 -62Z"));
  brush.strokeStyle = "#061722";
  brush.lineWidth = 5;
  brush.stroke(new Path2D("M-16 -46 L12 -36 L30 -48"));
  brush.lineWidth = 3;
  brush.stroke(
    new Path2D(`M-30 -22 L${-92 + Math.sin(seconds * 1.1) * 8} 10 M52 -22 L52 -82 L70 -82`),
  );
  const swing = Math.sin(seconds * 1.5) * 3;
  brush.fillStyle = "#ffe6a6";
  brush.beginPath();
  brush.roundRect(65 + swing, -74, 11, 16, 3);
  brush.fill();
  const flicker = 0.85 + 0.15 * noiseAt(seconds * 8);
  paintGlow(brush, { x: 70 + swing, y: -66, radius: 150, color: "#ffb54a", alpha: 0.7 * flicker });
  paintGlow(brush, { x: 70 + swing, y: -66, radius: 36, color: "#fff0c4", alpha: 0.9 * flicker });
  brush.restore();
}

function paintLanternLight(brush: Brush, seconds: number): void {
  paintBeam(brush, {
    from: [boatX + 66, surface - 40],
    to: [boatX + 70, 560],
    startWidth: 26,
    endWidth: 190,
    color: "#ffd48a",
    alpha: 0.42 + 0.06 * noiseAt(seconds * 8),
  });
  brush.globalCompositeOperation = "screen";
  paintMist(brush, {
    columns: 160,
    rows: 40,
    top: surface - 12,
    shade: (x, y, out, at) => {
      const fan = (x - 0.5) / (1 + y * 0.5);
      const shafts = noiseAt(fan * 12 + seconds * 0.16, seconds * 0.3);
      out[at] = 90;
      out[at + 1] = 240;
      out[at + 2] = 190;
      out[at + 3] = 120 * rise(0.45, 0.9, shafts) * (1 - y) ** 1.6;
    },
  });
  brush.globalCompositeOperation = "source-over";
}

function paintWaterLine(brush: Brush, seconds: number): void {
  brush.beginPath();
  for (let x = 0; x <= 960; x += 8) brush.lineTo(x, surfaceAt(x, seconds));
  brush.strokeStyle = "#c9fff0";
  brush.globalAlpha = 0.75;
  brush.lineWidth = 2.2;
  brush.stroke();
  brush.globalAlpha = 0.2;
  brush.lineWidth = 9;
  brush.stroke();
  brush.globalAlpha = 1;
}
