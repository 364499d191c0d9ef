/** The avenue in the rain: signs hum, the tram rolls through, and the street doubles it all. */
import type { Brush, Shot } from "../film.ts";
import { cloudAt, mix, rise } from "../noise.ts";
import {
  fillDisc,
  fillDown,
  fillPolygon,
  paintGlow,
  paintLayer,
  paintMirror,
  paintMist,
} from "../strokes.ts";
import { paintRow } from "./buildings.ts";
import { paintNeon } from "./neon.ts";
import { paintRain, paintRipples } from "./rain.ts";
import { paintTramCar } from "./tram-car.ts";

const street = 408;

export const avenue: Shot = { name: "avenue", seconds: 16, prepare };

function prepare() {
  const sky = paintLayer(960, 540, (brush) => {
    fillDown(brush, 0, street, [
      [0, "#0d0a2c"],
      [0.5, "#2c1a63"],
      [0.85, "#6a2f8f"],
      [1, "#a8459c"],
    ]);
  });
  const far = paintRow({
    seed: "far avenue",
    width: 1200,
    ground: street,
    lowest: 150,
    highest: 300,
    wall: "#3c2478",
    haze: "#8a3f9c",
    window: 5,
    litShare: 0.3,
  });
  const middle = paintRow({
    seed: "middle avenue",
    width: 1300,
    ground: street,
    lowest: 110,
    highest: 240,
    wall: "#251657",
    haze: "#5e2b82",
    window: 8,
    litShare: 0.34,
  });
  const near = paintLayer(1500, 540, paintShops);
  return (brush: Brush, seconds: number) => {
    const pan = mix(0, 150, seconds / 16);
    brush.drawImage(sky, 0, 0);
    paintClouds(brush, seconds);
    brush.drawImage(far, -60 - pan * 0.35, 0);
    brush.drawImage(middle, -80 - pan * 0.65, 0);
    brush.save();
    brush.translate(-pan, 0);
    brush.drawImage(near, 0, 0);
    paintSigns(brush, seconds);
    brush.restore();
    paintWires(brush);
    paintTramCar(brush, seconds, {
      x: mix(-420, 1340, ((seconds + 1.2) % 16) / 15),
      y: street + 10,
      size: 0.95,
    });
    fillDown(brush, street + 12, 540, [
      [0, "#1a0f3c"],
      [1, "#080418"],
    ]);
    paintMirror(brush, seconds, {
      y: street + 12,
      bottom: 540,
      ripple: 12,
      squeeze: 1.7,
      alpha: 0.78,
    });
    fillDown(brush, street + 12, 540, [
      [0, "#0b062000"],
      [1, "#060312c0"],
    ]);
    paintWalkers(brush, seconds);
    paintRipples(brush, seconds, street + 22, 536);
    paintRain(brush, seconds, { drops: 46, slant: -0.16, alpha: 0.3 });
  };
}

function paintClouds(brush: Brush, seconds: number): void {
  paintMist(brush, {
    columns: 100,
    rows: 40,
    bottom: street,
    shade: (x, y, out, at) => {
      out[at] = mix(70, 170, y);
      out[at + 1] = mix(44, 76, y);
      out[at + 2] = mix(130, 176, y);
      out[at + 3] = rise(0.42, 0.8, cloudAt(x * 2.6 + seconds * 0.07, y * 3.4)) * 150;
    },
  });
}

function paintShops(brush: Brush): void {
  const houses = [
    [-20, 190, 172],
    [172, 150, 206],
    [324, 210, 178],
    [536, 130, 330],
    [668, 230, 232],
    [900, 160, 296],
    [1062, 210, 204],
    [1274, 240, 320],
  ] as const;
  for (const [index, [x, width, height]] of houses.entries()) {
    const top = street - height;
    const wall = brush.createLinearGradient(0, top, 0, street);
    wall.addColorStop(0, index % 2 === 0 ? "#150c38" : "#1b0f42");
    wall.addColorStop(1, "#0d0726");
    brush.fillStyle = wall;
    brush.fillRect(x, top, width, height + 4);
    brush.fillStyle = "#2f1d66";
    brush.fillRect(x, top, width, 3);
    for (let y = top + 22; y < street - 92; y += 38) {
      for (let left = x + 16; left < x + width - 24; left += 32) {
        const lit = Math.sin(left * 12.9 + y * 78.2) > 0.25;
        brush.fillStyle = lit ? (Math.sin(left + y) > 0.6 ? "#9be7ff" : "#ffc070") : "#080420";
        brush.globalAlpha = lit ? 0.85 : 1;
        brush.fillRect(left, y, 15, 22);
        brush.globalAlpha = 1;
        brush.fillStyle = "#0d0726";
        brush.fillRect(left + 7, y, 1.5, 22);
      }
    }
    const shop = brush.createLinearGradient(0, street - 62, 0, street - 8);
    const glass = (["#ffb65c", "#ff74b8", "#63d9f2", "#ffd488"] as const)[index % 4] ?? "#ffb65c";
    shop.addColorStop(0, glass);
    shop.addColorStop(1, "#5a2560");
    brush.fillStyle = shop;
    brush.fillRect(x + 14, street - 58, width * 0.5, 48);
    brush.fillRect(x + width * 0.5 + 28, street - 58, 24, 58);
    brush.fillStyle = index % 2 === 0 ? "#7c2a8c" : "#2a4a9c";
    fillPolygon(brush, [
      [x + 8, street - 64],
      [x + width - 10, street - 64],
      [x + width - 2, street - 50],
      [x, street - 50],
    ]);
    paintGlow(brush, {
      x: x + width * 0.4,
      y: street - 30,
      radius: 120,
      color: glass,
      alpha: 0.24,
    });
  }
}

function paintSigns(brush: Brush, seconds: number): void {
  paintNeon(brush, seconds, {
    text: "HOTEL",
    x: 612,
    y: 112,
    size: 36,
    color: "#ff4fa8",
    upright: true,
    worn: 0.2,
  });
  paintNeon(brush, seconds, {
    text: "noodles",
    x: 358,
    y: 284,
    size: 32,
    color: "#43e0ff",
    worn: 0.1,
  });
  paintNeon(brush, seconds, {
    text: "CINE",
    x: 968,
    y: 150,
    size: 38,
    color: "#ffd24a",
    upright: true,
    worn: 0.05,
  });
  paintNeon(brush, seconds, {
    text: "Lunar Bar",
    x: 706,
    y: 226,
    size: 32,
    color: "#b07bff",
    worn: 0.45,
  });
  paintNeon(brush, seconds, {
    text: "RECORDS",
    x: 192,
    y: 244,
    size: 22,
    color: "#5cffc1",
    worn: 0.15,
  });
  paintNeon(brush, seconds, {
    text: "late flowers",
    x: 14,
    y: 284,
    size: 25,
    color: "#ff8a5c",
    worn: 0.1,
  });
}

function paintWires(brush: Brush): void {
  brush.strokeStyle = "#0a0520";
  brush.lineWidth = 1.6;
  brush.stroke(new Path2D("M0 248 Q480 256 960 246 M0 236 Q480 252 960 238"));
}

const walkers = [
  { start: 120, pace: 26, color: "#ff5c8a" },
  { start: 780, pace: -22, color: "#43c8ff" },
  { start: 520, pace: 34, color: "#ffc24a" },
] as const;

function paintWalkers(brush: Brush, seconds: number): void {
  for (const [index, { start, pace, color }] of walkers.entries()) {
    const x = start + pace * seconds;
    const foot = 476 + index * 17;
    const size = 1 + index * 0.16;
    const step = Math.sin(seconds * 6.4 + index * 2);
    brush.save();
    brush.translate(x, foot + Math.abs(step) * -2);
    brush.scale(size * Math.sign(pace), size);
    brush.fillStyle = "#07031a";
    brush.strokeStyle = "#07031a";
    brush.lineWidth = 6;
    brush.lineCap = "round";
    brush.stroke(new Path2D(`M0 -30 L${step * 10} 0 M0 -30 L${-step * 10} 0`));
    brush.fill(new Path2D("M-11 -26 L-8 -60 Q0 -68 8 -60 L12 -26Z"));
    fillDisc(brush, 1, -71, 7.5);
    brush.lineWidth = 2;
    brush.stroke(new Path2D("M8 -50 L12 -98"));
    brush.fillStyle = color;
    brush.fill(
      new Path2D(
        "M-32 -82 Q-24 -116 12 -118 Q48 -114 54 -82 Q46 -89 38 -82 Q30 -89 20 -83 Q11 -89 2 -83 Q-8 -89 -15 -82 Q-24 -89 -32 -82Z",
      ),
    );
    brush.restore();
  }
}
