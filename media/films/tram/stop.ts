/** The stop: one lamp, one umbrella, rain in the light; the tram grows out of the far end. */
import type { Brush, Shot } from "../film.ts";
import { mix, noiseAt, rise } from "../noise.ts";
import {
  fillDisc,
  fillDown,
  fillPolygon,
  paintBeam,
  paintGlow,
  paintLayer,
  paintMirror,
} from "../strokes.ts";
import { paintNeon } from "./neon.ts";
import { paintRain, paintRipples } from "./rain.ts";

const horizon = 316;
const vanish = 560;

export const stop: Shot = { name: "stop", seconds: 16, prepare };

function prepare() {
  const canyon = paintLayer(960, 540, paintCanyon);
  const furniture = paintLayer(960, 540, paintFurniture);
  return (brush: Brush, seconds: number) => {
    const arrival = rise(0, 1, seconds / 16) ** 1.6;
    brush.drawImage(canyon, 0, 0);
    paintNeon(brush, seconds, {
      text: "DANCE",
      x: 842,
      y: 96,
      size: 44,
      color: "#ff4fa8",
      upright: true,
      worn: 0.15,
    });
    paintNeon(brush, seconds, {
      text: "dumplings",
      x: 716,
      y: 258,
      size: 22,
      color: "#43e0ff",
      worn: 0.2,
    });
    paintNeon(brush, seconds, {
      text: "24h",
      x: 330,
      y: 216,
      size: 28,
      color: "#5cffc1",
      worn: 0.3,
    });
    paintStreet(brush, seconds, arrival);
    paintTramFront(brush, seconds, arrival);
    brush.drawImage(furniture, 0, 0);
    paintLampLight(brush, seconds);
    paintWaiting(brush, seconds);
    paintRipples(brush, seconds, 430, 536);
    paintRain(brush, seconds, { drops: 40, slant: -0.1, alpha: 0.28 });
  };
}

function paintCanyon(brush: Brush): void {
  fillDown(brush, 0, horizon + 4, [
    [0, "#0d0a30"],
    [0.6, "#47237f"],
    [1, "#c25ab0"],
  ]);
  paintGlow(brush, { x: vanish, y: horizon, radius: 300, color: "#ff7ac0", alpha: 0.4 });
  for (const [side, count] of [
    [-1, 6],
    [1, 5],
  ] as const) {
    for (let house = count; house >= 0; house -= 1) {
      const depth = house / count;
      const near = 1 / (1 + depth * 5);
      const edge = vanish + side * (46 + 560 * near ** 1.25);
      const top = horizon - (70 + ((house * 61) % 50) + 300 * near);
      const shade =
        ["#0c0726", "#160d3a", "#241350", "#38206c", "#532c86", "#6f3a9a", "#8a48a8"][house] ??
        "#8a48a8";
      brush.fillStyle = shade;
      const outer = side < 0 ? -10 : 970;
      brush.fillRect(
        Math.min(edge, outer),
        top,
        Math.abs(outer - edge),
        horizon + 160 * near - top,
      );
      const size = 3 + 12 * near;
      for (let y = top + size; y < horizon - size; y += size * 2.3) {
        for (let column = 0; column < 7; column += 1) {
          const x = edge + side * (size * 0.9 + column * size * 1.9) - (side < 0 ? size : 0);
          if (Math.sin(x * 3.1 + y * 7.7 + house) < 0.15) continue;
          brush.globalAlpha = 0.35 + 0.5 * near;
          brush.fillStyle = Math.sin(x + y * 2) > 0.55 ? "#8fdcff" : "#ffc074";
          brush.fillRect(x, y, size, size * 1.4);
        }
      }
      brush.globalAlpha = 1;
    }
  }
}

function paintStreet(brush: Brush, seconds: number, arrival: number): void {
  fillDown(brush, horizon, 540, [
    [0, "#7d3a94"],
    [0.2, "#3a1c62"],
    [1, "#0a0520"],
  ]);
  paintMirror(brush, seconds, {
    y: horizon + 2,
    bottom: 540,
    ripple: 13,
    squeeze: 1.25,
    alpha: 0.62,
  });
  fillDown(brush, horizon, 540, [
    [0, "#1a0d4000"],
    [1, "#070318c8"],
  ]);
  brush.lineCap = "butt";
  for (const [from, to] of [
    [-6, -150],
    [6, 130],
  ] as const) {
    brush.fillStyle = "#e7b6ff";
    brush.globalAlpha = 0.5;
    fillPolygon(brush, [
      [vanish + from - 0.4, horizon],
      [vanish + from + 0.4, horizon],
      [vanish + to + 3, 540],
      [vanish + to - 3, 540],
    ]);
  }
  brush.globalAlpha = 1;
  paintBeam(brush, {
    from: [vanish, horizon + 6],
    to: [vanish - 10, 560],
    startWidth: 8,
    endWidth: mix(60, 230, arrival),
    color: "#ffdf9c",
    alpha: 0.35 + arrival * 0.6,
  });
}

function paintTramFront(brush: Brush, seconds: number, arrival: number): void {
  const size = mix(0.09, 0.96, arrival);
  brush.save();
  brush.translate(
    vanish - 8 * arrival + Math.sin(seconds * 3.1) * 0.8,
    horizon + mix(4, 130, arrival),
  );
  brush.scale(size, size);
  const body = brush.createLinearGradient(0, -220, 0, 0);
  body.addColorStop(0, "#f2dfcd");
  body.addColorStop(0.6, "#d9b9a8");
  body.addColorStop(0.61, "#8a30c0");
  body.addColorStop(1, "#3d1163");
  brush.fillStyle = body;
  brush.beginPath();
  brush.roundRect(-74, -226, 148, 222, [34, 34, 12, 12]);
  brush.fill();
  brush.fillStyle = "#ffdf9e";
  brush.beginPath();
  brush.roundRect(-60, -178, 120, 84, 12);
  brush.fill();
  brush.fillStyle = "#4b2448";
  fillDisc(brush, -22, -128, 15);
  brush.fillRect(-42, -112, 40, 18);
  brush.fillStyle = "#1a0d2c";
  brush.fillRect(-46, -213, 92, 26);
  brush.fillStyle = "#ffb84d";
  brush.font = '700 17px "JetBrains Mono"';
  brush.textAlign = "center";
  brush.fillText("9 VIOLET", 0, -194);
  brush.textAlign = "left";
  brush.strokeStyle = "#1a0d2c";
  brush.lineWidth = 4;
  const wiper = Math.sin(seconds * 3) * 0.7;
  brush.beginPath();
  brush.moveTo(8, -95);
  brush.lineTo(8 + Math.sin(wiper) * 70, -95 - Math.cos(wiper) * 70);
  brush.stroke();
  brush.fillStyle = "#fffbe8";
  for (const lamp of [-46, 46]) fillDisc(brush, lamp, -56, 11);
  for (const lamp of [-46, 46])
    paintGlow(brush, { x: lamp, y: -56, radius: 210, color: "#ffe7ad", alpha: 0.75 });
  brush.restore();
}

function paintFurniture(brush: Brush): void {
  brush.fillStyle = "#060314";
  fillPolygon(brush, [
    [0, 452],
    [330, 424],
    [370, 432],
    [250, 540],
    [0, 540],
  ]);
  brush.fillRect(176, 96, 8, 346);
  brush.fill(new Path2D("M180 98 Q184 70 232 70 L262 74 L262 84 L232 80 Q196 80 186 104Z"));
  brush.beginPath();
  brush.roundRect(236, 72, 46, 14, 6);
  brush.fill();
  brush.fillRect(40, 210, 7, 240);
  brush.fillStyle = "#2a1550";
  brush.beginPath();
  brush.roundRect(8, 196, 72, 62, 8);
  brush.fill();
  brush.fillStyle = "#ffd28a";
  brush.font = '40px "Tilt Neon"';
  brush.fillText("9", 33, 242);
}

function paintLampLight(brush: Brush, seconds: number): void {
  const hum = 0.92 + 0.08 * noiseAt(seconds * 8);
  paintBeam(brush, {
    from: [259, 84],
    to: [262, 470],
    startWidth: 14,
    endWidth: 150,
    color: "#ffcf8a",
    alpha: 0.62 * hum,
  });
  paintGlow(brush, { x: 259, y: 86, radius: 80, color: "#ffd79a", alpha: 0.9 * hum });
  brush.fillStyle = "#ffd79a";
  brush.globalAlpha = 0.17;
  brush.beginPath();
  brush.ellipse(262, 448, 124, 17, 0, 0, Math.PI * 2);
  brush.fill();
  brush.globalAlpha = 0.6;
  brush.strokeStyle = "#ffe9c4";
  brush.lineWidth = 1.3;
  const rain = new Path2D();
  for (let drop = 0; drop < 46; drop += 1) {
    const fallen = (drop * 83.7 + seconds * 420) % 350;
    const x = 259 + (((drop * 57.1) % 100) / 50 - 1) * (10 + fallen * 0.3);
    rain.moveTo(x, 92 + fallen);
    rain.lineTo(x - 1, 102 + fallen);
  }
  brush.stroke(rain);
  brush.globalAlpha = 1;
}

function paintWaiting(brush: Brush, seconds: number): void {
  const shift = Math.sin(seconds * 0.9) * 3;
  brush.save();
  brush.translate(262 + shift, 450);
  brush.fillStyle = "#0b0420";
  brush.fill(new Path2D("M-14 0 L-11 -62 L11 -62 L14 0 L4 0 L1 -40 L-4 0Z"));
  brush.fill(new Path2D("M-24 -44 L-16 -112 Q0 -124 16 -112 L24 -44Z"));
  fillDisc(brush, 1 + shift * 0.3, -130, 13);
  brush.strokeStyle = "#0b0420";
  brush.lineWidth = 7;
  brush.stroke(new Path2D("M14 -106 L30 -82 L22 -114"));
  brush.rotate(Math.sin(seconds * 1.3) * 0.04);
  brush.lineWidth = 2.6;
  brush.stroke(new Path2D("M22 -100 L18 -186"));
  const cloth = brush.createLinearGradient(0, -206, 0, -150);
  cloth.addColorStop(0, "#ff7bbb");
  cloth.addColorStop(1, "#b32a86");
  brush.fillStyle = cloth;
  brush.fill(
    new Path2D(
      "M-64 -146 Q-54 -202 18 -206 Q90 -202 100 -146 Q88 -156 74 -147 Q60 -158 46 -148 Q32 -158 18 -148 Q4 -158 -10 -148 Q-24 -158 -38 -147 Q-52 -156 -64 -146Z",
    ),
  );
  brush.strokeStyle = "#7d1a66";
  brush.lineWidth = 1.4;
  brush.stroke(
    new Path2D(
      "M18 -206 Q-2 -186 -10 -149 M18 -206 Q38 -186 46 -149 M18 -206 Q-30 -190 -38 -148 M18 -206 Q66 -190 74 -148",
    ),
  );
  brush.restore();
}
