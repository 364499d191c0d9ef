/** The last tram through a wet city: the avenue, a seat by the window, the stop, the roofs. */
import type { Brush, Film } from "../film.ts";
import { avenue } from "./avenue.ts";
import { roofs } from "./roofs.ts";
import { stop } from "./stop.ts";
import { windowSeat } from "./window-seat.ts";

export const tram: Film = {
  id: "last-tram-to-violet-street",
  title: "Last Tram to Violet Street",
  synopsis:
    "Line 9 has four passengers, three secrets and one umbrella. When the rain floods the depot, the driver decides to keep going until somebody tells the truth. A comedy of missed stops, told in a single night.",
  year: 2026,
  genre: "Comedy",
  rating: "12+",
  accentColor: "#c06bff",
  shots: [avenue, windowSeat, stop, roofs],
  poster: { shot: "avenue", seconds: 6.6 },
  paintLettering,
};

/** Set as neon tubes: a coloured glow, the tube, and a white heart. */
function paintLettering(brush: Brush): void {
  brush.textAlign = "left";
  for (const [text, x, y, size, color] of [
    ["Last Tram to", 56, 92, 40, "#5be7ff"],
    ["Violet Street", 54, 160, 70, "#d77bff"],
  ] as const) {
    brush.font = `${size}px "Tilt Neon"`;
    for (const blur of [34, 14]) {
      brush.shadowColor = color;
      brush.shadowBlur = blur;
      brush.fillStyle = color;
      brush.fillText(text, x, y);
    }
    brush.shadowBlur = 0;
    brush.fillStyle = "#ffffff";
    brush.globalAlpha = 0.72;
    brush.fillText(text, x, y);
    brush.globalAlpha = 1;
  }
}
