/**
 * A small synthesizer: instruments that add notes to a stereo mix, and a hall around them.
 *
 * Everything is computed from note, time and a seed, so a soundtrack is the same on every machine.
 */
import { type Random, seededRandom } from "../../kernel/seeded-random.ts";

export const sampleRate = 48_000;

export type Mix = {
  readonly left: Float32Array;
  readonly right: Float32Array;
  readonly random: Random;
};

export type Note = {
  readonly at: number;
  readonly seconds: number;
  readonly hertz: number;
  readonly level: number;
  /** -1 is left, 1 is right. */
  readonly pan?: number;
};

/** The sound of a note at `age` seconds, without panning; `release` lets it ring on after its end. */
type Voice = { readonly release: number; readonly sampleAt: (age: number) => number };

export function openMix(seconds: number, seed: string): Mix {
  const length = Math.round(seconds * sampleRate);
  return {
    left: new Float32Array(length),
    right: new Float32Array(length),
    random: seededRandom(seed),
  };
}

const semitones: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

/** `A4` is 440 Hz; `Bb3` and `F#2` work too. */
export function hertzOf(name: string): number {
  const [, letter = "", sign = "", octave = ""] = /^([A-G])([#b]?)(\d)$/.exec(name) ?? [];
  const step = semitones[letter];
  if (step === undefined) throw new RangeError(`No note is named ${name}`);
  const bend = sign === "#" ? 1 : sign === "b" ? -1 : 0;
  return 440 * 2 ** ((step + bend - 9) / 12 + Number(octave) - 4);
}

/** Strings that swell and fade: three slightly mistuned voices with few overtones. */
export function playPad(mix: Mix, note: Note): void {
  const swell = Math.min(1.6, note.seconds * 0.4);
  const turn = Math.PI * 2 * note.hertz;
  addVoice(mix, note, {
    release: 1.8,
    sampleAt: (age) => {
      const loud =
        Math.min(1, age / swell) * Math.min(1, Math.max(0, (note.seconds + 1.8 - age) / 1.8));
      let sum = 0;
      for (const detune of [0.9968, 1, 1.0035]) {
        const phase = turn * detune * age;
        const bright = 0.5 + 0.2 * Math.sin(age * 0.9 + detune * 900);
        sum +=
          Math.sin(phase) +
          Math.sin(phase * 2) * 0.42 * bright +
          Math.sin(phase * 3) * 0.24 * bright +
          Math.sin(phase * 4) * 0.1 * bright;
      }
      return (sum / 4.4) * loud * loud;
    },
  });
}

/** A struck bell or music box: frequency modulation that mellows as it rings. */
export function playBell(mix: Mix, note: Note): void {
  const turn = Math.PI * 2 * note.hertz;
  addVoice(mix, note, {
    release: 2.6,
    sampleAt: (age) => {
      const ring = Math.exp(-age * 2.1) * Math.min(1, age * 400);
      return Math.sin(turn * age + Math.sin(turn * 3.5 * age) * 1.1 * Math.exp(-age * 6)) * ring;
    },
  });
}

/** An electric piano: a tine that barks when struck and hums after. */
export function playKeys(mix: Mix, note: Note): void {
  const turn = Math.PI * 2 * note.hertz;
  addVoice(mix, note, {
    release: 0.5,
    sampleAt: (age) => {
      const held = Math.min(1, Math.max(0, (note.seconds + 0.5 - age) / 0.5));
      const ring = Math.exp(-age * 1.1) * Math.min(1, age * 220) * held;
      const bark = Math.sin(turn * 14 * age) * 0.25 * Math.exp(-age * 16);
      return (
        Math.sin(turn * age + Math.sin(turn * age) * (0.35 + 1.1 * Math.exp(-age * 5)) + bark) *
        ring
      );
    },
  });
}

export function playBass(mix: Mix, note: Note): void {
  const turn = Math.PI * 2 * note.hertz;
  addVoice(mix, note, {
    release: 0.12,
    sampleAt: (age) => {
      const held = Math.min(1, Math.max(0, (note.seconds + 0.12 - age) / 0.12));
      const wave =
        Math.sin(turn * age) +
        0.45 * Math.sin(turn * 2 * age) * Math.exp(-age * 4) +
        0.22 * Math.sin(turn * 3 * age) * Math.exp(-age * 9);
      return wave * 0.7 * Math.min(1, age * 160) * Math.exp(-age * 1.5) * held;
    },
  });
}

/** A plucked string (Karplus-Strong): noise running around a loop that dulls it a little each time. */
export function playPluck(mix: Mix, note: Note): void {
  const period = Math.max(2, Math.round(sampleRate / note.hertz));
  const string = Float32Array.from({ length: period }, () => mix.random() * 2 - 1);
  let at = 0;
  let before = 0;
  addVoice(mix, note, {
    release: 1.2,
    sampleAt: (age) => {
      const value = string[at] ?? 0;
      string[at] = (value + before) * 0.4985;
      before = value;
      at = (at + 1) % period;
      return value * Math.min(1, Math.max(0, (note.seconds + 1.2 - age) / 0.6));
    },
  });
}

/** A voice that glides between pitches, as whales do. */
export function playSong(mix: Mix, note: Note & { readonly toHertz: number }): void {
  let phase = 0;
  addVoice(mix, note, {
    release: 0,
    sampleAt: (age) => {
      const share = age / note.seconds;
      const glide = 0.5 - 0.5 * Math.cos(Math.PI * share);
      const vibrato = 1 + Math.sin(age * 27) * 0.007 * share;
      phase +=
        (Math.PI * 2 * note.hertz * (note.toHertz / note.hertz) ** glide * vibrato) / sampleRate;
      const loud = Math.max(0, Math.sin(Math.PI * share)) ** 1.4;
      return (
        (Math.sin(phase) + 0.32 * Math.sin(phase * 2.01) + 0.1 * Math.sin(phase * 3.02)) *
        loud *
        0.7
      );
    },
  });
}

export function playKick(mix: Mix, at: number, level: number): void {
  addVoice(
    mix,
    { at, seconds: 0.3, hertz: 50, level },
    {
      release: 0,
      sampleAt: (age) =>
        Math.sin(Math.PI * 2 * (48 * age + 3.4 * (1 - Math.exp(-age * 28)))) * Math.exp(-age * 11),
    },
  );
}

/** A brushed cymbal or shaker: a short breath of bright noise. */
export function playShaker(mix: Mix, at: number, level: number, pan = 0.3): void {
  let before = 0;
  addVoice(
    mix,
    { at, seconds: 0.14, hertz: 0, level, pan },
    {
      release: 0,
      sampleAt: (age) => {
        const noise = mix.random() * 2 - 1;
        const bright = noise - before;
        before = noise;
        return bright * 0.5 * Math.min(1, age * 260) * Math.exp(-age * 34);
      },
    },
  );
}

export type Surf = {
  readonly level: number;
  /** How much of the high end is left: 0.02 is distant surf, 0.5 is rain on glass. */
  readonly brightness: number;
  /** Seconds from one swell to the next; `Infinity` for rain. */
  readonly swellSeconds: number;
};

/** Sea, rain or wind under the whole film: noise, darkened, coming and going in swells. */
export function playSurf(mix: Mix, { level, brightness, swellSeconds }: Surf): void {
  for (const [side, channel] of [mix.left, mix.right].entries()) {
    let smooth = 0;
    let smoother = 0;
    for (let index = 0; index < channel.length; index += 1) {
      smooth += (mix.random() * 2 - 1 - smooth) * brightness;
      smoother += (smooth - smoother) * brightness * 1.6;
      const swell =
        0.55 - 0.45 * Math.cos((index / sampleRate / swellSeconds) * Math.PI * 2 + side * 0.6);
      channel[index] = (channel[index] ?? 0) + (smoother * level * swell) / Math.sqrt(brightness);
    }
  }
}

/** Repeats each side on the other, quieter each time. */
export function addEcho(mix: Mix, delaySeconds: number, level: number): void {
  const delay = Math.round(delaySeconds * sampleRate);
  for (let index = delay; index < mix.left.length; index += 1) {
    mix.left[index] = (mix.left[index] ?? 0) + (mix.right[index - delay] ?? 0) * level;
    mix.right[index] = (mix.right[index] ?? 0) + (mix.left[index - delay] ?? 0) * level;
  }
}

/** A hall after Schroeder: parallel combs thickened by all-passes, differently tuned left and right. */
export function addHall(mix: Mix, level: number, size = 1): void {
  for (const [side, channel] of [mix.left, mix.right].entries()) {
    const wet = new Float32Array(channel.length);
    for (const samples of [1687, 1801, 2053, 2251, 2399, 2687]) {
      const loop = new Float32Array(Math.round(samples * size) + side * 37);
      let dull = 0;
      for (let index = 0; index < channel.length; index += 1) {
        const at = index % loop.length;
        const heard = loop[at] ?? 0;
        dull += (heard - dull) * 0.45;
        loop[at] = (channel[index] ?? 0) * 0.17 + dull * 0.84;
        wet[index] = (wet[index] ?? 0) + heard;
      }
    }
    for (const samples of [347, 113]) passThrough(wet, samples + side * 11);
    for (let index = 0; index < channel.length; index += 1) {
      channel[index] = (channel[index] ?? 0) + (wet[index] ?? 0) * level;
    }
  }
}

/** Silence at the first and last sample, so that nothing clicks. */
export function fadeEnds(mix: Mix, inSeconds: number, outSeconds: number): void {
  const [start, end] = [inSeconds * sampleRate, outSeconds * sampleRate];
  for (const channel of [mix.left, mix.right]) {
    for (let index = 0; index < channel.length; index += 1) {
      const gain = Math.min(1, index / start, (channel.length - 1 - index) / end);
      channel[index] = (channel[index] ?? 0) * gain;
    }
  }
}

function addVoice(mix: Mix, note: Note, { release, sampleAt }: Voice): void {
  const start = Math.round(note.at * sampleRate);
  const length = Math.round((note.seconds + release) * sampleRate);
  const pan = ((note.pan ?? 0) + 1) * (Math.PI / 4);
  const [left, right] = [Math.cos(pan) * note.level, Math.sin(pan) * note.level];
  for (let step = 0; step < length && start + step < mix.left.length; step += 1) {
    const value = sampleAt(step / sampleRate);
    const index = start + step;
    mix.left[index] = (mix.left[index] ?? 0) + value * left;
    mix.right[index] = (mix.right[index] ?? 0) + value * right;
  }
}

function passThrough(channel: Float32Array, samples: number): void {
  const loop = new Float32Array(samples);
  for (let index = 0; index < channel.length; index += 1) {
    const at = index % samples;
    const held = loop[at] ?? 0;
    const value = channel[index] ?? 0;
    loop[at] = value + held * 0.5;
    channel[index] = held - value * 0.5;
  }
}
