/**
 * Paints a film in the studio into one lossless file, from which all renditions are encoded.
 *
 * Painting is the slow part; keeping its result means that a change of bitrate costs no repainting.
 */
import { rename } from "node:fs/promises";
import { type Film, filmSeconds, frameHeight, framesPerSecond, frameWidth } from "../films/film.ts";
import { feedFfmpeg } from "./ffmpeg.ts";
import type { Studio } from "./open-studio.ts";

export type Progress = (done: number, of: number) => void;

export async function shootFilm(
  studio: Studio,
  film: Film,
  file: string,
  progress: Progress,
): Promise<void> {
  const frames = filmSeconds(film) * framesPerSecond;
  const unfinished = file.replace(/\.mkv$/, ".part.mkv");
  const sink = feedFfmpeg([
    "-f",
    "rawvideo",
    "-pix_fmt",
    "rgba",
    "-s",
    `${frameWidth}x${frameHeight}`,
    "-r",
    `${framesPerSecond}`,
    "-i",
    "-",
    "-vf",
    "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-qp",
    "0",
    unfinished,
  ]);
  await studio.renderFrames(film, { from: 0, to: frames }, async (rgba, frame) => {
    await sink.write(rgba);
    progress(frame + 1, frames);
  });
  await sink.close();
  await rename(unfinished, file);
}
