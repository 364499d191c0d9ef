/** Tuesday herself, facing right, swimming by the beat of her tail; about 480 long at size 1. */
import type { Brush } from "../film.ts";
import { fillDisc } from "../strokes.ts";

export type Humpback = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly tilt: number;
  /** Where in its stroke the tail is, in radians. */
  readonly beat: number;
  readonly back: string;
  readonly flank: string;
  readonly belly: string;
};

export function paintHumpback(
  brush: Brush,
  { x, y, size, tilt, beat, back, flank, belly }: Humpback,
): void {
  const bend = Math.sin(beat) * 13;
  const tail = Math.sin(beat - 0.7) * 34;
  const fluke = Math.sin(beat - 1.5) * 30;
  brush.save();
  brush.translate(x, y);
  brush.rotate(tilt + Math.sin(beat) * 0.018);
  brush.scale(size, size);
  paintFin(brush, {
    x: 74,
    y: 26,
    swing: Math.sin(beat * 0.5 + 1) * 0.3 + 0.55,
    length: 104,
    color: back,
  });
  const body = new Path2D(
    `M214 -4 C192 -40 132 -63 62 -65 C14 -66 -14 -63 -30 -76 Q-40 -78 -46 -58 C-102 -48 -152 ${-22 + bend} -204 ${-9 + tail}` +
      ` Q-236 ${-34 + tail + fluke * 0.6} -280 ${-42 + tail + fluke} Q-258 ${-16 + tail + fluke * 0.8} -243 ${tail + fluke * 0.35}` +
      ` Q-252 ${16 + tail + fluke * 0.7} -268 ${30 + tail + fluke} Q-230 ${18 + tail + fluke * 0.4} -203 ${7 + tail}` +
      ` C-150 ${20 + bend} -92 50 -12 60 C70 72 152 60 198 24 Q218 10 214 -4Z`,
  );
  const shade = brush.createLinearGradient(0, -76, 0, 66);
  shade.addColorStop(0, flank);
  shade.addColorStop(0.3, back);
  shade.addColorStop(1, back);
  brush.fillStyle = shade;
  brush.fill(body);
  paintBelly(brush, belly);
  brush.strokeStyle = back;
  brush.lineWidth = 2.6;
  brush.stroke(new Path2D("M213 2 Q168 26 118 8"));
  brush.fillStyle = "#04141f";
  fillDisc(brush, 110, 2, 4.2);
  brush.fillStyle = "#ffffff";
  fillDisc(brush, 111.3, 0.8, 1.4);
  brush.fillStyle = belly;
  brush.globalAlpha = 0.75;
  for (const [left, top, radius] of [
    [196, -18, 2.6],
    [184, -28, 2],
    [205, -8, 1.8],
    [170, -36, 2.4],
    [156, -42, 1.6],
  ] as const) {
    fillDisc(brush, left, top, radius);
  }
  brush.globalAlpha = 1;
  paintFin(brush, {
    x: 48,
    y: 36,
    swing: Math.sin(beat * 0.5) * 0.34 + 0.2,
    length: 128,
    color: flank,
  });
  brush.restore();
}

function paintBelly(brush: Brush, belly: string): void {
  const light = brush.createLinearGradient(210, 0, -72, 0);
  light.addColorStop(0, belly);
  light.addColorStop(0.7, belly);
  light.addColorStop(1, `${belly}00`);
  brush.fillStyle = light;
  brush.fill(
    new Path2D(
      "M214 -3 Q168 30 118 14 C70 22 10 36 -68 49 C-50 53.7 -32 57.5 -12 60 C70 72 152 60 198 24 Q217 10 214 -3Z",
    ),
  );
  brush.strokeStyle = "#0a314055";
  brush.lineWidth = 1.7;
  for (let groove = 0; groove < 8; groove += 1) {
    const down = groove * 4.6;
    brush.stroke(
      new Path2D(
        `M${206 - groove * 7} ${12 + down} Q110 ${30 + down * 1.05} ${-10 - groove * 6} ${40 + down * 0.35}`,
      ),
    );
  }
}

type Fin = {
  readonly x: number;
  readonly y: number;
  readonly swing: number;
  readonly length: number;
  readonly color: string;
};

function paintFin(brush: Brush, { x, y, swing, length, color }: Fin): void {
  brush.save();
  brush.translate(x, y);
  brush.rotate(swing);
  brush.fillStyle = color;
  brush.fill(
    new Path2D(
      `M16 -8 Q14 ${length * 0.5} -22 ${length} Q-40 ${length * 1.04} -38 ${length * 0.9} Q-24 ${length * 0.4} -18 0Z`,
    ),
  );
  brush.restore();
}
