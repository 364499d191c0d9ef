/** Under the morning sun: Tuesday and her calf cross the light, a shoal parts for them. */
import type { Brush, Shot } from "../film.ts";
import { mix } from "../noise.ts";
import { fillDown, paintGlow, paintLayer } from "../strokes.ts";
import { paintHumpback } from "./humpback.ts";
import { paintBubbles, paintShoal, paintSpecks, paintSunRays, paintSurface } from "./sea.ts";

export const sunlit: Shot = { name: "sunlit", seconds: 16, prepare };

function prepare() {
  const water = paintLayer(960, 540, (brush) => {
    fillDown(brush, 0, 540, [
      [0, "#8ff0dc"],
      [0.16, "#3cc7c4"],
      [0.45, "#118ca3"],
      [0.75, "#0a557c"],
      [1, "#062c52"],
    ]);
    paintGlow(brush, { x: 400, y: -20, radius: 460, color: "#d8fff0", alpha: 0.6 });
  });
  return (brush: Brush, seconds: number) => {
    brush.drawImage(water, 0, 0);
    paintSurface(brush, seconds, 130);
    paintSunRays(brush, seconds, { color: [214, 255, 236], alpha: 0.62, slant: 0.24 });
    paintShoal(brush, seconds, {
      x: mix(1060, 120, seconds / 16),
      y: 214,
      spread: 62,
      count: 44,
      size: 7,
      color: "#0c6f8c",
      heading: -1,
    });
    paintHumpback(brush, {
      x: mix(330, 700, seconds / 16),
      y: 282 + Math.sin(seconds * 0.6) * 14,
      size: 1.12,
      tilt: -0.06 + Math.sin(seconds * 0.6 + 1) * 0.05,
      beat: seconds * 1.9,
      back: "#12455f",
      flank: "#2b7f93",
      belly: "#d9f4ea",
    });
    paintHumpback(brush, {
      x: mix(170, 560, seconds / 16) + Math.sin(seconds * 0.5) * 20,
      y: 150 + Math.sin(seconds * 0.9 + 2) * 16,
      size: 0.44,
      tilt: -0.12 + Math.sin(seconds * 0.9 + 3) * 0.08,
      beat: seconds * 3.1,
      back: "#0f4a66",
      flank: "#2a8aa0",
      belly: "#d9f4ea",
    });
    paintShoal(brush, seconds, {
      x: mix(1180, 300, seconds / 16),
      y: 448,
      spread: 84,
      count: 50,
      size: 10,
      color: "#ffd27a",
      heading: -1,
    });
    paintBubbles(brush, seconds, mix(540, 900, seconds / 16), 250);
    paintSpecks(brush, seconds, "#e8fff6", 50);
  };
}
