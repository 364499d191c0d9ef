/** A lighthouse through one night: the headland, the town it lights, the lamp itself, the morning. */
import type { Brush, Film } from "../film.ts";
import { dawn } from "./dawn.ts";
import { headland } from "./headland.ts";
import { lanternRoom } from "./lantern-room.ts";
import { quay } from "./quay.ts";

export const keeper: Film = {
  id: "the-keeper-of-small-lights",
  title: "The Keeper of Small Lights",
  synopsis:
    "Every evening Ada Thorne climbs two hundred and twelve steps to light the lamp, and counts the windows of the town below. Tonight one window is missing. By dawn she will have learned who was keeping watch over her.",
  year: 2025,
  genre: "Drama",
  rating: "All ages",
  accentColor: "#f2c25b",
  shots: [headland, quay, lanternRoom, dawn],
  poster: { shot: "headland", seconds: 3.3 },
  paintLettering,
};

function paintLettering(brush: Brush): void {
  brush.fillStyle = "#ffe3a3";
  brush.shadowColor = "#04101ccc";
  brush.shadowBlur = 18;
  brush.letterSpacing = "5px";
  brush.font = '23px "Poiret One"';
  brush.strokeStyle = "#ffe3a3";
  brush.lineWidth = 0.7;
  for (const [text, size, y, spacing] of [
    ["THE KEEPER", 58, 428, "9px"],
    ["OF SMALL LIGHTS", 38.5, 478, "8px"],
  ] as const) {
    brush.font = `${size}px "Poiret One"`;
    brush.letterSpacing = spacing;
    brush.fillText(text, 62, y);
    brush.strokeText(text, 62, y);
  }
}
