/**
 * Runs in the browser page: paints a film frame by frame and hands each picture to the studio.
 *
 * After a shot has painted, every film gets the same finish: a dissolve into the next shot, a little
 * bloom and vignette as from a lens, the title over the opening, and the clock. The clock is what
 * makes the films useful: whoever watches can tell a stall, a jump or a lost frame by eye.
 */
import {
  type Brush,
  type Film,
  filmSeconds,
  frameHeight,
  framesPerSecond,
  frameWidth,
  type PaintShot,
} from "./film.ts";
import { films } from "./films.ts";
import { rise } from "./noise.ts";
import { brushOf, paintLayer } from "./strokes.ts";

const dissolveSeconds = 1;
const posterMaxBytes = 68_000;

type Projector = { readonly canvas: OffscreenCanvas; readonly paintFrame: (frame: number) => void };

/** Posts frames `from` up to but not including `to` as raw RGBA, in order. */
export async function projectFilm(filmId: string, from: number, to: number): Promise<void> {
  const { canvas, paintFrame } = threadFilm(filmOf(filmId));
  let delivered = Promise.resolve();
  for (let frame = from; frame < to; frame += 1) {
    paintFrame(frame);
    const { data } = brushOf(canvas).getImageData(0, 0, frameWidth, frameHeight);
    await delivered;
    delivered = deliver(`/frames/${frame}`, data);
  }
  await delivered;
}

export async function projectPoster(filmId: string): Promise<void> {
  const film = filmOf(filmId);
  const shot = film.shots.find(({ name }) => name === film.poster.shot);
  if (shot === undefined) throw new RangeError(`${film.id} has no shot named ${film.poster.shot}`);
  const canvas = paintLayer(frameWidth, frameHeight, (brush) => {
    shot.prepare()(brush, film.poster.seconds);
    finishAsThroughLens(brush);
    film.paintLettering(brush);
  });
  await deliver("/poster", await compressBelow(canvas, posterMaxBytes));
}

function threadFilm(film: Film): Projector {
  const canvas = new OffscreenCanvas(frameWidth, frameHeight);
  const brush = brushOf(canvas);
  const nextCanvas = new OffscreenCanvas(frameWidth, frameHeight);
  const nextBrush = brushOf(nextCanvas);
  const lettering = paintLayer(frameWidth, frameHeight, film.paintLettering);
  const prepared = new Map<number, PaintShot>();
  const paintShot = (target: Brush, index: number, seconds: number) => {
    const paint = prepared.get(index) ?? film.shots[index]?.prepare();
    if (paint === undefined) return;
    prepared.set(index, paint);
    target.save();
    paint(target, seconds);
    target.restore();
  };

  const paintFrame = (frame: number) => {
    const seconds = frame / framesPerSecond;
    const { index, since, left } = shotAt(film, seconds);
    paintShot(brush, index, since);
    const dissolve = rise(dissolveSeconds / 2, -dissolveSeconds / 2, left);
    const dissolveIn = rise(-dissolveSeconds / 2, dissolveSeconds / 2, since);
    if (index + 1 < film.shots.length && left < dissolveSeconds / 2) {
      paintShot(nextBrush, index + 1, -left);
      layOver(brush, nextCanvas, dissolve);
    }
    if (index > 0 && since < dissolveSeconds / 2) {
      paintShot(nextBrush, index - 1, since + (film.shots[index - 1]?.seconds ?? 0));
      layOver(brush, nextCanvas, 1 - dissolveIn);
    }
    finishAsThroughLens(brush);
    layOver(brush, lettering, rise(0.6, 1.8, seconds) * rise(6.4, 5.2, seconds));
    darken(brush, rise(filmSeconds(film) - 1.2, filmSeconds(film), seconds) * 0.85);
    paintClock(brush, frame);
  };
  return { canvas, paintFrame };
}

function shotAt(film: Film, seconds: number): { index: number; since: number; left: number } {
  let start = 0;
  for (const [index, shot] of film.shots.entries()) {
    if (seconds < start + shot.seconds) {
      return { index, since: seconds - start, left: start + shot.seconds - seconds };
    }
    start += shot.seconds;
  }
  throw new RangeError(`${film.id} has no picture at ${seconds} s`);
}

function layOver(brush: Brush, picture: OffscreenCanvas, alpha: number): void {
  if (alpha <= 0) return;
  brush.globalAlpha = alpha;
  brush.drawImage(picture, 0, 0);
  brush.globalAlpha = 1;
}

function finishAsThroughLens(brush: Brush): void {
  const small = paintLayer(frameWidth / 4, frameHeight / 4, (bloom) => {
    bloom.filter = "brightness(0.8) contrast(1.5) blur(5px)";
    bloom.drawImage(brush.canvas, 0, 0, frameWidth / 4, frameHeight / 4);
  });
  brush.globalCompositeOperation = "screen";
  brush.globalAlpha = 0.34;
  brush.drawImage(small, 0, 0, frameWidth, frameHeight);
  brush.globalAlpha = 1;
  brush.globalCompositeOperation = "source-over";
  const middle = frameWidth / 2;
  const vignette = brush.createRadialGradient(middle, 260, 280, middle, 260, 640);
  vignette.addColorStop(0, "#00000000");
  vignette.addColorStop(1, "#00000073");
  brush.fillStyle = vignette;
  brush.fillRect(0, 0, frameWidth, frameHeight);
}

function darken(brush: Brush, alpha: number): void {
  brush.fillStyle = `rgb(0 0 0 / ${alpha})`;
  brush.fillRect(0, 0, frameWidth, frameHeight);
}

/** `mm:ss.ff`, the last two being the frame within the second. */
function paintClock(brush: Brush, frame: number): void {
  const seconds = Math.floor(frame / framesPerSecond);
  const digits = (value: number) => String(value).padStart(2, "0");
  brush.save();
  brush.textBaseline = "alphabetic";
  brush.textAlign = "left";
  brush.font = '600 25px "JetBrains Mono"';
  brush.fillStyle = "#02061066";
  brush.beginPath();
  brush.roundRect(797, 18, 135, 38, 9);
  brush.fill();
  brush.fillStyle = "#fffffff0";
  brush.fillText(`${digits(Math.floor(seconds / 60))}:${digits(seconds % 60)}`, 808, 46);
  brush.fillStyle = "#ffffffb8";
  brush.fillText(`.${digits(frame % framesPerSecond)}`, 883, 46);
  brush.restore();
}

async function compressBelow(canvas: OffscreenCanvas, maxBytes: number): Promise<Blob> {
  for (let quality = 0.93; quality > 0.3; quality -= 0.02) {
    const picture = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (picture.size <= maxBytes) return picture;
  }
  throw new RangeError(`No poster fits in ${maxBytes} bytes`);
}

async function deliver(path: string, body: BodyInit): Promise<void> {
  const response = await fetch(path, { method: "POST", body });
  if (!response.ok) throw new TypeError(`The studio did not take ${path}: ${response.status}`);
}

function filmOf(filmId: string): Film {
  const film = films.find(({ id }) => id === filmId);
  if (film === undefined) throw new RangeError(`No film has the id ${filmId}`);
  return film;
}
