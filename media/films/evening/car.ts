/** The father's car, seen from its left side, driving to the right; its wheels stand on y = 0. */
import type { Brush } from "../film.ts";
import { fillDisc, paintBeam, paintGlow } from "../strokes.ts";

export type Car = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly wheelTurn: number;
  readonly body: string;
  readonly shine: string;
};

export function paintCar(brush: Brush, { x, y, size, wheelTurn, body, shine }: Car): void {
  brush.save();
  brush.translate(x, y);
  brush.scale(size, size);
  brush.fillStyle = "#0a0410b0";
  brush.beginPath();
  brush.ellipse(0, 1, 118, 7, 0, 0, Math.PI * 2);
  brush.fill();
  brush.fillStyle = "#1c0f26";
  brush.fill(new Path2D("M-62 -36 Q-46 -66 -18 -67 L18 -67 Q38 -66 58 -37Z"));
  brush.fillStyle = "#ffb27899";
  brush.fill(
    new Path2D("M-50 -38 Q-38 -59 -18 -61 L-4 -61 L-4 -38Z M3 -61 L16 -61 Q32 -60 46 -38 L3 -38Z"),
  );
  paintRiders(brush);
  brush.fillStyle = body;
  brush.fill(
    new Path2D(
      "M-112 -34 Q-92 -41 -62 -39 L58 -39 Q92 -38 108 -30 Q116 -24 114 -13 L-110 -13 Q-118 -20 -112 -34Z",
    ),
  );
  brush.strokeStyle = shine;
  brush.lineWidth = 2;
  brush.stroke(new Path2D("M-110 -33 Q-92 -39.5 -62 -38 L58 -38 Q92 -37 107 -29"));
  brush.lineWidth = 1.4;
  brush.globalAlpha = 0.7;
  brush.stroke(new Path2D("M-110 -22 L112 -22 M-2 -38 L-2 -14"));
  brush.stroke(new Path2D("M-60 -37 Q-45 -65 -18 -66 L18 -66 Q36 -65 55 -38"));
  brush.globalAlpha = 1;
  for (const wheel of [-70, 68]) paintWheel(brush, wheel, wheelTurn);
  brush.fillStyle = "#fff0c0";
  fillDisc(brush, 111, -25, 4.5);
  brush.fillStyle = "#ff3b30";
  brush.fillRect(-115, -31, 5, 8);
  paintGlow(brush, { x: -114, y: -27, radius: 30, color: "#ff3020", alpha: 0.7 });
  paintBeam(brush, {
    from: [111, -25],
    to: [390, -4],
    startWidth: 4,
    endWidth: 40,
    color: "#ffe2a0",
    alpha: 0.5,
  });
  paintGlow(brush, { x: 112, y: -25, radius: 40, color: "#ffe9b8", alpha: 0.8 });
  brush.restore();
}

function paintRiders(brush: Brush): void {
  brush.fillStyle = "#22112c";
  for (const [x, y] of [
    [-20, -46],
    [22, -46],
  ] as const) {
    fillDisc(brush, x, y - 4, 7);
    brush.fillRect(x - 8, y + 2, 16, 10);
  }
}

function paintWheel(brush: Brush, x: number, turn: number): void {
  brush.fillStyle = "#120a18";
  fillDisc(brush, x, -15, 17);
  brush.fillStyle = "#d9c3b0";
  fillDisc(brush, x, -15, 8.5);
  brush.strokeStyle = "#4a3140";
  brush.lineWidth = 2;
  for (let spoke = 0; spoke < 3; spoke += 1) {
    const angle = turn + (spoke * Math.PI) / 3;
    brush.beginPath();
    brush.moveTo(x - Math.cos(angle) * 8, -15 - Math.sin(angle) * 8);
    brush.lineTo(x + Math.cos(angle) * 8, -15 + Math.sin(angle) * 8);
    brush.stroke();
  }
}
