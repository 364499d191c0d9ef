/** The deep: jellyfish pulse with their own light, and something very large passes behind them. */
import type { Brush, Shot } from "../film.ts";
import { mix, noiseAt } from "../noise.ts";
import { fillDisc, fillDown, paintGlow, paintLayer, withAlpha } from "../strokes.ts";
import { paintHumpback } from "./humpback.ts";
import { paintSpecks, paintSunRays } from "./sea.ts";

export const abyss: Shot = { name: "abyss", seconds: 16, prepare };

const jellies = [
  { x: 236, y: 420, size: 1.5, pace: 15, color: "#5cf5d0", phase: 0 },
  { x: 730, y: 500, size: 1.1, pace: 18, color: "#7ac8ff", phase: 1.4 },
  { x: 500, y: 330, size: 0.7, pace: 11, color: "#ff9ad8", phase: 2.2 },
  { x: 850, y: 300, size: 0.55, pace: 9, color: "#5cf5d0", phase: 3.4 },
  { x: 90, y: 210, size: 0.5, pace: 8, color: "#b79aff", phase: 4.1 },
  { x: 392, y: 600, size: 0.86, pace: 19, color: "#ffc27a", phase: 5 },
  { x: 620, y: 170, size: 0.4, pace: 6, color: "#7ac8ff", phase: 0.7 },
] as const;

function prepare() {
  const water = paintLayer(960, 540, (brush) => {
    fillDown(brush, 0, 540, [
      [0, "#0c5672"],
      [0.3, "#08365a"],
      [0.7, "#041a3a"],
      [1, "#020a1e"],
    ]);
  });
  return (brush: Brush, seconds: number) => {
    brush.drawImage(water, 0, 0);
    paintSunRays(brush, seconds, { color: [90, 190, 210], alpha: 0.34, slant: 0.1 });
    const whale = {
      x: mix(-260, 1010, seconds / 16),
      y: 236 + Math.sin(seconds * 0.5) * 12,
      size: 1.7,
      tilt: -0.04,
    };
    paintHumpback(brush, {
      ...whale,
      beat: seconds * 1.5,
      back: "#052440",
      flank: "#0f4f70",
      belly: "#175a76",
    });
    paintTrail(brush, seconds, whale);
    paintSpecks(brush, seconds, "#9dfbe6", 90);
    for (const jelly of jellies) paintJelly(brush, seconds, jelly);
  };
}

/** Plankton that lights up where the whale has stirred the water. */
function paintTrail(
  brush: Brush,
  seconds: number,
  whale: { readonly x: number; readonly y: number },
): void {
  for (let spark = 0; spark < 60; spark += 1) {
    const behind = ((spark * 41.3) % 620) - 260;
    const x = whale.x - behind;
    const y = whale.y + ((spark * 67.1) % 190) - 96;
    const glow = noiseAt(spark * 3, seconds * 1.8) ** 3;
    brush.fillStyle = `rgb(120 255 220 / ${glow * (1 - Math.max(0, behind) / 380)})`;
    fillDisc(brush, x, y, 1.2 + glow * 2.4);
  }
}

type Jelly = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly pace: number;
  readonly color: string;
  readonly phase: number;
};

function paintJelly(
  brush: Brush,
  seconds: number,
  { x, y, size, pace, color, phase }: Jelly,
): void {
  const beat = seconds * 2.1 + phase;
  const squeeze = 1 + Math.sin(beat) * 0.16;
  brush.save();
  brush.translate(
    x + Math.sin(seconds * 0.4 + phase) * 16,
    y - seconds * pace - Math.sin(beat - 0.6) * 7,
  );
  brush.rotate(Math.sin(seconds * 0.5 + phase) * 0.14);
  brush.scale(size, size);
  paintGlow(brush, { x: 0, y: -14, radius: 120, color, alpha: 0.34 + 0.14 * Math.sin(beat) });
  brush.lineCap = "round";
  for (let arm = -5; arm <= 5; arm += 1) {
    const wave = (down: number) => Math.sin(beat - down * 0.032 + arm * 0.9) * (4 + down * 0.085);
    brush.strokeStyle = withAlpha(color, 0.5 - Math.abs(arm) * 0.045);
    brush.lineWidth = arm % 2 === 0 ? 2.4 : 1.3;
    brush.beginPath();
    const length = 118 + ((arm * 7 + 40) % 5) * 17;
    for (let down = 0; down <= length; down += 10)
      brush.lineTo(arm * 6.4 * squeeze + wave(down), down);
    brush.stroke();
  }
  const wide = 48 * squeeze;
  const tall = 52 / squeeze;
  const bell = brush.createRadialGradient(0, -16, 4, 0, -10, 62);
  bell.addColorStop(0, "#ffffffd8");
  bell.addColorStop(0.35, withAlpha(color, 0.75));
  bell.addColorStop(1, withAlpha(color, 0.3));
  brush.fillStyle = bell;
  brush.fill(
    new Path2D(
      `M${-wide} 4 C${-wide} ${-tall * 1.25} ${wide} ${-tall * 1.25} ${wide} 4 Q${wide * 0.75} 12 ${wide * 0.5} 5 Q${wide * 0.25} 13 0 6 Q${-wide * 0.25} 13 ${-wide * 0.5} 5 Q${-wide * 0.75} 12 ${-wide} 4Z`,
    ),
  );
  brush.strokeStyle = "#ffffff99";
  brush.lineWidth = 1.4;
  brush.stroke(new Path2D(`M${-wide * 0.7} -6 Q${-wide * 0.5} ${-tall * 0.75} 0 ${-tall * 0.82}`));
  brush.restore();
}
