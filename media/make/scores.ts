/**
 * The music of each film: what is played when. One band per film, so that a title is known by ear.
 */
import {
  addEcho,
  addHall,
  fadeEnds,
  hertzOf,
  type Mix,
  openMix,
  playBass,
  playBell,
  playKeys,
  playKick,
  playPad,
  playPluck,
  playShaker,
  playSong,
  playSurf,
} from "./synthesizer.ts";

type Chord = readonly string[];

/** Film id → its music, `seconds` long. */
export const scores: Readonly<Record<string, (seconds: number) => Mix>> = {
  "the-keeper-of-small-lights": scoreKeeper,
  "four-hundred-miles-of-evening": scoreEvening,
  "last-tram-to-violet-street": scoreTram,
  "a-whale-named-tuesday": scoreWhale,
};

/** A music box over slow strings, and the sea breathing below. */
function scoreKeeper(seconds: number): Mix {
  const mix = openMix(seconds, "keeper");
  const chords: readonly Chord[] = [
    ["D3", "A3", "F4", "C5"],
    ["Bb2", "F3", "D4", "A4"],
    ["F3", "C4", "A4", "E5"],
    ["C3", "G3", "E4", "D5"],
    ["G2", "D3", "Bb3", "F4"],
    ["D3", "A3", "F4", "E5"],
    ["Bb2", "F3", "D4", "C5"],
    ["A2", "E3", "C#4", "G4"],
  ];
  const bar = 4;
  for (let at = 0, index = 0; at < seconds; at += bar, index += 1) {
    const chord = chordAt(chords, index);
    for (const [voice, name] of chord.entries()) {
      playPad(mix, {
        at,
        seconds: bar,
        hertz: hertzOf(name),
        level: 0.15,
        pan: (voice - 1.5) * 0.4,
      });
    }
    playBass(mix, { at, seconds: bar * 0.9, hertz: hertzOf(chord[0] ?? "D3") / 2, level: 0.16 });
    for (const [step, voice] of [3, 2, 1, 2, 3, 1, 2, 1].entries()) {
      if (index % 4 === 3 && step > 5) continue;
      const hertz = hertzOf(chord[voice] ?? "D4") * (step % 4 === 0 ? 4 : 2);
      playBell(mix, {
        at: at + step * 0.5 + mix.random() * 0.02,
        seconds: 0.5,
        hertz,
        level: 0.1 - (step % 2) * 0.03,
        pan: Math.sin(step + index) * 0.6,
      });
    }
  }
  addEcho(mix, 0.75, 0.16);
  addHall(mix, 0.3, 1.3);
  playSurf(mix, { level: 0.09, brightness: 0.045, swellSeconds: 6.4 });
  fadeEnds(mix, 0.4, 2.5);
  return mix;
}

/** A driving bass, a plucked guitar with echo, a shaker: the radio's one station. */
function scoreEvening(seconds: number): Mix {
  const mix = openMix(seconds, "evening");
  const chords: readonly Chord[] = [
    ["A2", "E3", "C4", "E4"],
    ["F2", "C3", "A3", "E4"],
    ["C3", "G3", "E4", "G4"],
    ["G2", "D3", "B3", "D4"],
  ];
  const melody = [
    "E5",
    "D5",
    "C5",
    "A4",
    "C5",
    "D5",
    "E5",
    "G5",
    "A5",
    "G5",
    "E5",
    "D5",
    "C5",
    "D5",
    "A4",
    "G4",
  ];
  const beat = 0.5;
  for (let at = 0, index = 0; at < seconds; at += beat * 4, index += 1) {
    const chord = chordAt(chords, Math.floor(index / 2));
    const root = hertzOf(chord[0] ?? "A2");
    for (const [voice, name] of chord.entries()) {
      playPad(mix, {
        at,
        seconds: beat * 4,
        hertz: hertzOf(name),
        level: 0.06,
        pan: voice * 0.4 - 0.6,
      });
    }
    for (let half = 0; half < 8; half += 1) {
      const time = at + half * beat * 0.5;
      playBass(mix, {
        at: time,
        seconds: 0.2,
        hertz: half === 7 ? root * 0.75 : root * (half % 4 === 3 ? 1 : 0.5),
        level: 0.26,
      });
      if (index >= 2) playShaker(mix, time, half % 2 === 1 ? 0.1 : 0.05);
      const string = [0, 2, 1, 3, 2, 3, 1, 2][half] ?? 0;
      playPluck(mix, {
        at: time + 0.004 * half,
        seconds: 0.6,
        hertz: hertzOf(chord[string] ?? "A3") * 2,
        level: 0.13,
        pan: half % 2 === 0 ? -0.45 : 0.45,
      });
    }
    if (index >= 2) for (const kick of [0, 2]) playKick(mix, at + kick * beat, 0.34);
    if (index >= 4 && index % 4 !== 3) {
      for (const [step, offset] of [0, 1.5, 3].entries()) {
        const name = melody[(index * 3 + step) % melody.length] ?? "E5";
        playKeys(mix, {
          at: at + offset * beat,
          seconds: 0.9,
          hertz: hertzOf(name),
          level: 0.12,
          pan: 0.2,
        });
      }
    }
  }
  addEcho(mix, 0.375, 0.2);
  addHall(mix, 0.14);
  fadeEnds(mix, 0.1, 2.5);
  return mix;
}

/** A lounge trio in swing: electric piano, walking bass, brushes; rain on the roof. */
function scoreTram(seconds: number): Mix {
  const mix = openMix(seconds, "tram");
  const chords: readonly Chord[] = [
    ["D3", "F3", "A3", "C4", "E4"],
    ["G2", "F3", "B3", "E4", "A4"],
    ["C3", "E3", "B3", "D4", "G4"],
    ["A2", "G3", "C#4", "F4", "Bb4"],
    ["F3", "A3", "C4", "E4", "G4"],
    ["E3", "G3", "D4", "F4", "B4"],
    ["D3", "C4", "F4", "A4", "E5"],
    ["G2", "F3", "B3", "E4", "C5"],
  ];
  const walks = [
    [1, 1.1892, 1.4983, 1.3348],
    [1, 1.2599, 1.4983, 1.5874],
    [1, 1.2599, 1.4983, 1.6818],
    [1, 1.2599, 1.4983, 1.0595],
  ];
  const beat = 0.5;
  for (let at = 0, index = 0; at < seconds; at += beat * 4, index += 1) {
    const chord = chordAt(chords, index);
    const root = hertzOf(chord[0] ?? "C3") / 2;
    for (const [step, ratio] of (walks[index % walks.length] ?? [1]).entries()) {
      playBass(mix, {
        at: at + step * beat,
        seconds: 0.42,
        hertz: root * ratio,
        level: 0.36,
        pan: -0.1,
      });
      playShaker(mix, at + step * beat, step % 2 === 1 ? 0.16 : 0.07);
      playShaker(mix, at + step * beat + beat * 0.667, 0.06, -0.3);
    }
    for (const strike of index % 2 === 0 ? [0, 1.667] : [0.667, 2.667]) {
      for (const [voice, name] of chord.slice(1).entries()) {
        playKeys(mix, {
          at: at + strike * beat + voice * 0.008,
          seconds: 0.7,
          hertz: hertzOf(name),
          level: 0.085,
          pan: voice * 0.25 - 0.4,
        });
      }
    }
    if (index > 1) {
      const phrase = [0.667, 1.667, 2, 2.667, 3.667].filter(() => mix.random() < 0.62);
      for (const offset of phrase) {
        const name = chord[1 + Math.floor(mix.random() * 4)] ?? "E4";
        playKeys(mix, {
          at: at + offset * beat,
          seconds: 0.45,
          hertz: hertzOf(name) * 2,
          level: 0.1,
          pan: 0.3,
        });
      }
    }
  }
  addHall(mix, 0.13);
  playSurf(mix, { level: 0.014, brightness: 0.5, swellSeconds: Number.POSITIVE_INFINITY });
  fadeEnds(mix, 0.1, 2.5);
  return mix;
}

/** Whale song in a great hall of water, deep chords, a few chimes. */
function scoreWhale(seconds: number): Mix {
  const mix = openMix(seconds, "whale");
  const chords: readonly Chord[] = [
    ["D2", "A2", "E3", "F#3", "C#4"],
    ["E2", "B2", "F#3", "G#3", "D4"],
    ["B1", "F#2", "D3", "A3", "C#4"],
    ["G2", "D3", "F#3", "B3", "E4"],
  ];
  const chimes = ["D5", "E5", "F#5", "A5", "B5", "C#6", "E6"];
  for (let at = 0, index = 0; at < seconds; at += 8, index += 1) {
    for (const [voice, name] of chordAt(chords, index).entries()) {
      playPad(mix, {
        at: at + voice * 0.15,
        seconds: 8,
        hertz: hertzOf(name),
        level: 0.17,
        pan: (voice - 2) * 0.35,
      });
    }
  }
  for (const [at, length, from, to] of [
    [2.5, 2.8, 210, 330],
    [6, 3.4, 330, 196],
    [13.5, 2.2, 260, 440],
    [16.4, 3.6, 440, 220],
    [25, 4, 180, 294],
    [30, 2.4, 294, 262],
    [38, 3.2, 147, 330],
    [42, 4, 370, 185],
    [50, 2.6, 233, 392],
    [53.4, 4.4, 392, 147],
  ] as const) {
    playSong(mix, {
      at,
      seconds: length,
      hertz: from,
      toHertz: to,
      level: 0.2,
      pan: Math.sin(at) * 0.6,
    });
    playSong(mix, {
      at: at + 0.9,
      seconds: length * 0.8,
      hertz: from * 0.5,
      toHertz: to * 0.5,
      level: 0.1,
      pan: -Math.sin(at) * 0.7,
    });
  }
  for (let at = 4; at < seconds - 3; at += 0.5) {
    if (mix.random() > 0.36) continue;
    const name = chimes[Math.floor(mix.random() * chimes.length)] ?? "D5";
    playBell(mix, {
      at,
      seconds: 0.5,
      hertz: hertzOf(name),
      level: 0.06,
      pan: mix.random() * 1.6 - 0.8,
    });
  }
  addEcho(mix, 0.66, 0.24);
  addHall(mix, 0.5, 1.7);
  playSurf(mix, { level: 0.1, brightness: 0.012, swellSeconds: 8 });
  fadeEnds(mix, 0.6, 3);
  return mix;
}

function chordAt(chords: readonly Chord[], index: number): Chord {
  return chords[index % chords.length] ?? [];
}
