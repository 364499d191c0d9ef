/** A year with a whale: sunlit water, the kelp forest, the deep, and a small boat above it all. */
import type { Brush, Film } from "../film.ts";
import { abyss } from "./abyss.ts";
import { kelpForest } from "./kelp-forest.ts";
import { lanternBoat } from "./lantern-boat.ts";
import { sunlit } from "./sunlit.ts";

export const whale: Film = {
  id: "a-whale-named-tuesday",
  title: "A Whale Named Tuesday",
  synopsis:
    "Once a week, always on the same day, a humpback surfaces beside an old man's rowing boat. He has questions; she has all the time in the sea. A gentle film about keeping an appointment.",
  year: 2025,
  genre: "Nature",
  rating: "All ages",
  accentColor: "#35d6b4",
  shots: [sunlit, kelpForest, abyss, lanternBoat],
  poster: { shot: "lantern-boat", seconds: 9.2 },
  paintLettering,
};

function paintLettering(brush: Brush): void {
  brush.shadowColor = "#02222fb0";
  brush.shadowBlur = 16;
  brush.fillStyle = "#eafff6";
  brush.font = 'italic 300 36px "Fraunces"';
  brush.fillText("A Whale Named", 60, 424);
  brush.font = '600 76px "Fraunces"';
  brush.letterSpacing = "-1px";
  brush.fillText("Tuesday", 56, 492);
}
