/**
 * Makes the demo titles from code: paints, scores, encodes and describes each film.
 *
 *   node media/make-titles.ts [title…]      all titles, or those named
 *   --encode-only                           uses the pictures painted last time
 *
 * What it makes is committed, so nobody needs ffmpeg to run Understudy.
 */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Film, filmSeconds } from "./films/film.ts";
import { films } from "./films/films.ts";
import { encodeAudio, encodeVideo, videoRenditions } from "./make/encode-title.ts";
import { hasFfmpeg } from "./make/ffmpeg.ts";
import { missingFontPackages, openStudio } from "./make/open-studio.ts";
import { shootFilm } from "./make/shoot-film.ts";
import { writePlaylists } from "./make/write-playlists.ts";
import { writeSoundtrack } from "./make/write-soundtrack.ts";

const titlesFolder = join(import.meta.dirname, "titles");
const workFolder = join(tmpdir(), "understudy-media");

const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: { "encode-only": { type: "boolean", default: false } },
});

const unknown = wanted.filter((id) => !films.some((film) => film.id === id));
if (unknown.length > 0) {
  fail(
    `No title is named ${unknown.join(", ")}; there are ${films.map(({ id }) => id).join(", ")}.`,
  );
}
if (!(await hasFfmpeg())) {
  fail(
    "Cannot make titles: ffmpeg with libx264 is not installed. Install it (Debian: apt-get install ffmpeg; macOS: brew install ffmpeg).",
  );
}
const missingFonts = missingFontPackages();
if (missingFonts.length > 0) {
  fail(
    `Cannot make titles: run "npm install --save-dev ${missingFonts.join(" ")}" for the lettering.`,
  );
}
await mkdir(workFolder, { recursive: true });
for (const film of films) {
  if (wanted.length === 0 || wanted.includes(film.id)) await makeTitle(film);
}

async function makeTitle(film: Film): Promise<void> {
  const folder = join(titlesFolder, film.id);
  const sources = {
    picture: join(workFolder, `${film.id}.mkv`),
    sound: join(workFolder, `${film.id}.wav`),
    seconds: filmSeconds(film),
  };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await paint(film, folder, sources.picture);
  say(`${film.title}: sound\n`);
  await writeSoundtrack(film, sources.sound);
  await encodeAudio(sources, folder);
  for (const rendition of videoRenditions) {
    say(`${film.title}: ${rendition.id}\n`);
    await encodeVideo(sources, rendition, folder);
  }
  await writePlaylists(folder);
  await writeFile(join(folder, "title.json"), `${JSON.stringify(describeTitle(film), null, 2)}\n`);
}

async function paint(film: Film, folder: string, picture: string): Promise<void> {
  const studio = await openStudio();
  try {
    await writeFile(join(folder, "poster.jpg"), await studio.renderPoster(film));
    if (values["encode-only"] && existsSync(picture)) return;
    await shootFilm(studio, film, picture, (done, of) => {
      if (done % 24 === 0 || done === of)
        say(`\r${film.title}: frame ${done} of ${of}${done === of ? "\n" : ""}`);
    });
  } finally {
    await studio.close();
  }
}

function describeTitle(film: Film) {
  const { id, title, synopsis, year, genre, rating, accentColor } = film;
  return {
    id,
    title,
    synopsis,
    year,
    genre,
    rating,
    accentColor,
    durationSeconds: filmSeconds(film),
    language: "zxx",
    poster: "poster.jpg",
  };
}

function say(text: string): void {
  process.stdout.write(text);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
