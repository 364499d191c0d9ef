/** A drive through one long sunset: beside the car, behind its wheel, a stop for pie, the stars. */
import type { Brush, Film } from "../film.ts";
import { diner } from "./diner.ts";
import { mesas } from "./mesas.ts";
import { nightRoad } from "./night-road.ts";
import { windscreen } from "./windscreen.ts";

export const evening: Film = {
  id: "four-hundred-miles-of-evening",
  title: "Four Hundred Miles of Evening",
  synopsis:
    "Two sisters have until morning to drive their father's car across the desert he never managed to leave. The radio gets one station, the sun refuses to set, and every mile there is something left to say.",
  year: 2024,
  genre: "Road movie",
  rating: "12+",
  accentColor: "#ff6a4d",
  shots: [mesas, windscreen, diner, nightRoad],
  poster: { shot: "mesas", seconds: 3.55 },
  paintLettering,
};

function paintLettering(brush: Brush): void {
  brush.save();
  brush.rotate(-0.045);
  brush.shadowColor = "#3a0d3acc";
  brush.shadowBlur = 16;
  brush.shadowOffsetY = 3;
  const ink = brush.createLinearGradient(0, 60, 0, 215);
  ink.addColorStop(0, "#fff3d6");
  ink.addColorStop(1, "#ffd08a");
  brush.fillStyle = ink;
  brush.font = "72px Yellowtail";
  brush.fillText("Four Hundred", 52, 116);
  brush.font = "72px Yellowtail";
  brush.fillText("Miles of Evening", 76, 186);
  brush.restore();
}
