/**
 * Plays a film's score into a WAV file at a set loudness (EBU R 128).
 *
 * The first 1024 samples are left out: the AAC encoder puts 1024 samples of its own before the
 * sound, and a player that ignores the edit list would otherwise play everything 21 ms late.
 */
import { writeFile } from "node:fs/promises";
import { type Film, filmSeconds } from "../films/film.ts";
import { runFfmpeg } from "./ffmpeg.ts";
import { scores } from "./scores.ts";
import { type Mix, sampleRate } from "./synthesizer.ts";

const loudnessLufs = -18;
const encoderPrimingSamples = 1024;

export async function writeSoundtrack(film: Film, file: string): Promise<void> {
  const score = scores[film.id];
  if (score === undefined) throw new RangeError(`No score is written for ${film.id}`);
  const mix = score(filmSeconds(film));
  await writeFile(file, waveOf(mix, 0.3));
  const gain = 10 ** ((loudnessLufs - (await measureLoudness(file))) / 20);
  await writeFile(file, waveOf(mix, 0.3 * gain));
}

async function measureLoudness(file: string): Promise<number> {
  const log = await runFfmpeg(["-i", file, "-af", "ebur128=framelog=verbose", "-f", "null", "-"]);
  const [, lufs] = /Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS/.exec(log) ?? [];
  if (lufs === undefined) throw new TypeError(`ffmpeg did not say how loud ${file} is`);
  return Number(lufs);
}

/** 16-bit stereo; peaks are bent softly below full scale instead of being cut off. */
function waveOf({ left, right }: Mix, gain: number): Buffer {
  const samples = left.length - encoderPrimingSamples;
  const wave = Buffer.alloc(44 + samples * 4);
  wave.write("RIFF", 0, "latin1");
  wave.writeUInt32LE(wave.length - 8, 4);
  wave.write("WAVEfmt ", 8, "latin1");
  wave.writeUInt32LE(16, 16);
  wave.writeUInt16LE(1, 20);
  wave.writeUInt16LE(2, 22);
  wave.writeUInt32LE(sampleRate, 24);
  wave.writeUInt32LE(sampleRate * 4, 28);
  wave.writeUInt16LE(4, 32);
  wave.writeUInt16LE(16, 34);
  wave.write("data", 36, "latin1");
  wave.writeUInt32LE(samples * 4, 40);
  for (let index = 0; index < samples; index += 1) {
    const at = index + encoderPrimingSamples;
    wave.writeInt16LE(toSixteenBits((left[at] ?? 0) * gain), 44 + index * 4);
    wave.writeInt16LE(toSixteenBits((right[at] ?? 0) * gain), 46 + index * 4);
  }
  return wave;
}

function toSixteenBits(value: number): number {
  const loud = Math.abs(value);
  const bent = loud <= 0.6 ? loud : 0.6 + 0.3 * Math.tanh((loud - 0.6) / 0.3);
  return Math.round(Math.sign(value) * bent * 32_767);
}
