/** Line 9 from the side, its wheels on y = 0: lit windows, passengers, a pantograph that sparks. */
import type { Brush } from "../film.ts";
import { noiseAt, rise } from "../noise.ts";
import { fillDisc, paintBeam, paintGlow } from "../strokes.ts";

export type TramCar = { readonly x: number; readonly y: number; readonly size: number };

export function paintTramCar(brush: Brush, seconds: number, { x, y, size }: TramCar): void {
  brush.save();
  brush.translate(x, y);
  brush.scale(size, size);
  const body = brush.createLinearGradient(0, -128, 0, -8);
  body.addColorStop(0, "#f4e3d0");
  body.addColorStop(0.5, "#e6c9b4");
  body.addColorStop(0.52, "#7e2ab0");
  body.addColorStop(1, "#43136b");
  brush.fillStyle = body;
  brush.beginPath();
  brush.roundRect(-230, -128, 460, 116, [26, 30, 12, 12]);
  brush.fill();
  brush.fillStyle = "#241038";
  brush.fillRect(-214, -14, 428, 10);
  brush.beginPath();
  brush.roundRect(-204, -138, 408, 12, 6);
  brush.fill();
  paintInside(brush, seconds);
  for (const wheel of [-150, -112, 112, 150]) {
    brush.fillStyle = "#0d0618";
    fillDisc(brush, wheel, -9, 10);
  }
  brush.fillStyle = "#120a20";
  brush.beginPath();
  brush.roundRect(92, -123, 96, 17, 4);
  brush.fill();
  brush.fillStyle = "#ffb84d";
  brush.font = '600 12px "JetBrains Mono"';
  brush.fillText("9 VIOLET ST", 99, -110);
  paintPantograph(brush, seconds);
  brush.fillStyle = "#fff4d0";
  fillDisc(brush, 224, -40, 5);
  paintBeam(brush, {
    from: [226, -40],
    to: [560, -14],
    startWidth: 5,
    endWidth: 52,
    color: "#ffeec2",
    alpha: 0.55,
  });
  paintGlow(brush, { x: 226, y: -40, radius: 60, color: "#ffeec2", alpha: 0.9 });
  brush.fillStyle = "#ff3d55";
  brush.fillRect(-230, -44, 5, 9);
  paintGlow(brush, { x: -230, y: -40, radius: 40, color: "#ff2d48", alpha: 0.8 });
  brush.restore();
}

function paintInside(brush: Brush, seconds: number): void {
  const lamp = 0.93 + 0.07 * noiseAt(seconds * 6);
  for (let window = 0; window < 7; window += 1) {
    const left = -208 + window * 59;
    const light = brush.createLinearGradient(0, -104, 0, -62);
    light.addColorStop(0, "#fff3c9");
    light.addColorStop(1, "#ffc873");
    brush.globalAlpha = lamp;
    brush.fillStyle = light;
    brush.beginPath();
    brush.roundRect(left, window === 3 ? -104 : -102, 50, window === 3 ? 90 : 42, 6);
    brush.fill();
    brush.globalAlpha = 1;
    if ([0, 2, 4, 5].includes(window))
      paintRider(brush, left + 18 + (window % 3) * 6, seconds + window);
  }
  brush.fillStyle = "#43136b";
  brush.fillRect(-9, -104, 3, 90);
  paintGlow(brush, { x: 0, y: -84, radius: 260, color: "#ffb860", alpha: 0.28 });
}

function paintRider(brush: Brush, x: number, seconds: number): void {
  brush.fillStyle = "#5b2a52";
  fillDisc(brush, x + Math.sin(seconds * 0.9), -82 + Math.sin(seconds * 7) * 0.5, 7.5);
  brush.beginPath();
  brush.ellipse(x, -60, 13, 15, 0, Math.PI, 0);
  brush.fill();
}

function paintPantograph(brush: Brush, seconds: number): void {
  brush.strokeStyle = "#241038";
  brush.lineWidth = 3;
  brush.stroke(new Path2D("M-44 -138 L-14 -158 L-34 -176 M-56 -177 L-12 -177"));
  const spark = rise(0.7, 0.78, noiseAt(seconds * 6, 9));
  paintGlow(brush, { x: -34, y: -178, radius: 90, color: "#9fd8ff", alpha: spark });
  if (spark > 0.4) {
    brush.fillStyle = "#ffffff";
    fillDisc(brush, -34, -178, 3);
  }
}
